"""The JSON Schema of rule files, so that editors complete and check them while they are written."""

from typing import Any

from city.alarm import SCOPES, Lane
from city.level import PRIORITIES, Level
from rules.duration import DURATION
from rules.kinds import KINDS
from rules.lateness import NEVER_WAITING
from rules.schedule import WEEKDAYS
from rules.selection import SELECTION

_TEXT = {"type": "string", "minLength": 1}
_TEXTS = {"type": "array", "items": _TEXT}


def json_schema() -> dict[str, Any]:
    """Return the schema of a rule file (draft 2020-12)."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Liandong rules",
        "$defs": {"schedule": _schedule()},
        **_closed(
            {
                "rules": {"type": "array", "items": {"oneOf": [_rule(kind) for kind in KINDS]}},
                "schedules": {"type": "object", "additionalProperties": {"$ref": "#/$defs/schedule"}},
            },
            "rules",
        ),
    }


def _closed(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "properties": properties, "required": list(required)}


def _rule(kind: str) -> dict[str, Any]:
    properties = {
        "id": _TEXT,
        "name": _closed({"zh": _TEXT, "en": _TEXT}, "zh", "en"),
        "kind": {"const": kind},
        "source": {**_TEXT, "description": "where the limits come from: a standard, a decision, a person"},
        "select": SELECTION | ({"required": ["quantity"]} if KINDS[kind].of_quantity else {}),
        "levels": _per_level(KINDS[kind].schema()) | {"minProperties": 1},
        "incident": _incident(),
    }
    required = [*properties, *KINDS[kind].required]
    if KINDS[kind].of_quantity is not False:
        properties["unit"] = {**_TEXT, "description": "the unit of the numbers; without it, the quantity's own"}
    if kind not in NEVER_WAITING:
        properties["lateness"] = {**DURATION, "description": "readings wait so long for those before them"}
    properties |= {
        "shadow": {
            "oneOf": [{"type": "boolean"}, _closed({"against": _TEXT}, "against")],
            "description": "what it finds is recorded and nobody is told; compared with the rule `against`",
        },
        "when": {"$ref": "#/$defs/schedule", "description": "the rule judges in these hours only"},
        "exceptions": {
            "type": "array",
            "items": {"oneOf": [_exception(kind, levels=True), _exception(kind, levels=False)]},
        },
        **KINDS[kind].own,
    }
    return _closed(properties, *required)


def _exception(kind: str, *, levels: bool) -> dict[str, Any]:
    terms: dict[str, Any] = {"levels": _per_level(KINDS[kind].schema())} if levels else {"exempt": {"const": True}}
    return _closed({"select": SELECTION, "source": _TEXT, **terms}, "select", "source", *terms)


def _schedule() -> dict[str, Any]:
    """Return the schema of a schedule: a name, or days, hours and season, or what is outside of another."""
    days = {
        "oneOf": [{"enum": ["working", "rest"]}, {"type": "array", "items": {"enum": list(WEEKDAYS)}, "minItems": 1}]
    }
    span = {"type": "string", "pattern": r"^\d\d:\d\d-\d\d:\d\d$"}
    hours = {"oneOf": [{"const": "office"}, {"type": "array", "items": span, "minItems": 1}]}
    day = {"type": "string", "pattern": r"^\d\d-\d\d$"}
    season = {"type": "array", "items": day, "minItems": 2, "maxItems": 2}
    window = _closed({"days": days, "hours": hours, "season": season}) | {"minProperties": 1}
    return {"oneOf": [_TEXT, window, _closed({"not": {"$ref": "#/$defs/schedule"}}, "not")]}


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
            "at_most": _closed({"alarms": {"type": "integer", "minimum": 1}, "within": DURATION}, "alarms", "within"),
            "lane": {"enum": [lane.value for lane in Lane], "description": "an incident of the city, or a hint"},
        },
        "class",
        "priority",
    )
