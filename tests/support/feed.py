"""Ingest kept in memory: what tests tell it is what the desk and the API see."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace

from city.errors import LiandongError, NotFound, StoreUnavailable
from city.feed import (
    Concerned,
    Discovered,
    IngestStatus,
    OutboxItem,
    QuarantineCount,
    Quarantined,
    Refusals,
    Replayed,
    RuleSummary,
    SensorChange,
    StatesPage,
)
from city.history import KeptEvent, LatestReading, Resolution, Series, SeriesQuery
from city.intake import Shed
from rules.concern import concerned, concerning
from rules.engine import Engine

QUIET = IngestStatus(
    listening=True,
    broker="mqtt://127.0.0.1:1883",
    since_ns=0,
    journal_position=0,
    history_position=0,
    judged_position=0,
    history_error="",
    book_version="",
    book_error="",
)


@dataclass
class MemoryFeed:
    """A `city.feed.Feed` that holds what it is told; `away` makes every call raise StoreUnavailable.

    `heard` is set when somebody listens to changes.
    """

    away: bool = False
    now: IngestStatus = QUIET
    readings_kept: list[LatestReading] = field(default_factory=list)
    sensor_states: dict[str, str] = field(default_factory=dict)
    events_kept: list[KeptEvent] = field(default_factory=list)
    strangers: list[Discovered] = field(default_factory=list)
    set_aside: list[Quarantined] = field(default_factory=list)
    let_go: list[Shed] = field(default_factory=list)
    waiting: list[OutboxItem] = field(default_factory=list)
    book: list[RuleSummary] = field(default_factory=list)
    engine: Engine | None = None
    refreshed: int = 0
    heard: asyncio.Event = field(default_factory=asyncio.Event)
    _listeners: list[asyncio.Queue[list[SensorChange] | LiandongError | None]] = field(default_factory=list)

    def keep(self, reading: LatestReading) -> None:
        """Take a reading in."""
        self.readings_kept.append(reading)

    def change(self, *changes: SensorChange) -> None:
        """Tell every listener what is new, and remember it."""
        for change in changes:
            self.readings_kept.extend(change.readings)
            if change.state:
                self.sensor_states[change.sensor] = change.state
        for listener in self._listeners:
            listener.put_nowait(list(changes))

    def leave(self) -> None:
        """Go away, and break off every listener."""
        self.away = True
        self.break_off()

    def break_off(self, refusal: LiandongError | None = None) -> None:
        """End what every listener hears; with this refusal, else as one that is away does."""
        for listener in self._listeners:
            listener.put_nowait(refusal)

    def come_back(self) -> None:
        """Answer again."""
        self.away = False

    async def latest(self, sensors: Sequence[str]) -> list[LatestReading]:
        """Return the newest readings of these sensors."""
        self._check()
        newest: dict[tuple[str, str], LatestReading] = {}
        for reading in sorted(self.readings_kept, key=lambda kept: kept.time_ns):
            if reading.sensor in sensors:
                newest[reading.sensor, reading.quantity] = reading
        return list(newest.values())

    async def series_heard(self, after: int, limit: int) -> list[tuple[str, str]]:
        """Return the series that readings are kept of."""
        self._check()
        return [*dict.fromkeys((one.sensor, one.quantity) for one in self.readings_kept)][after : after + limit]

    async def states(self, after: str, limit: int) -> StatesPage:
        """Return the states of the first sensors beyond `after`."""
        self._check()
        beyond = sorted(sensor for sensor in self.sensor_states if sensor > after)
        words = sorted(set(self.sensor_states.values()))
        codes = bytes(words.index(self.sensor_states[sensor]) for sensor in beyond[:limit])
        return StatesPage(0, tuple(beyond[:limit]), codes, tuple(words), len(beyond) > limit)

    async def readings(self, query: SeriesQuery) -> Series:
        """Return one series, raw."""
        self._check()
        rows = sorted(
            (
                reading
                for reading in self.readings_kept
                if (reading.sensor, reading.quantity) == (query.sensor, query.quantity)
                and query.start_ns <= reading.time_ns < query.end_ns
            ),
            key=lambda reading: reading.time_ns,
        )
        shown = rows[: query.limit]
        values = [reading.value for reading in shown]
        return Series(
            query.sensor,
            query.quantity,
            Resolution.RAW if query.resolution is Resolution.AUTO else query.resolution,
            [reading.time_ns for reading in shown],
            values,
            values,
            values,
            [1] * len(shown),
            [reading.quality for reading in shown],
            truncated=len(rows) > len(shown),
            last=values,
            arrival_ns=[reading.arrival_ns for reading in shown],
        )

    async def events(self, sensor: str, start_ns: int, end_ns: int, limit: int) -> list[KeptEvent]:
        """Return a sensor's events, newest first."""
        self._check()
        found = [kept for kept in self.events_kept if kept.sensor == sensor and start_ns <= kept.time_ns < end_ns]
        return sorted(found, key=lambda kept: kept.time_ns, reverse=True)[:limit]

    async def discovered(self, after: str, limit: int) -> list[Discovered]:
        """Return strangers by id."""
        self._check()
        return sorted((one for one in self.strangers if one.sensor > after), key=lambda one: one.sensor)[:limit]

    async def stranger(self, sensor: str) -> Discovered:
        """Return one stranger; raises NotFound."""
        self._check()
        for one in self.strangers:
            if one.sensor == sensor:
                return one
        raise NotFound("sensor", sensor)

    async def quarantined(self, before: int, limit: int, wanted: Refusals) -> list[Quarantined]:
        """Return what was set aside, newest first, without bytes."""
        self._check()
        older = (one for one in self.set_aside if not before or one.id < before)
        fitting = (one for one in older if _is_wanted(one, wanted))
        newest_first = sorted(fitting, key=lambda one: one.id, reverse=True)
        return [replace(one, payload=b"") for one in newest_first][:limit]

    async def quarantine_counts(self) -> list[QuarantineCount]:
        """Return how many were set aside, all from one source."""
        self._check()
        counts = Counter((one.reason, one.replayed_ns is None) for one in self.set_aside)
        reasons = sorted({reason for reason, _ in counts})
        return [QuarantineCount(one, "source", counts[one, True], counts[one, False]) for one in reasons]

    async def replay_quarantined(self, wanted: Refusals, after: int, limit: int) -> Replayed:
        """Understand every wanted message now."""
        self._check()
        waiting = [one for one in self.set_aside if one.replayed_ns is None and _is_wanted(one, wanted)]
        some = [one for one in waiting if one.id > after][:limit]
        self.set_aside = [replace(one, replayed_ns=1) if one in some else one for one in self.set_aside]
        upto = some[-1].id if some else after
        return Replayed(len(some), 0, 0, upto, more=len(some) == limit)

    async def quarantined_bytes(self, number: int) -> Quarantined:
        """Return one message whole; raises NotFound."""
        self._check()
        for one in self.set_aside:
            if one.id == number:
                return one
        raise NotFound("message", number)

    async def shed(self, before: int, limit: int) -> list[Shed]:
        """Return what was let go, newest first."""
        self._check()
        older = (one for one in self.let_go if not before or one.id < before)
        return sorted(older, key=lambda one: one.id, reverse=True)[:limit]

    async def outbox(self, limit: int, wait_s: float) -> list[OutboxItem]:
        """Return the oldest unsettled transitions."""
        del wait_s
        self._check()
        return self.waiting[:limit]

    async def settle(self, upto: int) -> None:
        """Forget outbox items up to this number."""
        self._check()
        self.waiting = [item for item in self.waiting if item.number > upto]

    async def rules(self) -> list[RuleSummary]:
        """Return the rule book in force."""
        self._check()
        return list(self.book)

    async def concerning(self, sensor: str) -> list[str]:
        """Return the ids of the rules of `engine` that judge a sensor."""
        self._check()
        return [] if self.engine is None else concerning(self.engine, sensor)

    async def concerned(self, rule: str, sensor: str) -> Concerned:
        """Return what a rule of `engine` looks at; raises NotFound."""
        self._check()
        if self.engine is None:
            raise NotFound("rule", rule)
        return concerned(self.engine, rule, sensor)

    async def status(self) -> IngestStatus:
        """Return how ingest is."""
        self._check()
        return self.now

    async def refresh(self) -> None:
        """Count that registry and rule book were to be read again."""
        self._check()
        self.refreshed += 1

    async def changes(self, version: int) -> AsyncIterator[list[SensorChange]]:
        """Yield what `change` is told, until the feed goes away."""
        del version
        self._check()
        inbox: asyncio.Queue[list[SensorChange] | LiandongError | None] = asyncio.Queue()
        self._listeners.append(inbox)
        self.heard.set()
        try:
            while isinstance(batch := await inbox.get(), list):
                yield batch
        finally:
            self._listeners.remove(inbox)
        raise batch if batch is not None else StoreUnavailable("ingest", "told to go away")

    def _check(self) -> None:
        if self.away:
            raise StoreUnavailable("ingest", "told to go away")


def _is_wanted(one: Quarantined, wanted: Refusals) -> bool:
    return wanted.reason in {"", one.reason} and wanted.broker in {"", one.broker}
