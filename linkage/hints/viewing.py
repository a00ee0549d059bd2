"""Rows of the equipment lane as views for the API."""

import json
from collections.abc import Iterable

from sqlalchemy import RowMapping

from city.clock import iso
from city.level import Level
from city.sensor import Sensor
from linkage.hints.permissions import may_answer, may_open
from linkage.hints.views import HintAlarm, HintAnswer, HintStep, HintView
from linkage.person import Person
from linkage.viewing import moment
from linkage.views import Actor

Row = RowMapping


def hint_of(row: Row, alarms: Iterable[Row], sensor: Sensor | None, person: Person) -> HintView:
    """Return a hint with its alarms, the active ones first and the worst of them first."""
    ordered = sorted(alarms, key=lambda one: (not one["active"], -one["level"], one["alarm"]))
    return HintView.model_validate(
        {
            **{name: row[name] for name in ("domain", "district", "department", "recorded", "times", "ended_how")},
            "id": str(row["id"]),
            "sensor": row["target"],
            "sensor_name": _name(row["target"], sensor),
            "state": _state(row),
            "level": Level(row["level"]).word,
            "worst": Level(row["worst"]).word,
            "opened_at": iso(row["opened_ns"]),
            "changed_at": iso(row["changed_ns"]),
            "ordered": _answer(row, "ordered", row["order_note"]),
            "ended_at": moment(row["ended_ns"]),
            "ended": _answer(row, "ended", row["end_note"]),
            "incident": None if row["incident"] is None else str(row["incident"]),
            "incident_class": row["incident_class"],
            "alarms": tuple(_alarm(one) for one in ordered),
            "steps": tuple(_steps(row, person)),
        }
    )


def _name(target: str, sensor: Sensor | None) -> dict[str, str]:
    zh = target if sensor is None else sensor.name
    return {"zh": zh, "en": sensor.name_en if sensor is not None and sensor.name_en else zh}


def _state(row: Row) -> str:
    if row["ended_ns"] is not None:
        return "ended"
    return "open" if row["ordered_ns"] is None else "ordered"


def _answer(row: Row, what: str, note: str) -> HintAnswer | None:
    """Return what a person said; None where the system ended it, or nobody did anything."""
    at_ns, by = row[f"{what}_ns"], row[f"{what}_by"]
    if at_ns is None or not by:
        return None
    return HintAnswer(by=Actor(id=by, name=row[f"{what}_by_name"]), at=iso(at_ns), note=note)


def _steps(row: Row, person: Person) -> Iterable[HintStep]:
    if row["ended_ns"] is not None:
        return
    if may_answer(person, row["department"]):
        if row["ordered_ns"] is None:
            yield "order"
        yield "dismiss"
    if may_open(person, row["department"]):
        yield "open_incident"


def _alarm(row: Row) -> HintAlarm:
    said = json.loads(row["evidence"])
    return HintAlarm(
        alarm=row["alarm"],
        rule=row["rule"],
        rule_name=row["rule_name"],
        kind=row["kind"],
        level=Level(row["level"]).word,
        active=row["active"],
        raised_at=iso(row["raised_ns"]),
        cleared_at=moment(row["cleared_ns"]),
        quantity=row["quantity"],
        value=row["value"],
        limit=row["limit_value"],
        unit=row["unit"],
        evidence=said if isinstance(said, dict) else {"said": said},
    )
