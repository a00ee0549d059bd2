"""Ingest's side of the link: one object that answers all that the desk and the API ask."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

from city.errors import NotFound
from city.feed import (
    STATES_AT_ONCE,
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
from city.history import HistoryStore, KeptEvent, LatestReading, Series, SeriesQuery
from city.intake import Shed
from ingest.identity import Identity
from ingest.service import IngestService
from liandong.bench import Bench
from liandong.concerns import Concerns
from liandong.ingest_counters import counters
from liandong.sensor_states import SensorStates, Told
from liandong.series_telling import SeriesTelling
from rules.concern import concerning
from rules.summary import summaries

#: Time between two looks at what changed: at most four times a second.
_LOOK_S = 0.25

#: Readings, states and series told at once; the rest comes with the next look. A million of them would be more than
#: one message can hold, and seconds in which nothing else is done.
_TOLD = 5000


class IngestFeed:
    """Implements `city.feed.Feed` beside the pipeline, on its loop; history is read in threads."""

    def __init__(  # noqa: PLR0913 - each is a part of ingest
        self,
        service: IngestService,
        bench: Bench,
        states: SensorStates,
        *,
        identity: Identity,
        history: HistoryStore,
        refresh: Callable[[], Awaitable[None]],
        concerns: Concerns,
    ) -> None:
        self._service, self._bench, self._states = service, bench, states
        self._identity, self._refresh, self._concerns = identity, refresh, concerns
        self._telling = SeriesTelling(identity, history, service.journal, lambda: service.history.position)

    def close(self) -> None:
        """Look nothing more up."""
        self._telling.close()

    async def latest(self, sensors: Sequence[str]) -> list[LatestReading]:
        """Return the newest readings of these sensors."""
        numbers = (self._identity.known_sensor(sensor) for sensor in sensors)
        return self._service.latest.of(number for number in numbers if number is not None)

    async def series_heard(self, after: int, limit: int) -> list[tuple[str, str]]:
        """Return sensor and quantity of series heard lately, in order of first hearing, behind the `after` first."""
        return self._service.latest.series(after, min(limit, _TOLD))

    async def states(self, after: str, limit: int) -> StatesPage:
        """Return the states of the first `limit` sensors with ids beyond `after`."""
        return self._states.page(after, min(limit, STATES_AT_ONCE))

    async def readings(self, query: SeriesQuery) -> Series:
        """Return one series from history, raw ones with what is not yet written there."""
        return await self._telling.readings(query)

    async def events(self, sensor: str, start_ns: int, end_ns: int, limit: int) -> list[KeptEvent]:
        """Return a sensor's events, newest first."""
        return await self._telling.events(sensor, start_ns, end_ns, limit)

    async def discovered(self, after: str, limit: int) -> list[Discovered]:
        """Return sensors that send but are not registered, by id, from after `after`."""
        return self._service.discovery.listed(after, limit)

    async def stranger(self, sensor: str) -> Discovered:
        """Return one sensor that sends but is not registered; raises NotFound."""
        number = self._identity.known_sensor(sensor)
        found = None if number is None else self._service.discovery.find(number)
        if found is None:
            raise NotFound("sensor", sensor)
        return found

    async def quarantined(self, before: int, limit: int, wanted: Refusals) -> list[Quarantined]:
        """Return quarantined messages, newest first, without bytes."""
        return await asyncio.to_thread(self._service.quarantine.listed, before, limit, wanted)

    async def quarantine_counts(self) -> list[QuarantineCount]:
        """Return how many messages are in quarantine, by reason and source."""
        return await asyncio.to_thread(self._service.quarantine.counts)

    async def replay_quarantined(self, wanted: Refusals, after: int, limit: int) -> Replayed:
        """Understand wanted messages with ids beyond `after` anew."""
        return await self._service.replay(wanted, after, limit)

    async def quarantined_bytes(self, number: int) -> Quarantined:
        """Return one quarantined message whole; raises NotFound."""
        return await asyncio.to_thread(self._service.quarantine.whole, number)

    async def shed(self, before: int, limit: int) -> list[Shed]:
        """Return what was shed, newest first."""
        return self._service.ledger.listed(before, limit)

    async def outbox(self, limit: int, wait_s: float) -> list[OutboxItem]:
        """Return the oldest unsettled transitions; when there are none, wait up to `wait_s` for one."""
        return await self._bench.outbox(limit, wait_s)

    async def settle(self, upto: int) -> None:
        """Forget outbox items up to and including this number."""
        self._bench.judge.settle(upto)

    async def rules(self) -> list[RuleSummary]:
        """Return the rule book in force."""
        return summaries(self._bench.judge.engine)

    async def concerning(self, sensor: str) -> list[str]:
        """Return the ids of the rules in force that judge a sensor or a place."""
        return concerning(self._bench.judge.engine, sensor)

    async def concerned(self, rule: str, sensor: str) -> Concerned:
        """Return what a rule in force looks at for a sensor or a place; raises NotFound."""
        found = self._concerns.of(self._bench.judge.engine, rule, sensor)
        return await asyncio.to_thread(self._concerns.with_connections, found)

    async def status(self) -> IngestStatus:
        """Return how ingest is."""
        service, judge = self._service, self._bench.judge
        return IngestStatus(
            listening=service.pipeline.listening,
            broker=service.brokers.main.broker,
            since_ns=self._bench.since_ns,
            journal_position=service.journal.position,
            history_position=service.history.position,
            judged_position=judge.position,
            history_error=service.history.error or service.pipeline.error,
            book_version=service.pipeline.context_version,
            book_error=self._bench.unreadable or judge.engine.book_error,
            troubles=(*judge.engine.troubles(), *service.troubles()),
            counters=counters(),
            brokers=service.brokers.status(),
        )

    async def refresh(self) -> None:
        """Read registry and rule book again."""
        await self._refresh()

    async def changes(self, version: int) -> AsyncIterator[list[SensorChange]]:
        """Yield what changed, at most four times a second; one that falls behind skips values, not states."""
        told = Told(version)
        with self._service.latest.news() as news:
            while True:
                await asyncio.sleep(_LOOK_S)
                states, told = self._states.since(told, _TOLD)
                changed = _by_sensor(news.take(_TOLD), states)
                if changed:
                    yield changed


def _by_sensor(readings: list[LatestReading], states: dict[str, str]) -> list[SensorChange]:
    said: defaultdict[str, list[LatestReading]] = defaultdict(list)
    for reading in readings:
        said[reading.sensor].append(reading)
    return [SensorChange(sensor, tuple(said[sensor]), states.get(sensor, "")) for sensor in {**said, **states}]
