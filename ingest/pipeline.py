"""The one place where ingest's order is written down: batch by batch, tick by tick, each stage after the other."""

import asyncio
from collections.abc import Callable, Sequence
from random import Random
from typing import NoReturn, Protocol

import structlog

from city.clock import SECOND_NS, Clock
from city.entry import Connection, Context, ContextChange, Tick
from city.errors import StoreUnavailable
from ingest.backoff import Backoff
from ingest.journal_codec import Content
from ingest.listening import Listening
from ingest.mqtt.inbox import Inbox
from ingest.stage import Stage, Work
from ingest.telemetry import BATCH_SECONDS, LISTENING, STAGES_RETRIED

log = structlog.get_logger(__name__)

#: Pauses between attempts while a stage cannot do its part, in seconds: a full disk may be relieved at any time.
_FIRST_S, _CAP_S = 0.05, 2.0
#: A tick that is due sooner than this after the last one is left out, in seconds.
_SHORTEST_TICK_S = 0.1


class Connected(Protocol):
    """A session that can say whether it is connected and subscribed."""

    @property
    def connected(self) -> bool:
        """Return whether it is."""
        ...


class Pipeline:
    """Takes batches, ticks the clock, and runs the stages for both; belongs to one event loop.

    Attributes:
        listening: connected and caught up, as the journal last said.
        context_version: of the context in force; whoever restores a checkpoint sets it.
        error: which store keeps the pipeline waiting; empty while none does.
    """

    def __init__(
        self, inbox: Inbox, session: Connected, clock: Clock, *, intake: Sequence[Stage], onward: Sequence[Stage]
    ) -> None:
        """Run `intake` and then `onward` for each batch, and `onward` alone for an entry of our own."""
        self._inbox, self._session, self._clock = inbox, session, clock
        self._for_batch, self._for_entry = [*intake, *onward], list(onward)
        self._turn = asyncio.Lock()
        self._state = Listening()
        self._backoff = Backoff(_FIRST_S, _CAP_S, Random())
        self.listening = False
        self.context_version = ""
        self.error = ""

    async def run(self) -> NoReturn:
        """Work until cancelled; a batch is never left half done, unless a store is away."""
        await self._enter(Connection(self._clock.now_ns(), listening=False))
        async with asyncio.TaskGroup() as group:
            group.create_task(self._consume(), name="ingest.pipeline.batches")
            group.create_task(self._tick(), name="ingest.pipeline.ticks")
        raise AssertionError  # neither task returns

    async def adopt(self, context: Context, change: ContextChange | None = None) -> None:
        """Put `context` in force, if it is not; returns when everyone has followed.

        Only `change` is written where it leads there from the context in force: a million sensors are much to write.
        """
        if context.version != self.context_version:
            led = change is not None and change.base == self.context_version
            await self._enter(change if change is not None and led else context)
            self.context_version = context.version
            log.info("context_adopted", version=context.version, sensors=len(context.sensors))

    async def insert(self, make: Callable[[int], list[Content]]) -> int:
        """Commit what `make` returns for the time it is given, let everyone follow, and return the last position.

        It is called between two batches, so it must be quick.
        """
        async with self._turn:
            now_ns = self._clock.now_ns()
            work = Work(now_ns, contents=make(now_ns))
            await self._run(self._for_entry, work)
        return work.position

    async def between(self, act: Callable[[], None]) -> None:
        """Do something quick while no batch is under way."""
        async with self._turn:
            act()

    async def _consume(self) -> NoReturn:
        loop = asyncio.get_running_loop()
        while True:
            received = await self._inbox.take()
            async with self._turn:
                started_s = loop.time()
                self._state.batch(started_s, caught_up=received.caught_up)
                await self._run(self._for_batch, Work(self._clock.now_ns(), received))
                ended_s = loop.time()
                self._state.done(ended_s)
                BATCH_SECONDS.observe(ended_s - started_s)

    async def _tick(self) -> NoReturn:
        while True:
            wait_s = 1 - self._clock.now_ns() % SECOND_NS / SECOND_NS
            await asyncio.sleep(wait_s if wait_s > _SHORTEST_TICK_S else wait_s + 1)
            await self._enter(*self._news())

    def _news(self) -> list[Content]:
        """Return what this second has to tell: the time, and whether we listen if that changed."""
        now_ns = self._clock.now_ns()
        idle = not self._inbox.waiting and not self._turn.locked()
        now_s = asyncio.get_running_loop().time()
        listening = self._state.judge(now_s, connected=self._session.connected, idle=idle)
        if listening == self.listening:
            return [Tick(now_ns)]
        self.listening = listening
        LISTENING.set(listening)
        log.info("listening" if listening else "not_listening")
        return [Connection(now_ns, listening), Tick(now_ns)]

    async def _enter(self, *contents: Content) -> None:
        async with self._turn:
            await self._run(self._for_entry, Work(self._clock.now_ns(), contents=list(contents)))

    async def _run(self, stages: Sequence[Stage], work: Work) -> None:
        for stage in stages:
            while error := _failure(stage, work):
                if not self.error:
                    log.error("pipeline_waits", store=error.store, error=str(error))
                self.error = str(error)
                STAGES_RETRIED.labels(error.store).inc()
                await asyncio.sleep(self._backoff.next_s())
        if self.error:
            log.info("pipeline_goes_on")
            self.error = ""
            self._backoff.reset()


def _failure(stage: Stage, work: Work) -> StoreUnavailable | None:
    """Run a stage, and return why it could not do its part."""
    try:
        stage.run(work)
    except StoreUnavailable as error:
        return error
    return None
