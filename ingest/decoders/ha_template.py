"""The value templates of Home Assistant that are plain look-ups; nothing that would have to be executed."""

import re
from typing import Any, NamedTuple

from ingest.templates.errors import BadPattern
from ingest.templates.path import Path

_TEMPLATE = re.compile(
    r"\{\{-?\s*(value_json|value)(?!\w)((?:\.\w+|\[\s*(?:'[^']*'|\"[^\"]*\"|\d+)\s*\])*)\s*(.*?)\s*-?\}\}", re.DOTALL
)
_STEP = re.compile(r"\.(\w+)|\[\s*(?:'([^']*)'|\"([^\"]*)\"|(\d+))\s*\]")
#: What may follow: conversions that change nothing for us, a default, and multiplication with or division by a number.
_FILTER = re.compile(r"\|\s*(?:float|int|round|default|string|is_defined)(?:\s*\([\w\s.,'\"-]*\))?\s*")
#: A value and its conversions in brackets of their own: `(value_json.e | float) * 0.001`.
_BRACKETS = re.compile(r"\{\{(-?\s*)\(([^()]*(?:\([^()]*\)[^()]*)*)\)(.*)\}\}", re.DOTALL)
_SCALE = re.compile(r"([*/])\s*(-?\d+(?:\.\d+)?)\s*")


class Lookup(NamedTuple):
    """Where a value lies in a body, and what it is multiplied with; path None: the body is the value."""

    path: str | None = None
    factor: float = 1.0

    def find(self, body: Any) -> Any:  # noqa: ANN401 - any JSON
        """Return the value in a parsed body; None where it is not there."""
        return body if self.path is None else Path.parse(self.path).first(body)


def read_template(text: str) -> Lookup | None:
    """Return the look-up that a template writes; None for one that would have to be executed."""
    plain = _BRACKETS.sub(r"{{\1\2\3}}", text.strip()) if len(text) <= 500 else ""
    found = _TEMPLATE.fullmatch(plain)
    if found is None:
        return None
    factor = _factor(found.group(3))
    if factor is None or (found.group(1) == "value" and found.group(2)):
        return None
    if found.group(1) == "value":
        return Lookup(None, factor)
    steps = [next(part for part in step if part) for step in _STEP.findall(found.group(2)) if any(step)]
    path = "$" + "".join(f"[{step}]" if step.isdigit() else f'["{step}"]' for step in steps)
    try:
        Path.parse(path)
    except BadPattern:
        return None
    return Lookup(path, factor)


def _factor(rest: str) -> float | None:
    """Return what the value is multiplied with; None where something follows that is no conversion."""
    factor, place = 1.0, 0
    while place < len(rest):
        found = _FILTER.match(rest, place)
        if found is None:
            found = _SCALE.match(rest, place)
            if found is None or (found.group(1) == "/" and float(found.group(2)) == 0):
                return None
            number = float(found.group(2))
            factor = factor * number if found.group(1) == "*" else factor / number
        place = found.end()
    return factor
