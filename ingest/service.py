"""Puts ingest together, in the one order in which it can start: past first, then the broker."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import NoReturn, Protocol

import structlog

from city.clock import SECOND_NS, Clock
from city.entry import Context, ContextChange, Journaled
from city.errors import StoreUnavailable
from city.feed import TROUBLE_KINDS, Refusals, Replayed, Trouble
from city.history import HistoryStore
from ingest.ailing import Ailing, Ailment, of_brokers, of_intake, of_stores
from ingest.commit import Acknowledge, Commit, Fail, Follow, Follower
from ingest.config import IngestSettings
from ingest.derived.keeping import Kept
from ingest.derived.stage import Derive, Settle, State
from ingest.discovery import Discovery
from ingest.drain import Drain
from ingest.duplicates import DuplicateWindow
from ingest.failpoint import Failpoints, Place
from ingest.fairness.admit import Admit
from ingest.fairness.gate import Gate
from ingest.fairness.ledger import Ledger
from ingest.fairness.order import FairOrder
from ingest.gaps import Gap, Gaps
from ingest.history_writer import HistorySink
from ingest.identity import Identity
from ingest.intake import Normaliser, Note, Sift, Understand
from ingest.journal import Journal
from ingest.latest import Latest
from ingest.lessons import Lessons
from ingest.mqtt.brokers import Brokers
from ingest.mqtt.inbox import Inbox
from ingest.pipeline import Pipeline
from ingest.quarantine import Quarantine
from ingest.replay import oldest_arrival_ns, rebuild, refold, relearn, replay, retell
from ingest.retrial import Retrial
from ingest.set_aside import SetAside
from ingest.stage import Stage
from ingest.telemetry import SIDE_WRITES_FAILED, TROUBLES

log = structlog.get_logger(__name__)

#: Age of the oldest reading that is shown as a sensor's latest after a start.
_LATEST_NS = 7 * 86_400 * SECOND_NS
#: Time between looks at what can be given back, and between saves of what discovery heard, in seconds.
_TIDY_S, _SAVE_TICKS = 1.0, 5
#: Entries that followers are told again at a start, of those before what the rules kept: what was acknowledged when the
#: process was killed they may not have heard.
_RETOLD = 64
#: Looks between two times that what derivations remember is kept: so much of the journal is read again at a start.
_KEEP_TICKS = 60
#: Looks between two at what has been in quarantine too long: every ten minutes.
_EXPIRE_TICKS = 600


class Judge(Protocol):
    """The rules, as far as ingest must know them."""

    @property
    def position(self) -> int:
        """Return the last position judged: the journal is replayed from behind it."""
        ...

    @property
    def released(self) -> int:
        """Return the position up to which the journal is needed no more."""
        ...

    def apply(self, item: Journaled) -> object:
        """Judge one entry; raises StoreUnavailable, and then can be called with the same one again."""
        ...


@dataclass(frozen=True, slots=True)
class Parts:
    """What others make and ingest works with; `followers` hear of every entry after the judge and `latest`.

    At a start `followers` are told the newest arrivals again, of which some may be those that a crash kept from them.
    `set_aside` are the places, besides ingest's own, where somebody may find damage.

    Without a `gate` everything is let in, and without an `order` what waits goes as it came. Without `derive` nothing
    is computed of readings. A broker is dialled when `may_dial` returns for its name, and `keeps_to_itself` says of
    what copy this is one that nobody has called the city yet; empty where it is.
    """

    identity: Identity
    normaliser: Normaliser
    judge: Judge
    history: HistoryStore
    clock: Clock
    followers: Sequence[Follower] = ()
    set_aside: Sequence[SetAside] = ()
    gate: Gate | None = None
    order: FairOrder | None = None
    derive: Derive | None = None
    may_dial: Callable[[str], Awaitable[None]] | None = None
    keeps_to_itself: Callable[[], str] = str


class IngestService:
    """All of ingest behind one constructor, which restores what the last run left, and `run`.

    Belongs to one event loop. `adopt` a context before `run`.
    """

    def __init__(self, folder: Path, settings: IngestSettings, parts: Parts, *, filters: Sequence[str]) -> None:
        self._parts = parts
        self._duplicates = DuplicateWindow(settings.journal.duplicate_window)
        self.discovery = Discovery(folder / "discovery.sqlite")
        self.quarantine = Quarantine(folder / "quarantine.sqlite", settings.quarantine, parts.clock)
        self.ledger = Ledger(folder / "ledger.sqlite", settings.ledger, parts.clock)
        self._lessons = Lessons(folder / "lessons.sqlite")
        self._derived = Kept(folder / "derived.npz")
        if parts.derive is not None and (kept := self._derived.read()):
            parts.derive.load(kept)
        self.journal = Journal(folder / "journal", settings.journal, readers=self._readers())
        self._gaps = Gaps(folder / "gaps.json")
        self._set_aside = (
            SetAside("journal_damaged", folder / "journal" / "damaged", "*"),
            SetAside("side_file_damaged", folder, "*.damaged-*"),
            *parts.set_aside,
        )
        self.latest = Latest(parts.identity)
        self.history = Drain(HistorySink(parts.history), self.journal, settings.drain, Random())
        self._quarantined = Drain(self.quarantine, self.journal, settings.drain, Random())
        self._retrial = Retrial(self.quarantine, self._quarantined, parts.normaliser, self.discovery)
        self._retrial.follow_on(self.journal.position)
        self._accounting = Drain(self.ledger, self.journal, settings.drain, Random())
        self._learning = Drain(self._lessons, self.journal, settings.drain, Random())
        self._recover()
        self._ailing = Ailing(parts.clock)
        inbox = self._inbox = Inbox(settings.batch, parts.order)
        self.brokers = Brokers([settings.mqtt, *settings.brokers], folder, inbox, filters=filters)
        self.pipeline = self._pipeline(inbox, settings)

    async def adopt(self, context: Context, change: ContextChange | None = None) -> None:
        """Put a context in force, if it is not, be it by a change; returns when everyone has followed."""
        if self._parts.derive is not None:
            self._parts.derive.use(context.sensors)
        await self.pipeline.adopt(context, change)

    async def reroute(self, filters: Sequence[str], act: Callable[[], None]) -> None:
        """Let `act` put other routes and lanes in force while no batch is under way, and subscribe to `filters`."""

        def put_in_force() -> None:
            act()
            self._inbox.sort_anew()

        await self.pipeline.between(put_in_force)
        self.brokers.subscribe(filters)

    async def replay(self, wanted: Refusals, after: int, limit: int) -> Replayed:
        """Understand quarantined messages anew; raises Conflict while an earlier replay is being noted."""
        return await self._retrial.run(self.pipeline, wanted, after, limit)

    async def run(self) -> NoReturn:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.pipeline.run(), name="ingest.pipeline")
            group.create_task(self.history.run(), name="ingest.history")
            group.create_task(self._quarantined.run(), name="ingest.quarantine")
            group.create_task(self._learning.run(), name="ingest.lessons")
            group.create_task(self._accounting.run(), name="ingest.ledger")
            group.create_task(self._tidy(), name="ingest.tidy")
            group.create_task(self.brokers.run(self._parts.may_dial), name="ingest.brokers")
        raise AssertionError  # no task returns

    def troubles(self) -> list[Trouble]:
        """Return what is damaged or lost and was not looked at yet, and before it what does not work now."""
        damaged = [*self._gaps.troubles(), *(trouble for each in self._set_aside for trouble in each.troubles())]
        found = [*self._ailing.look(self._ailments()), *damaged]
        for kind in TROUBLE_KINDS:
            TROUBLES.labels(kind).set(sum(trouble.kind == kind for trouble in found))
        return found

    def _ailments(self) -> Iterator[Ailment]:
        copied = self._parts.keeps_to_itself()
        if copied:
            yield Ailment("restored", "", copied)
        yield from of_brokers(self.brokers.status())
        behind = self.brokers.connected and not self.pipeline.listening
        yield from of_intake(waits=self.pipeline.error, paused=self._inbox.paused, behind=behind)
        sides = (self.quarantine.name, self._quarantined), (self._lessons.name, self._learning)
        yield from of_stores((("history", self.history), *sides, (self.ledger.name, self._accounting)))

    def close(self) -> None:
        """Save what waits to be saved, and release the files; call it after `run` has ended."""
        self._save()
        if self._parts.derive is not None and self._parts.derive.settled:
            self._write(self._parts.derive.dump(), self._parts.derive.position)
        self.journal.close()
        self.quarantine.close()
        self._lessons.close()
        self.ledger.close()
        self.discovery.close()

    def _pipeline(self, inbox: Inbox, settings: IngestSettings) -> Pipeline:
        parts, failpoints = self._parts, Failpoints(settings.failpoints)
        intake: list[Stage] = [
            *([Admit(parts.gate)] if parts.gate is not None else []),
            Sift(self._duplicates),
            Understand(parts.normaliser, settings.quarantine),
            Note(self.discovery),
        ]
        onward: list[Stage] = [
            *([parts.derive] if parts.derive is not None else []),
            Commit(self.journal, self._duplicates, [parts.identity, self.discovery], failpoints),
            *([Settle(parts.derive)] if parts.derive is not None else []),
            Acknowledge(failpoints),
            Follow(parts.judge),
            Fail(failpoints, Place.AFTER_JUDGE),
            Follow(self.latest),
            Follow(self.discovery),
            *map(Follow, parts.followers),
        ]
        return Pipeline(inbox, self.brokers, parts.clock, intake=intake, onward=onward)

    def _readers(self) -> dict[str, int]:
        """Return how far each reader of the journal has come; one that cannot say counts as not begun."""
        try:
            history = self._parts.history.position()
        except StoreUnavailable as error:
            log.warning("store_away", store="history", error=str(error))
            history = 0
        return {
            "history": history,
            "quarantine": self.quarantine.position(),
            self._lessons.name: self._lessons.position(),
            self.ledger.name: self.ledger.position(),
            **({self._derived.name: self._derived.position} if self._parts.derive is not None else {}),
            "rules": self._parts.judge.released,
        }

    def _recover(self) -> None:
        rebuild(self.journal, self._duplicates)
        relearn(self.journal, self._lessons, self._parts.normaliser.restore)
        self._parts.normaliser.follow_on(self.latest.newest)
        self._parts.normaliser.remember(self.latest.newest_of)
        if self._parts.derive is not None:
            refold(self.journal, self._parts.derive, self._derived.position)
        judged = self._parts.judge.position
        replay(self.journal, self._parts.judge, judged)
        try:
            last_ns = self._recall()
            after = self._parts.history.position()
            self._miss(after, last_ns if after else 0)
        except StoreUnavailable as error:
            log.warning("store_away", store="history", error=str(error))
            after = 0
        replay(self.journal, self.latest, after)
        for follower in self._parts.followers:
            retell(self.journal, follower, max(0, judged - _RETOLD))

    def _miss(self, after: int, from_ns: int) -> None:
        """Note what the history lacks and the journal has given back, as after a broken file."""
        if self.journal.given_back > after:
            now_ns = self._parts.clock.now_ns()
            gap = Gap(after, self.journal.given_back, from_ns, oldest_arrival_ns(self.journal), now_ns)
            self._gaps.note(gap)

    def _recall(self) -> int:
        """Take over what history knows as the newest readings; return when the last of them arrived, 0 without any."""
        identity, last_ns = self._parts.identity, 0
        newest = self._parts.history.newest(self._parts.clock.now_ns() - _LATEST_NS)
        for batch in newest.batches(identity.sensor_number, identity.quantity_number):
            self.latest.take(batch)
            last_ns = max(last_ns, int(batch.arrival_ns.max()))
        return last_ns

    async def _tidy(self) -> NoReturn:
        ticks = 0
        while True:
            await asyncio.sleep(_TIDY_S)
            ticks += 1
            self._ailing.look(self._ailments())
            self.journal.pin("duplicates", self._duplicates.needed_after)
            self.journal.pin("history", self._parts.history.settled())
            self.journal.passed("rules", self._parts.judge.released)
            if ticks % _SAVE_TICKS == 0:
                self._save()
            if ticks % _KEEP_TICKS == 0:
                await self._keep()
            if ticks % _EXPIRE_TICKS == 0:
                await self._expire()

    async def _keep(self) -> None:
        """Keep what derivations remember, unless it holds what is not committed yet; then another time will do."""
        derive = self._parts.derive
        if derive is None or not derive.settled or derive.position == self._derived.position:
            return
        state, position = derive.dump(), derive.position
        if await asyncio.to_thread(self._write, state, position):
            self.journal.passed(self._derived.name, position)

    def _write(self, state: State, position: int) -> bool:
        try:
            self._derived.write(state, position)
        except OSError as error:
            SIDE_WRITES_FAILED.labels(self._derived.name).inc()
            log.warning("derived_not_kept", error=str(error))
            return False
        return True

    async def _expire(self) -> None:
        try:
            await asyncio.to_thread(self.quarantine.expire)
        except StoreUnavailable as error:
            SIDE_WRITES_FAILED.labels(self.quarantine.name).inc()
            log.warning("quarantine_not_expired", error=str(error))

    def _save(self) -> None:
        try:
            self.discovery.save()
        except StoreUnavailable as error:
            SIDE_WRITES_FAILED.labels("discovery").inc()
            log.warning("discovery_not_saved", error=str(error))
