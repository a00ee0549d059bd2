"""What the journal holds: everything the rule engine may know, in the order in which it came.

A replay of these entries consults no file, no SQL and no clock, so it gives the same alarms however the
batches are cut.
"""

from dataclasses import dataclass

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
    sensors: tuple[NumberedSensor, ...]
    quantities: dict[str, int]
    zone: str = "UTC"
    holidays: str = ""


Entry = Arrivals | Tick | Connection | Context


@dataclass(frozen=True, slots=True)
class Journaled:
    """An entry at its place in the journal; positions rise and are never reused."""

    position: int
    entry: Entry
