"""The history store as everybody sees it: readings and events in, series out."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from city.entry import Arrivals
from city.newest import LatestReading, NewestReadings

__all__ = [
    "HistoryStore", "KeptEvent", "LatestReading", "Names", "NewestReadings", "Past", "Resolution", "Series",
    "SeriesQuery",
]  # fmt: skip


class Resolution(StrEnum):
    """How finely a series is read; `AUTO` picks the finest that keeps within the limit and reaches back far enough."""

    AUTO = "auto"
    RAW = "raw"
    MINUTE = "1m"
    HOUR = "1h"


@dataclass(frozen=True, slots=True)
class SeriesQuery:
    """One sensor's readings of one quantity in [start_ns, end_ns), at most `limit` points.

    Of a rolled-up resolution every bucket that reaches into the span is given, whole.
    """

    sensor: str
    quantity: str
    start_ns: int
    end_ns: int
    resolution: Resolution = Resolution.AUTO
    limit: int = 5000


@dataclass(frozen=True, slots=True)
class Series:
    """A series in columns of one length, rising in time.

    For a rolled-up resolution `time_ns` is the start of the bucket, `value` its mean in the quantity's own way, and
    `minimum`, `maximum`, `count` and `last` are its own; for raw readings they equal the value and 1. `truncated` says
    that the limit cut it. `arrival_ns`, when each arrived, is there for raw readings only.
    """

    sensor: str
    quantity: str
    resolution: Resolution
    time_ns: list[int]
    value: list[float]
    minimum: list[float]
    maximum: list[float]
    count: list[int]
    quality: list[int]
    truncated: bool = False
    last: list[float] = field(default_factory=list)
    arrival_ns: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class KeptEvent:
    """An event as kept; `attributes` is JSON."""

    sensor: str
    event: str
    time_ns: int
    arrival_ns: int
    attributes: str


@dataclass(frozen=True, slots=True)
class Past:
    """What arrived in a stretch of time that ends before `until_ns`, in order of arrival.

    Sensors and quantities have the store's own numbers; `sensors` and `quantities` name those that no stretch before
    this one named.
    """

    until_ns: int
    arrivals: Arrivals
    sensors: dict[int, str]
    quantities: dict[int, str]


class Names(Protocol):
    """Turns permanent numbers back into names."""

    def sensor(self, number: int) -> str:
        """Return the id of the sensor with this number; raises KeyError for an unknown one."""
        ...

    def quantity(self, number: int) -> str:
        """Return the name of the quantity with this number; raises KeyError for an unknown one."""
        ...


class HistoryStore(Protocol):
    """Keeps readings and events; a reading is (sensor, quantity, time), the last journal position wins.

    Calls block, so they belong in a thread; one call of `append` at a time. Every method raises StoreUnavailable
    when the store does not answer.
    """

    def position(self) -> int:
        """Return the journal position up to which everything is kept; 0 for an empty store."""
        ...

    def settled(self) -> int:
        """Return a position up to which not even a damaged log of the store loses anything; asks nobody, and is cheap.

        At most `position`. What lies beyond is kept in the journal, from which the store is filled again.
        """
        ...

    def append(self, arrivals: Sequence[tuple[int, Arrivals]], position: int) -> None:
        """Keep (position, arrivals) pairs and remember `position`; repeating a call changes nothing that is read."""
        ...

    def readings(self, query: SeriesQuery) -> Series:
        """Return one series; empty for a sensor or quantity that was never heard."""
        ...

    def newest(self, since_ns: int) -> NewestReadings:
        """Return the newest reading of every series that has one at or after `since_ns`."""
        ...

    def events(self, sensor: str, start_ns: int, end_ns: int, limit: int) -> list[KeptEvent]:
        """Return a sensor's events in [start_ns, end_ns), newest first, at most `limit`."""
        ...

    def past(self, start_ns: int, end_ns: int) -> Iterator[Past]:
        """Yield all that arrived in [start_ns, end_ns), a stretch at a time; writes and other reads go on meanwhile.

        A stretch is some hundred thousand readings, or a second. What was repeated comes each time it came.
        """
        ...

    def oldest_ns(self) -> int | None:
        """Return when the oldest arrived of what is kept as it came; None when nothing is."""
        ...

    def tend(self, now_ns: int) -> None:
        """Do the housekeeping that is due: roll up what is new, put closed hours in order, forget what is too old.

        Calls one after the other, beside `append` and reads; one that failed goes on with the next call. May take
        minutes when there is much to catch up on.
        """
        ...

    def still(self) -> AbstractContextManager[None]:
        """Leave its own files as they are while the block lasts, so that they can be copied; writes wait, reads go on.

        The block may be left in another thread than the one that entered it.
        """
        ...

    def close(self) -> None:
        """Flush and release the store."""
        ...
