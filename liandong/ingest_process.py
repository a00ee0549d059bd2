"""Ingest's process: broker session, journal, rules and history, answering the others on a socket."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import NoReturn

import structlog

from city.catalogue import default_catalogue
from city.clock import SystemClock
from city.errors import StoreUnavailable
from city.history import HistoryStore
from city.registered import Registered
from ingest.config import IngestSettings
from ingest.derived.stage import Derive
from ingest.derived.surroundings import Surroundings
from ingest.fairness.gate import Gate
from ingest.fairness.lanes import Lanes
from ingest.fairness.order import FairOrder
from ingest.fairness.rank import Ranking
from ingest.identity import Identity
from ingest.normalise import Normaliser
from ingest.service import IngestService, Parts
from ingest.set_aside import SetAside
from liandong.bench import Bench
from liandong.broker.link import more_brokers, mqtt_settings
from liandong.city_folder import CityFolder, read_city
from liandong.concerns import Concerns
from liandong.copies.restored import KeptBack, RestoredMark
from liandong.copies.stillness import kept_still
from liandong.enrolment import Enrolment
from liandong.folder import DataFolder
from liandong.ingest_feed import IngestFeed
from liandong.link.server import served
from liandong.memory import give_back_memory
from liandong.past_telling import past_told
from liandong.recalled import recalled_numbers
from liandong.secrets import secrets_at
from liandong.sensor_states import SensorStates
from liandong.settings import Settings
from liandong.sourcing import Reading, Sourcing
from liandong.stopping import stopped_by_signals
from liandong.stores import database_at, registry_at
from rules.checkpoint import Judge
from storage.history import open_history
from storage.telemetry import TENDS_FAILED

log = structlog.get_logger()

#: Time between two looks after the history, seconds: a chart rolls up what came since by itself.
_TEND_S = 300.0


async def run_ingest(settings: Settings) -> None:
    """Work until SIGINT or SIGTERM.

    Raises:
        BadCity: the city folder holds mistakes.
        FolderTaken: another ingest runs on the data folder.
        StoreUnavailable: the history's file cannot be opened, or there is no registry and never was.
    """
    folder = settings.folder
    folder.create()
    whole = read_city(settings.city, folder.read_sensors)
    city = replace(whole, sensors=Registered.of(()))
    with (
        folder.held("ingest"),
        database_at(settings.database, folder) as database,
        _ingest(settings, city, folder) as ingest,
        stopped_by_signals() as stop,
    ):
        registry = Enrolment(settings.city, ingest, database, registry_at(database, folder))
        await registry.take_over(whole)
        del whole  # a million sensors, which the registry has now
        give_back_memory()
        feed = IngestFeed(
            ingest.service,
            ingest.bench,
            ingest.states,
            identity=ingest.identity,
            history=ingest.history,
            refresh=registry.refresh,
            concerns=Concerns(ingest.service.journal, SystemClock(), settings.history.retention_days),
        )
        async with _answering(feed, folder), asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(ingest.service.run(), name="ingest.service"),
                group.create_task(registry.follow(), name="ingest.registry"),
                group.create_task(_tend(ingest.history), name="ingest.housekeeping"),
            ]
            async with _told_and_kept_still(ingest, folder):
                await stop.wait()
            for task in tasks:
                task.cancel()


@asynccontextmanager
async def _answering(feed: IngestFeed, folder: DataFolder) -> AsyncIterator[None]:
    """Answer the others while the block lasts; what is then still looked up nobody waits for."""
    with closing(feed):
        async with served(feed, folder.socket):
            yield


@asynccontextmanager
async def _told_and_kept_still(ingest: "_Ingest", folder: DataFolder) -> AsyncIterator[None]:
    """Serve those who want the history whole while the block lasts: back-tests its past, copies its files."""
    with past_told(ingest.history, folder.past_socket):
        async with kept_still(ingest.service.journal, ingest.history, folder.still_socket):
            yield


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
    sourcing: Sourcing


@contextmanager
def _ingest(settings: Settings, city: CityFolder, folder: DataFolder) -> Iterator[_Ingest]:
    clock, place = SystemClock(), folder.ingest
    with ExitStack() as opened:
        identity = opened.enter_context(closing(Identity(place / "identity.sqlite", partial(recalled_numbers, place))))
        history = open_history(settings.history, folder.history, names=identity, catalogue=city.catalogue, clock=clock)
        opened.callback(history.close)
        judge = opened.enter_context(closing(Judge.open(place / "rules.sqlite", default_catalogue(), clock)))
        bench, states = (
            Bench(judge),
            SensorStates(judge.states, identity, place / "offline.json", started_ns=clock.now_ns()),
        )
        normaliser = Normaliser(city.routes, city.catalogue, identity, settings.ingest.normalise)
        around = Surroundings(city.catalogue, city.about.zone, identity.quantity_number)
        derive = Derive(city.derived, around, identity.quantity)
        if judge.engine.context is not None:
            derive.use(judge.engine.context.sensors)
        lanes = Lanes(city.routes.shares, Ranking(city.routes))
        gate = Gate(city.routes.shares, lanes)
        order = FairOrder(lanes)
        aside = (
            SetAside("history_set_aside", folder.history, "*.broken-*"),
            SetAside("points_refused", folder.history, "*.refused"),
        )
        copied = KeptBack(RestoredMark(folder.restored, clock), settings.mqtt.name if settings.mqtt.embedded else "")
        parts = Parts(
            identity, normaliser, bench, history, clock, followers=(states,), gate=gate, order=order, set_aside=aside,
            derive=derive, may_dial=copied.may_dial, keeps_to_itself=copied.of_what,
        )  # fmt: skip
        filters = city.routes.filters
        service = IngestService(place, _settings(settings, folder, filters), parts, filters=filters)
        opened.callback(service.close)
        if judge.engine.context is not None:
            service.pipeline.context_version = judge.engine.context.version
        reading = Reading(normaliser, city.catalogue, lanes, gate)
        sourcing = Sourcing(settings.city, city.routes, reading, _room(settings, filters))
        yield _Ingest(service, bench, states, identity, normaliser, history, lanes, sourcing)


def _room(settings: Settings, filters: Sequence[str]) -> Callable[[Sequence[str]], bool]:
    """Return what tells whether the broker, which was started for `filters`, has room for others."""
    return settings.broker.fitted(filters).has_room if settings.mqtt.embedded else lambda _: True


def _settings(settings: Settings, folder: DataFolder, filters: Sequence[str]) -> IngestSettings:
    mqtt = mqtt_settings(settings.mqtt, settings.broker.fitted(filters), secrets_at(folder.secrets))
    own = {name: getattr(settings.ingest, name) for name in type(settings.ingest).model_fields}
    return IngestSettings(mqtt=mqtt, brokers=more_brokers(settings.mqtt), **own)


async def _tend(history: HistoryStore) -> NoReturn:
    """Let the history do its housekeeping from time to time; what goes wrong is told and tried again."""
    while True:
        await asyncio.sleep(_TEND_S)
        try:
            await asyncio.to_thread(history.tend, SystemClock().now_ns())
        except StoreUnavailable as error:
            TENDS_FAILED.inc()
            log.warning("history_not_tended", cause=error.cause)
        except Exception:  # a mistake of ours must not take those along who judge
            TENDS_FAILED.inc()
            log.exception("history_not_tended")
