"""What is copied from an alarm when it is admitted, so that it outlives the readings it rests on."""

import hashlib
import json
import math
from typing import Any

from city.alarm import AlarmTransition
from city.sensor import Sensor
from linkage.admission.decision import Decision

#: A sensor with this tag takes part in an exercise: its alarms never meet real ones.
DRILL_TAG = "drill"


def is_drill(transition: AlarmTransition, sensor: Sensor | None) -> bool:
    """Tell whether the alarm is of an exercise."""
    return transition.drill or (sensor is not None and DRILL_TAG in sensor.tags)


def finite(value: float | None) -> float | None:
    """Return a value that JSON can write; None for one that is not a number."""
    return value if value is not None and math.isfinite(value) else None


def evidence_text(transition: AlarmTransition) -> str:
    """Return the evidence as text that is JSON for sure: what is not becomes a JSON string of itself."""
    try:
        found = json.loads(transition.evidence, parse_constant=_refuse)
        json.dumps(found, ensure_ascii=False).encode()  # half a surrogate pair is JSON, but no screen's text
    except ValueError:
        return json.dumps(transition.evidence, ensure_ascii=False)
    return transition.evidence


def is_unconfirmed(evidence: object) -> bool:
    """Tell by the evidence of an alarm whether its sensor died seeing the hazard."""
    return isinstance(evidence, dict) and "unconfirmed" in evidence


def facts(transition: AlarmTransition) -> dict[str, object]:
    """Return what the event log keeps of a transition; the evidence stands beside the log, sealed by its hash in it."""
    return {
        "transition": transition.id,
        "alarm": transition.alarm,
        "change": transition.change,
        "level": transition.level.word,
        "value": finite(transition.value),
        "evidence": hashlib.sha256(evidence_text(transition).encode()).hexdigest(),
        **({"unconfirmed": True} if transition.unconfirmed else {}),
        **({"again": True} if transition.again else {}),
    }


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def admitted_row(transition: AlarmTransition, decision: Decision, incident: int | None, now_ns: int) -> dict[str, Any]:
    """Return the row of `admissions` that keeps a transition with its decision."""
    return {
        "transition": transition.id,
        "alarm": transition.alarm,
        "rule": transition.rule,
        "rule_name": transition.rule_name,
        "target": transition.target,
        "change": str(transition.change),
        "level": int(transition.level),
        "time_ns": transition.time_ns,
        "arrival_ns": transition.arrival_ns,
        "quantity": transition.quantity,
        "value": finite(transition.value),
        "limit_value": finite(transition.limit),
        "unit": transition.unit,
        "late": transition.late,
        "evidence": evidence_text(transition),
        "action": str(decision.action),
        "reason": str(decision.reason),
        "incident": incident,
        "decided_ns": now_ns,
    }
