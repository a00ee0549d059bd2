"""What is copied from an alarm when it is admitted, so that it outlives the readings it rests on."""

import hashlib
import json
import math

from city.alarm import AlarmTransition


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


def facts(transition: AlarmTransition) -> dict[str, object]:
    """Return what the event log keeps of a transition; the evidence stands beside the log, sealed by its hash in it."""
    return {
        "transition": transition.id,
        "alarm": transition.alarm,
        "change": transition.change,
        "level": transition.level.word,
        "value": finite(transition.value),
        "evidence": hashlib.sha256(evidence_text(transition).encode()).hexdigest(),
    }


def _refuse(constant: str) -> None:
    raise ValueError(constant)
