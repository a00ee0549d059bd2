"""How one target of a rule stands: what its levels were last held against, and what is missing until they are due."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from city.level import Level


@dataclass(frozen=True, slots=True)
class Standing:
    """How one target of a rule stands after everything that was judged.

    Attributes:
        target: what alarms of it are about: a sensor's id, or the name of a place.
        level: of the alarm that stands open; None where none does. `since_ns` is when that one was raised.
        value: what was last held against the limits, in `unit`, at `time_ns`; None where nothing was.
        conditions: of each level, as alarms show them, with `left_s`, the seconds of its hold that are missing.
        evidence: what the kind says beside: the reading, the votes, what was counted, schedule and exception.
    """

    target: str
    level: Level | None
    since_ns: int | None
    time_ns: int | None
    value: float | None
    unit: str
    conditions: Sequence[Mapping[str, object]]
    evidence: Mapping[str, object]
