"""What the journal holds: everything the rule engine may know, in the order in which it came.

A replay of these entries consults no file, no SQL and no clock, so it gives the same alarms however the
batches are cut.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from city.reading import ReadingBatch
from city.sensor import Sensor


@dataclass(frozen=True, slots=True)
class SensorEvent:
    """A discrete observation, numbered and timed (`attributes` is JSON)."""

    sensor: int
    event: str
    time_ns: int
    arrival_ns: int
    attributes: str = "{}"


@dataclass(frozen=True, slots=True)
class SensorStatus:
    """A sensor said, or its last will said for it, whether it is there."""

    sensor: int
    online: bool
    arrival_ns: int


@dataclass(frozen=True, slots=True)
class Arrivals:
    """What one batch of messages said."""

    readings: ReadingBatch
    events: tuple[SensorEvent, ...] = ()
    statuses: tuple[SensorStatus, ...] = ()


@dataclass(frozen=True, slots=True)
class Tick:
    """The clock moved; silence is judged at ticks and nowhere else."""

    time_ns: int


@dataclass(frozen=True, slots=True)
class Connection:
    """Ingest became, or ceased to be, connected and caught up with its broker."""

    time_ns: int
    listening: bool


@dataclass(frozen=True, slots=True)
class NumberedSensor:
    """A registered sensor with its permanent number."""

    number: int
    sensor: Sensor


@dataclass(frozen=True, slots=True)
class Context:
    """From here on this rule book, registry and quantity numbering are in force.

    Attributes:
        version: hash of the content; an equal one is not written again.
        book: the rule files, name and YAML text, in order of name.
        quantities: quantity name to permanent number.
        zone: time zone of schedules; `holidays` the city's own days off (`holidays.toml`).
    """

    time_ns: int
    version: str
    book: tuple[tuple[str, str], ...]
    sensors: Sequence[NumberedSensor]
    quantities: dict[str, int]
    zone: str = "UTC"
    holidays: str = ""


@dataclass(frozen=True, slots=True)
class ContextChange:
    """From here on `context` is in force, which tells only the sensors that are new or different.

    Attributes:
        base: version of the context that it changes; whoever has another one in force passes it over.
        removed: ids of sensors that are registered no more.
        whole: the context that comes of it, for those who would have to make it themselves; it is not kept.
    """

    base: str
    context: Context
    removed: tuple[str, ...] = ()
    whole: Context | None = field(default=None, compare=False, repr=False)

    @property
    def time_ns(self) -> int:
        """Return when it came."""
        return self.context.time_ns


Entry = Arrivals | Tick | Connection | Context | ContextChange


@dataclass(frozen=True, slots=True)
class Journaled:
    """An entry at its place in the journal; positions rise and are never reused."""

    position: int
    entry: Entry
