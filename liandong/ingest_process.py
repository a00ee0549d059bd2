"""Ingest's process: broker session, journal, rules and history, answering the others on a socket."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from typing import NoReturn

import structlog

from city.catalogue import default_catalogue
from city.clock import SystemClock
from city.errors import StoreUnavailable
from city.history import HistoryStore
from city.sensor import Sensor
from ingest.config import IngestSettings
from ingest.fairness.gate import Gate
from ingest.fairness.lanes import Lanes
from ingest.fairness.order import FairOrder
from ingest.fairness.rank import Ranking
from ingest.identity import Identity
from ingest.normalise import Normaliser
from ingest.service import IngestService, Parts
from ingest.set_aside import SetAside
from liandong.alarm_bearing import ranks_of
from liandong.bench import Bench
from liandong.broker.link import more_brokers, mqtt_settings
from liandong.city_folder import CityFolder, read_city
from liandong.context import read_context
from liandong.copies.stillness import kept_still
from liandong.folder import DataFolder
from liandong.ingest_feed import IngestFeed
from liandong.link.server import served
from liandong.secrets import secrets_at
from liandong.sensor_states import SensorStates
from liandong.settings import Settings
from liandong.stopping import stopped_by_signals
from liandong.stores import database_at, register
from registry.sensors import SensorRegistry
from rules.checkpoint import Judge
from storage.history import open_history
from storage.migrate import upgrade
from storage.sql import Database
from storage.telemetry import TENDS_FAILED

log = structlog.get_logger()

#: Time between two attempts to read a registry that was away at the start, and between two looks after the history: a
#: chart rolls up what came since by itself.
_REGISTRY_S, _TEND_S = 5.0, 300.0


async def run_ingest(settings: Settings) -> None:
    """Work until SIGINT or SIGTERM.

    Raises:
        BadCity: the city folder holds mistakes.
        FolderTaken: another ingest runs on the data folder.
        StoreUnavailable: the history's file cannot be opened, or there is no registry and never was.
    """
    city, folder = read_city(settings.city), settings.folder
    folder.create()
    with (
        folder.held("ingest"),
        database_at(settings.database, folder) as database,
        _ingest(settings, city, folder) as ingest,
        stopped_by_signals() as stop,
    ):
        registry = _Register(settings, ingest, database)
        await registry.take_over(city)
        feed = IngestFeed(
            ingest.service,
            ingest.bench,
            ingest.states,
            identity=ingest.identity,
            history=ingest.history,
            refresh=registry.refresh,
        )
        async with served(feed, folder.socket), asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(ingest.service.run(), name="ingest.service"),
                group.create_task(registry.follow(city), name="ingest.registry"),
                group.create_task(_tend(ingest.history), name="ingest.housekeeping"),
            ]
            async with kept_still(ingest.service.journal, ingest.history, folder.still_socket):
                await stop.wait()
            for task in tasks:
                task.cancel()


@dataclass(frozen=True, slots=True)
class _Ingest:
    """Ingest put together, what the last run left restored."""

    service: IngestService
    bench: Bench
    states: SensorStates
    identity: Identity
    normaliser: Normaliser
    history: HistoryStore
    lanes: Lanes


@contextmanager
def _ingest(settings: Settings, city: CityFolder, folder: DataFolder) -> Iterator[_Ingest]:
    clock, place = SystemClock(), folder.ingest
    with ExitStack() as opened:
        identity = opened.enter_context(closing(Identity(place / "identity.sqlite")))
        history = open_history(settings.history, folder.history, names=identity, catalogue=city.catalogue, clock=clock)
        opened.callback(history.close)
        judge = opened.enter_context(closing(Judge.open(place / "rules.sqlite", default_catalogue(), clock)))
        bench, states = Bench(judge), SensorStates(judge.states, identity, place / "offline.json")
        normaliser = Normaliser(city.routes, city.catalogue, identity, settings.ingest.normalise)
        lanes = Lanes(city.routes.shares, Ranking(city.routes))
        gate = Gate(city.routes.shares, lanes)
        order = FairOrder(lanes)
        aside = (
            SetAside("history_set_aside", folder.history, "*.broken-*"),
            SetAside("points_refused", folder.history, "*.refused"),
        )
        parts = Parts(
            identity, normaliser, bench, history, clock, followers=(states,), gate=gate, order=order, set_aside=aside
        )
        service = IngestService(place, _settings(settings, folder), parts, filters=city.routes.filters)
        opened.callback(service.close)
        if judge.engine.context is not None:
            service.pipeline.context_version = judge.engine.context.version
        yield _Ingest(service, bench, states, identity, normaliser, history, lanes)


def _settings(settings: Settings, folder: DataFolder) -> IngestSettings:
    mqtt = mqtt_settings(settings.mqtt, settings.broker, secrets_at(folder.secrets))
    own = {name: getattr(settings.ingest, name) for name in type(settings.ingest).model_fields}
    return IngestSettings(mqtt=mqtt, brokers=more_brokers(settings.mqtt), **own)


class _Register:
    """Brings the registry to ingest: at the start, when told to, and later when it was away at the start."""

    def __init__(self, settings: Settings, ingest: _Ingest, database: Database) -> None:
        self._root, self._ingest, self._database = settings.city, ingest, database
        self._away = False

    async def take_over(self, city: CityFolder) -> None:
        """Adopt what city folder and registry say; what was last in force while the registry is away.

        Raises:
            StoreUnavailable: it is away, and nothing was ever in force.
        """
        try:
            sensors = await asyncio.to_thread(self._import, city)
        except StoreUnavailable as error:
            context = self._ingest.bench.judge.engine.context
            if context is None:
                raise
            log.warning("registry_away", cause=error.cause, sensors=len(context.sensors))
            self._away, sensors = True, [one.sensor for one in context.sensors]
        await self._adopt(sensors)
        self._ingest.states.register(sensor.id for sensor in sensors)
        known = (self._ingest.identity.known_sensor(one.sensor) for one in self._ingest.service.latest.everything())
        self._ingest.states.heard(number for number in known if number is not None)

    async def refresh(self) -> None:
        """Read registry and rule book again.

        Raises:
            StoreUnavailable: the registry does not answer.
        """
        await self._adopt(await asyncio.to_thread(lambda: list(SensorRegistry(self._database).all())))
        await self._rank()

    async def follow(self, city: CityFolder) -> None:
        """Return when the registry has been read, be it after a while, and sensors are ranked."""
        await self._rank()
        while self._away:
            await asyncio.sleep(_REGISTRY_S)
            try:
                await self._adopt(await asyncio.to_thread(self._import, city))
            except StoreUnavailable:
                continue
            await self._rank()
            self._away = False
            log.info("registry_back")

    def _import(self, city: CityFolder) -> list[Sensor]:
        upgrade(self._database)
        return list(register(city, self._database).all())

    async def _adopt(self, sensors: list[Sensor]) -> None:
        context = read_context(self._root, sensors, self._ingest.identity, SystemClock())
        self._ingest.normaliser.use(context)
        await self._ingest.service.adopt(context)

    async def _rank(self) -> None:
        """Let sensors that rules look at go before bulk; not while starting, as it may take seconds."""
        self._ingest.lanes.rank_sensors(await asyncio.to_thread(ranks_of, self._ingest.bench.judge.engine))


async def _tend(history: HistoryStore) -> NoReturn:
    """Let the history do its housekeeping from time to time; what goes wrong is told and tried again."""
    while True:
        await asyncio.sleep(_TEND_S)
        try:
            await asyncio.to_thread(history.tend, SystemClock().now_ns())
        except StoreUnavailable as error:
            TENDS_FAILED.inc()
            log.warning("history_not_tended", cause=error.cause)
