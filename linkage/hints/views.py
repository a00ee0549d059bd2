"""Hints of the equipment lane as the API sends them."""

from typing import Literal

from linkage.views import Actor, Level, Moment, Names, View

#: `ordered`: somebody was sent to look; a hint that ended says how.
HintState = Literal["open", "ordered", "ended"]
HintEnd = Literal["", "recovered", "dismissed", "incident"]
HintStep = Literal["order", "dismiss", "open_incident"]


class HintAlarm(View):
    """What a rule holds against the sensor; value and limit are those of the last worsening, in `unit`."""

    alarm: str
    rule: str
    rule_name: Names
    kind: str
    level: Level
    active: bool
    raised_at: Moment
    cleared_at: Moment | None
    quantity: str
    value: float | None
    limit: float | None
    unit: str
    evidence: dict[str, object]


class HintAnswer(View):
    """What somebody said about a hint, and when."""

    by: Actor
    at: Moment
    note: str


class HintView(View):
    """A hint that a sensor may be wrong.

    Attributes:
        department: who looks after the sensor; empty where nobody is known.
        level: of the worst alarm that is active, or was when it ended.
        times: how often it was opened; a fault that comes back within a day opens the same hint.
        steps: what the reader may do about it.
    """

    id: str
    sensor: str
    sensor_name: Names
    domain: str
    district: str
    department: str
    state: HintState
    level: Level
    worst: Level
    recorded: bool
    times: int
    opened_at: Moment
    changed_at: Moment
    ordered: HintAnswer | None
    ended_at: Moment | None
    ended_how: HintEnd
    ended: HintAnswer | None
    incident: str | None
    incident_class: str
    alarms: tuple[HintAlarm, ...]
    steps: tuple[HintStep, ...]


class HintPage(View):
    """Hints, and how many there are in all that this reader may see; open ones: the worst first, then the newest."""

    items: tuple[HintView, ...]
    next: str | None
    total: int
