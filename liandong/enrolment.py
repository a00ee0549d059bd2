"""Brings registry and city folder to ingest: whole at the start, and what changes of them within a second."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import NoReturn, Protocol

import numpy as np
import structlog

from city.census import NUMBERS, Census
from city.clock import SystemClock
from city.entry import Context, ContextChange, NumberedSensor
from city.errors import BadCityFile, StoreUnavailable
from ingest.fairness.lanes import Lanes
from ingest.identity import Identity
from ingest.normalise import Normaliser
from ingest.service import IngestService
from liandong.alarm_bearing import rank_by
from liandong.bench import Bench
from liandong.book_watch import BookWatch
from liandong.city_folder import CityFolder
from liandong.context import read_context, read_written
from liandong.sensor_states import SensorStates
from liandong.sourcing import Sourcing
from liandong.stores import register
from liandong.uncollected import uncollected
from registry.sensors import SensorChanges, SensorRegistry, Whole
from storage.migrate import upgrade
from storage.sql import Database

log = structlog.get_logger()

#: Time between two looks at the registry's version, which is one row; and between attempts while it is away, seconds.
_LOOK_S, _AWAY_S = 0.5, 5.0

#: Above this part of all sensors a change is written as a whole context: it is smaller then, in columns.
_MUCH = 0.1


class Ingest(Protocol):
    """What of ingest follows the registry."""

    @property
    def service(self) -> IngestService:
        """Return what adopts contexts."""
        ...

    @property
    def bench(self) -> Bench:
        """Return the rules."""
        ...

    @property
    def states(self) -> SensorStates:
        """Return the states of sensors."""
        ...

    @property
    def identity(self) -> Identity:
        """Return the permanent numbers."""
        ...

    @property
    def normaliser(self) -> Normaliser:
        """Return what must know who is registered."""
        ...

    @property
    def lanes(self) -> Lanes:
        """Return what puts some sensors before others."""
        ...

    @property
    def sourcing(self) -> Sourcing:
        """Return what follows the files by which messages are read."""
        ...


class Enrolment:
    """Follows the registry; belongs to ingest's loop, and asks the database in threads."""

    def __init__(self, root: Path, ingest: Ingest, database: Database, registry: SensorRegistry) -> None:
        self._root, self._ingest, self._database, self._registry = root, ingest, database, registry
        self._turn = asyncio.Lock()
        self._watch = BookWatch(root)
        self._census = Census.of(())
        #: What is still to be put into the registry.
        self._city: CityFolder | None = None
        #: Version of the registry that was read; None while it never was in this run.
        self._version: int | None = None

    async def take_over(self, city: CityFolder) -> None:
        """Adopt what city folder and registry say; what was last in force while the registry is away.

        Raises:
            StoreUnavailable: it is away, and nothing was ever in force.
        """
        try:
            await self._read_whole(city)
        except StoreUnavailable as error:
            self._city = city
            context = self._ingest.bench.judge.engine.context
            if context is None:
                raise
            log.warning("registry_away", cause=error.cause, sensors=len(context.sensors))
            await self._adopt_whole(Census.of(context.sensors))
        self._ingest.states.register(self._census)
        self._ingest.states.heard(self._ingest.service.latest.sensors())

    async def refresh(self) -> None:
        """Read what changed of registry and city folder; files that cannot be read change nothing.

        Raises:
            StoreUnavailable: the registry does not answer.
        """
        stamps = await asyncio.to_thread(self._watch.look)
        try:
            async with self._turn:
                if self._version is None:
                    await self._read_whole(None)
                else:
                    await self._read_changes(self._version)
                await self._ingest.sourcing.follow(self._ingest.service)
            self._ingest.bench.unreadable = ""
        except BadCityFile as error:
            if self._ingest.bench.unreadable != str(error):
                log.warning("book_not_read", cause=str(error))
            self._ingest.bench.unreadable = str(error)
        self._watch.read(stamps)
        await self._rank()

    async def follow(self) -> NoReturn:
        """Look at the registry's version and at the files twice a second, and tell nobody of it but ingest."""
        await self._rank()
        while True:
            await asyncio.sleep(_LOOK_S if self._version is not None else _AWAY_S)
            try:
                await self._look()
            except StoreUnavailable as error:
                log.debug("registry_away", cause=error.cause)

    async def _look(self) -> None:
        if self._version is None:
            async with self._turn:
                await self._read_whole(self._city)
            self._city = None
            log.info("registry_back")
            await self._rank()
        elif (
            await asyncio.to_thread(self._watch.changed)
            or await asyncio.to_thread(self._registry.version) != self._version
        ):
            await self.refresh()

    async def _read_whole(self, city: CityFolder | None) -> None:
        whole = await asyncio.to_thread(self._read, city)
        kept, ids = whole.census, whole.census.texts["id"].all()
        numbers = self._ingest.identity.sensor_numbers(ids).astype(NUMBERS["number"])
        same = np.array_equal(numbers, kept.numbers["number"])
        census = kept if same else Census(kept.words, kept.texts, {**kept.numbers, "number": numbers})
        known = bool(census.known_digest)
        await self._adopt_whole(census)
        self._version = whole.version
        if not known:
            await asyncio.to_thread(self._registry.keep, whole, census)

    def _read(self, city: CityFolder | None) -> Whole:
        """Return the sensors of the registry; those that have no number get one on the loop."""
        if city is not None:
            upgrade(self._database)
            register(city, self._database, self._registry)
        return self._registry.whole()

    async def _adopt_whole(self, census: Census) -> None:
        await asyncio.to_thread(census.digest)
        context = await self._prepared(census)
        in_force = self._ingest.bench.judge.engine.context
        if in_force is not None and in_force.version == context.version:
            census = Census.of(in_force.sensors)  # the same, so that it is in memory once
            context = replace(context, sensors=census)
        self._census = census
        self._ingest.normaliser.use(context)
        await self._ingest.service.adopt(context)

    async def _prepared(self, census: Census) -> Context:
        """Return the context of files and sensors, with what takes long done in a thread while ingest goes on."""
        engine = self._ingest.bench.judge.engine
        with uncollected():
            written = await asyncio.to_thread(read_written, self._root, engine.library)
            context = read_context(written, census, self._ingest.identity, SystemClock())
            if context.version != self._ingest.service.pipeline.context_version:
                await asyncio.to_thread(engine.prepare, context)
        return context

    async def _read_changes(self, version: int) -> None:
        changes = await asyncio.to_thread(self._registry.changed_since, version)
        much = len(changes.changed) + len(changes.removed) > _MUCH * len(self._census)
        if changes.version < version or much:  # an older copy of the database was put back, or a city was imported
            await self._read_whole(None)
            return
        new = tuple(NumberedSensor(self._ingest.identity.sensor_number(one.id), one) for one in changes.changed)
        census = await asyncio.to_thread(_changed, self._census, new, changes)
        context = await self._prepared(census)
        base = self._ingest.service.pipeline.context_version
        change = ContextChange(base, replace(context, sensors=new), changes.removed, whole=context)
        self._census = census
        self._ingest.normaliser.change(context, change)
        await self._ingest.service.adopt(context, change)
        self._version = changes.version

    async def _rank(self) -> None:
        """Let sensors that rules look at go before bulk; not while starting, as it may take seconds."""
        self._ingest.lanes.rank_sensors(await asyncio.to_thread(rank_by, self._ingest.bench.judge.engine))


def _changed(census: Census, new: tuple[NumberedSensor, ...], changes: SensorChanges) -> Census:
    """Return the census that comes of changes, its digest known."""
    if not (new or changes.removed):
        return census
    changed = census.changed(new, changes.removed)
    changed.digest()
    return changed
