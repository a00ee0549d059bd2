"""Ingest for its own tests: a normaliser that reads the native topic, a judge that remembers, a history in memory."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field

import msgspec

from city import history
from city.entry import Arrivals, Journaled
from city.errors import StoreUnavailable
from city.history import KeptEvent, NewestReadings, Series, SeriesQuery
from city.reading import ReadingBatch
from ingest.decoders.memory import Lesson
from ingest.identity import Identity
from ingest.judgement import PastOf
from ingest.message import Batch, Message, QuarantinedMessage, Sighting
from ingest.naming import NewestBefore

_TOPIC_LEVELS = 4


class _Body(msgspec.Struct):
    values: dict[str, float]
    time_ns: int | None = None


@dataclass
class NativeNormaliser:
    """Reads `city/<domain>/<sensor>/reading` with `values` and perhaps `time_ns`; the rest is quarantine."""

    identity: Identity
    registered: frozenset[str] = frozenset()

    def batch(self, messages: Sequence[Message], arrival_ns: int) -> Batch:
        rows: list[tuple[int, int, int, int, float, int]] = []
        quarantined: list[QuarantinedMessage] = []
        discovered: list[Sighting] = []
        for message in messages:
            try:
                sensor, body = _parse(message)
            except ValueError as error:
                quarantined.append(QuarantinedMessage(message.raw_topic, message.payload, "wrong_shape", str(error)))
                continue
            number = self.identity.sensor_number(sensor)
            time_ns = arrival_ns if body.time_ns is None else body.time_ns
            for name, value in body.values.items():
                rows.append((number, self.identity.quantity_number(name), time_ns, arrival_ns, value, 0))
            if sensor not in self.registered:
                discovered.append(Sighting(number, sensor, message.topic or "", tuple(body.values), "sample"))
        return Batch(Arrivals(ReadingBatch.of(rows)), quarantined, discovered)

    def follow_on(self, past: NewestBefore) -> None:
        """Know nothing of counters."""

    def remember(self, past: PastOf) -> None:
        """Judge nothing."""

    def restore(self, lessons: Iterable[Lesson]) -> None:
        assert not list(lessons)  # it learns nothing


def _parse(message: Message) -> tuple[str, _Body]:
    levels = (message.topic or "").split("/")
    if len(levels) != _TOPIC_LEVELS:
        raise ValueError  # caught in `batch`, which names what it quarantines
    return levels[2], msgspec.json.decode(message.payload, type=_Body)


@dataclass
class RecordingJudge:
    """Remembers every entry; `away` makes it refuse."""

    items: list[Journaled] = field(default_factory=list)
    away: bool = False
    position: int = 0

    @property
    def released(self) -> int:
        return self.position

    def apply(self, item: Journaled) -> None:
        if self.away:
            raise StoreUnavailable("judge", "told so by the test")
        if item.position > self.position:
            self.items.append(item)
            self.position = item.position

    def readings(self) -> int:
        return sum(len(item.entry.readings) for item in self.items if isinstance(item.entry, Arrivals))


@dataclass
class MemoryHistory:
    """A history store in memory; `away` makes every call raise StoreUnavailable."""

    kept: dict[int, Arrivals] = field(default_factory=dict)
    upto: int = 0
    away: bool = False
    appends: list[int] = field(default_factory=list)

    def position(self) -> int:
        self._answer()
        return self.upto

    def settled(self) -> int:
        return self.upto

    def append(self, arrivals: Sequence[tuple[int, Arrivals]], position: int) -> None:
        self._answer()
        self.kept.update(arrivals)
        self.upto = position
        self.appends.append(sum(len(one.readings) for _, one in arrivals))

    def readings(self, query: SeriesQuery) -> Series:
        raise NotImplementedError

    def newest(self, since_ns: int) -> NewestReadings:
        self._answer()
        return NewestReadings.of(())

    def events(self, sensor: str, start_ns: int, end_ns: int, limit: int) -> list[KeptEvent]:
        raise NotImplementedError

    def past(self, start_ns: int, end_ns: int) -> Iterator[history.Past]:
        raise NotImplementedError

    def oldest_ns(self) -> int | None:
        raise NotImplementedError

    def tend(self, now_ns: int) -> None:
        """Nothing to keep in order."""

    def still(self) -> AbstractContextManager[None]:
        return nullcontext()

    def close(self) -> None:
        """Nothing to release."""

    def values(self) -> list[float]:
        return [value for _, one in sorted(self.kept.items()) for value in one.readings.value.tolist()]

    def _answer(self) -> None:
        if self.away:
            raise StoreUnavailable("history", "told so by the test")
