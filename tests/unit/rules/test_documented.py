"""Every example of docs/rules.md is a rule that the book takes, by its text and by its JSON Schema."""

import re
from pathlib import Path

import jsonschema_rs
import pytest
import yaml

from city.catalogue import default_catalogue
from rules.book import read_book
from rules.schema import json_schema

REPOSITORY = Path(__file__).parents[3]
CATALOGUE = default_catalogue()

_HEAD = """\
rules:
  - id: documented
    name: {zh: 例, en: Example}
    source: docs/rules.md
    incident: {class: any, priority: {notice: 4, major: 3, critical: 1}, departments: [water-bureau]}
"""

#: What an example leaves to the text around it.
_UNSAID = {
    "kind": "kind: threshold",
    "select": "select: {domain: environment, quantity: water_level}",
    "levels": "levels: {notice: {above: 30, hold: 2m}, major: {above: 200}}",
}


def examples() -> list[str]:
    """Return the parts of rules that stand in the document, with the indentation that they have in a file."""
    blocks = re.findall(r"^```yaml\n(.*?)^```", (REPOSITORY / "docs/rules.md").read_text("utf-8"), re.M | re.S)
    return [block for block in blocks if block.startswith("    ")]


def whole(example: str) -> str:
    """Return an example as a file with one rule."""
    said = set(re.findall(r"^    (\w+):", example, re.M))
    unsaid = {key: line for key, line in _UNSAID.items() if key not in said}
    if "event" in said:
        unsaid["select"] = "select: {domain: environment}"
    levels = [level for level in ("notice", "major", "critical") if f"{level}:" in example or not said & {"levels"}]
    head = _HEAD.replace("{notice: 4, major: 3, critical: 1}", str(dict.fromkeys(levels, 3)).replace("'", ""))
    if "levels" in unsaid:
        head = head.replace(", critical: 3", "")
    return head + "".join(f"    {line}\n" for line in unsaid.values()) + example


@pytest.mark.parametrize("example", examples(), ids=lambda example: re.sub(r"\W+", " ", example)[:30].strip())
def test_what_the_document_shows_is_taken(example: str) -> None:
    text = whole(example)

    (read,) = read_book([("rules.md", text)], CATALOGUE).rules

    assert read.id == "documented"
    assert [str(one) for one in jsonschema_rs.validator_for(json_schema()).iter_errors(yaml.safe_load(text))] == []
