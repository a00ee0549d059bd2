"""The JSON Schema of rule files, so that editors complete and check them while they are written."""

from typing import Any

from city.alarm import SCOPES
from city.level import PRIORITIES, Domain, Level
from rules.kinds import KINDS

_TEXT = {"type": "string", "minLength": 1}
_TEXTS = {"type": "array", "items": _TEXT}
_WORDS = {"type": "array", "items": _TEXT, "minItems": 1}


def json_schema() -> dict[str, Any]:
    """Return the schema of a rule file (draft 2020-12)."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Liandong rules",
        **_closed({"rules": {"type": "array", "items": {"oneOf": [_rule(kind) for kind in KINDS]}}}, "rules"),
    }


def _closed(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "properties": properties, "required": list(required)}


def _rule(kind: str) -> dict[str, Any]:
    properties = {
        "id": _TEXT,
        "name": _closed({"zh": _TEXT, "en": _TEXT}, "zh", "en"),
        "kind": {"const": kind},
        "source": {**_TEXT, "description": "where the limits come from: a standard, a decision, a person"},
        "select": _selection(KINDS[kind].of_quantity),
        "levels": _per_level(KINDS[kind].schema()) | {"minProperties": 1},
        "incident": _incident(),
    }
    required = list(properties)
    if KINDS[kind].of_quantity:
        properties["unit"] = {**_TEXT, "description": "the unit of the numbers; without it, the quantity's own"}
    return _closed(properties, *required)


def _selection(of_quantity: bool) -> dict[str, Any]:  # noqa: FBT001 - the one argument of a private function
    lists = dict.fromkeys(("kinds", "districts", "sites", "tags", "sensors"), _WORDS)
    domain = {"enum": [domain.value for domain in Domain]}
    selection = _closed({"domain": domain, "quantity": _TEXT, **lists}, *(["quantity"] if of_quantity else []))
    return selection | {"minProperties": 1}


def _per_level(content: dict[str, Any]) -> dict[str, Any]:
    return _closed({level.word: content for level in Level})


def _incident() -> dict[str, Any]:
    return _closed(
        {
            "class": _TEXT,
            "priority": _per_level({"enum": list(PRIORITIES)}),
            "departments": _TEXTS,
            "first_actions": _closed({"zh": _TEXTS, "en": _TEXTS}),
            "life_safety": {"type": "boolean"},
            "inhibited_by": {
                "type": "array",
                "items": _closed({"rule": _TEXT, "same": {"enum": list(SCOPES)}}, "rule", "same"),
            },
            "flapping": _closed(
                {"changes": {"type": "integer", "minimum": 3}, "within": _TEXT, "quiet": _TEXT},
                "changes",
                "within",
                "quiet",
            ),
            "with_asset": {"type": "boolean"},
        },
        "class",
        "priority",
    )
