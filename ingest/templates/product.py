"""Products that come with the program: one TOML file each, their templates and how their messages are recognised."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from importlib import resources
from typing import Any

from ingest.decoders.family import Body, Family
from ingest.templates.decoder import TemplateDecoder
from ingest.templates.path import Path
from ingest.templates.rule import Template
from ingest.templates.topic import TopicPattern

_FOLDER = resources.files("ingest.templates").joinpath("products")


@dataclass(frozen=True, slots=True)
class _Signature:
    """A body is the product's that has something at all paths of one of these, or begins with this text."""

    choices: tuple[tuple[Path, ...], ...]
    text: re.Pattern[bytes] | None

    def bears(self, body: Body) -> bool:
        if self.text is not None and self.text.match(body.payload):
            return True
        return any(all(path.first(body.json) is not None for path in paths) for paths in self.choices)


def product_family(name: str) -> Family:
    """Return the family that `products/<name>.toml` describes."""
    content = _content(name)
    templates = product_templates(name)
    rules = content["template"]
    free = [template for template, rule in zip(templates, rules, strict=True) if rule.get("free", True)]
    text = content.get("signature_text")
    signature = _Signature(
        tuple(tuple(Path.parse(path) for path in paths) for paths in content.get("signatures", [])),
        re.compile(text.encode()) if text is not None else None,
    )
    return Family(
        partial(TemplateDecoder, templates),
        filters=tuple(content.get("filters", [])),
        topics=_any_of([TopicPattern.parse(template.topic) for template in free]),
        bears=signature.bears,
    )


def product_templates(name: str) -> tuple[Template, ...]:
    """Return the templates of `products/<name>.toml`, the particular before the general."""
    content = _content(name)
    return tuple(_template(rule, content.get("tables", {})) for rule in content["template"])


def _content(name: str) -> dict[str, Any]:
    return tomllib.loads(_FOLDER.joinpath(f"{name}.toml").read_text("utf-8"))


def _template(rule: Mapping[str, Any], tables: Mapping[str, Any]) -> Template:
    """Return a template; the name of a table of readings stands for that table, and `free` is ours."""
    readings = rule.get("readings", [])
    readings = tables[readings] if isinstance(readings, str) else readings
    rest = {key: value for key, value in rule.items() if key != "free"}
    return Template.model_validate({**rest, "readings": readings})


def _any_of(patterns: list[TopicPattern]) -> re.Pattern[str] | None:
    unnamed = [re.sub(r"\?P<\w+>", "?:", one.pattern.pattern) for one in patterns]
    return re.compile("|".join(f"(?:{one})" for one in unnamed), re.DOTALL) if unnamed else None
