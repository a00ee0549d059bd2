"""The desk's process: linkage, clocks and messages, with the API and the console over it."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from socket import gethostname

import uvicorn
from fastapi import FastAPI

from api.app import close_streams, create_app, told_states
from api.collaborators import Given
from api.directory import SensorDirectory
from api.users import account_of, person_with
from city.clock import SystemClock
from city.feed import Feed
from city.registered import Registered
from liandong.backtest.office import BacktestOffice
from liandong.carried import console
from liandong.city_facts import city_facts
from liandong.city_folder import CityFolder, read_city
from liandong.demo import settle_demo
from liandong.folder import DataFolder
from liandong.known_sensors import KnownSensors
from liandong.link.client import linked
from liandong.looking_after import Care
from liandong.memory import give_back_memory
from liandong.part import own_command
from liandong.parts_metrics import tell_parts
from liandong.pauses import keep_pauses_short
from liandong.release import release
from liandong.secrets import secrets_at
from liandong.sensing import Sensing
from liandong.serving import Server, serve
from liandong.settings import Settings
from liandong.stopping import stopped_by_signals
from liandong.stores import opened_database, register, registry_at
from liandong.voice import Voice
from linkage.audit.office import AuditOffice
from linkage.bell import Bell
from linkage.cap.atlas import drawn
from linkage.cap.office import CapOffice
from linkage.departments import Axis
from linkage.evaluation.evaluation import Evaluation
from linkage.evaluation.vocabulary import Subject
from linkage.failpoint import Failpoints
from linkage.geojson import IncidentMap
from linkage.grids import drawn_grids
from linkage.incidents import Incidents
from linkage.leasing.fenced import FencedDatabase
from linkage.leasing.holding import while_held
from linkage.leasing.lease import Lease, database_time
from linkage.ledger import Ledger
from linkage.legs import Tasks
from linkage.live import Live
from linkage.merging.office import holding_office
from linkage.opening import CityBook
from linkage.plans.office import plan_office
from linkage.queue import Queue
from linkage.reports.office import ReportOffice
from linkage.roster.duty import DutyBook
from linkage.roster.office import duty_office
from linkage.telling.office import telling_office
from registry.components import ComponentRegistry
from registry.files import RegistryFiles
from registry.sensors import SensorRegistry
from storage.sql import Database

#: Longest wait for requests in hand when the desk is told to stop, in seconds.
_GRACE_S = 3


async def run_desk(settings: Settings, *, demo: bool, config: Path | None = None) -> None:
    """Work until SIGINT or SIGTERM; `config` is the settings file, which a back-test reads too.

    Raises:
        AddressTaken: something else listens where the API should.
        FolderTaken: another desk runs on the data folder.
        StoreUnavailable: the database does not answer.
    """
    folder = settings.folder
    folder.create()
    city = read_city(settings.city, folder.read_sensors)
    tell_parts(folder.parts)
    care = Care(settings)
    care.tell_metrics()
    with (
        folder.held("desk"),
        settings.http_address.listening(at="http.port") as socket,
        opened_database(settings.database, folder) as database,
        stopped_by_signals() as stop,
    ):
        sensing = Sensing()
        directory = SensorDirectory(register(city, database, registry_at(database, folder)))
        files = _files(city, database, folder)
        city = replace(city, sensors=Registered.of(()))  # the registry has them now, once for all of the desk
        ledger = _ledger(settings, city, database, directory, sensing)
        if demo:
            settle_demo(settings, folder, database, city.departments)
        voice = Voice(settings, secrets_at(folder.secrets))
        lease = Lease(database, _holder(folder), settings.linkage.lease_s, database_time(ledger.clock))
        async with linked(folder.socket) as feed:
            given = replace(_given(settings, city, ledger, feed, voice, files, demo=demo), directory=directory)
            backtests = _backtests(settings, city, config)
            app = create_app(replace(given, copies=care.copies, backtests=backtests, restored=care.restored))
            sensing.listen(told_states(app))
            server = Server(_configuration(app, settings.http.trusted_proxies))
            keep_pauses_short()
            async with asyncio.TaskGroup() as group:
                desk = group.create_task(_work(ledger, lease, feed, voice, care), name="desk.linkage")
                beside = group.create_task(care.beside(database, feed, given.city), name="desk.beside")
                serving = group.create_task(serve(server, socket, stop), name="desk.http")
                await stop.wait()
                close_streams(app)
                server.should_exit = True
                await serving
                await backtests.cancel()
                desk.cancel()
                beside.cancel()
        lease.release()


async def _work(ledger: Ledger, lease: Lease, feed: Feed, voice: Voice, care: Care) -> None:
    """Do the desk's own work while no other desk on the same database does it; HTTP is served all the time."""
    give_back_memory()
    fenced = replace(ledger, database=FencedDatabase(ledger.database, lease))
    await while_held(lease, lambda: care.watching(fenced, feed, lambda: voice.desk(fenced).run(feed)))


