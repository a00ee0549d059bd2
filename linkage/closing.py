"""Sensor-verified closing: what speaks against an incident's being over, as its alarms and its sensor say."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection, select

from linkage.record import Case
from linkage.tables import MEMBERS

#: What is asked about a sensor: its state as ingest tells it, `unknown` where nobody knows.
Sense = Callable[[str], str]

#: States in which a sensor cannot say that anything is over.
MUTE = frozenset({"silent", "offline"})

#: Most places named in one refusal.
_NAMED = 3


def unknown(_: str) -> str:
    """Return that nothing is known about a sensor: there is no feed."""
    return "unknown"


@dataclass(frozen=True, slots=True)
class Doubts:
    """Why it is not known to be over.

    Attributes:
        burning: places of its alarms that have not cleared, a few of them.
        mute: its sensor, where that is silent or offline.
        sensor: the state of its sensor; `unknown` keeps nobody from closing, and is shown.
    """

    burning: tuple[str, ...] = ()
    mute: tuple[str, ...] = ()
    sensor: str = ""

    def __bool__(self) -> bool:
        """Tell whether closing needs an override."""
        return bool(self.burning or self.mute)

    def __str__(self) -> str:
        """Say what speaks against closing."""
        said = [f"the alarm at `{place}` still burns" for place in self.burning]
        return ", ".join([*said, *(f"sensor `{sensor}` is silent" for sensor in self.mute)])


def doubts(connection: Connection, case: Case, sense: Sense) -> Doubts:
    """Return what speaks against closing; what a person reported is checked by people alone."""
    incident = case.incident
    if not incident.by_alarm:
        return Doubts()
    burning: tuple[str, ...] = ()
    if incident.active:
        query = select(MEMBERS.c.target).where(MEMBERS.c.incident == incident.id, MEMBERS.c.active).limit(_NAMED)
        found = tuple(connection.execute(query).scalars())
        burning = found if found else ("" if incident.sensor is None else incident.sensor,)
    state = "" if incident.sensor is None else sense(incident.sensor)
    mute = (incident.sensor,) if incident.sensor is not None and state in MUTE else ()
    return Doubts(burning, mute, state)