def _holder(folder: DataFolder) -> str:
    """Return this installation's name among desks; only one desk can run on a folder, so nobody else has it."""
    return f"{gethostname()}:{folder.root}"


def _configuration(app: FastAPI, proxies: Sequence[str]) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_GRACE_S,
        lifespan="on",
        proxy_headers=True,
        forwarded_allow_ips=list(proxies),
    )


def _files(city: CityFolder, database: Database, folder: DataFolder) -> RegistryFiles:
    """Return what takes files of sensors and components, as the city describes itself."""
    code, known = city.about.component_code, {one.id for one in city.departments}
    return RegistryFiles(database, folder.root, code=code, lasting=city.sensors.ids, departments=known)


def _ledger(
    settings: Settings, city: CityFolder, database: Database, directory: SensorDirectory, sensing: Sensing
) -> Ledger:
    known = KnownSensors(directory)
    atlas = drawn(city.basemap, city.about.districts, city.about.name, city.sites)
    book = CityBook(
        city.departments,
        city.standards,
        city.about.zone,
        city.calendar,
        known.find,
        sensors=known.all,
        atlas=atlas,
        component={one.id: one for one in city.components}.get,
        reports=city.reports,
        rosters=city.roster_source,
        plans=city.plans,
        upward=city.upward,
        districts=tuple(city.about.districts),
        chains=city.chains,
        telling=replace(city.telling, on_duty=DutyBook(database).on_duty),
        person=partial(person_with, database),
        grids=drawn_grids(city.grids),
        responsibility=city.responsibility,
        account=partial(account_of, database),
        contact=city.roster.contact,
    )
    return Ledger(
        database,
        book,
        SystemClock(),
        settings.linkage,
        Bell(),
        settings.console_url,
        Failpoints(settings.linkage.failpoints),
        settings.anchors,
        settings.folder.photos,
        sensing.state,
    )


def _given(  # noqa: PLR0913 - each is a part of the desk
    settings: Settings, city: CityFolder, ledger: Ledger, feed: Feed, voice: Voice, files: RegistryFiles, *, demo: bool
) -> Given:
    database = ledger.database
    return Given(
        settings=settings.http,
        city=city_facts(city, version=release(), demo=demo),
        clock=ledger.clock,
        database=database,
        feed=feed,
        registry=SensorRegistry(database),
        incidents=Incidents(ledger),
        queue=Queue(database),
        tasks=Tasks(database, ledger.clock),
        live=Live(database),
        bell=ledger.bell,
        map=IncidentMap(database),
        cap=CapOffice(ledger),
        plans=plan_office(ledger),
        duty=duty_office(ledger),
        office=ReportOffice(ledger, settings.folder.photos),
        components=ComponentRegistry(database),
        files=files,
        evaluation=_evaluation(city, ledger),
        audit=AuditOffice(database, settings.anchors),
        holding=holding_office(ledger),
        telling=telling_office(ledger, voice.keys),
        console=console(),
    )


def _backtests(settings: Settings, city: CityFolder, config: Path | None) -> BacktestOffice:
    """Return what runs back-tests by commands of our own, told where they find data, city and settings."""
    shared = ["--data", str(settings.data), "--city", str(settings.city)]
    shared += ["--config", str(config)] if config is not None else []
    return BacktestOffice(city, SystemClock(), settings.folder.backtest, lambda *words: own_command(*words, *shared))


def _evaluation(city: CityFolder, ledger: Ledger) -> Evaluation:
    known = {
        Subject.DEPARTMENT: [one.id for one in city.departments if one.axis is Axis.DEPARTMENT],
        Subject.DISTRICT: list(city.about.districts),
    }
    return Evaluation(ledger.database, city.formulas, city.about.zone, ledger.clock, known)
