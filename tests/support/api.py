"""The API over a small city on real SQLite, with ingest in memory, and people who are signed in to it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from copy import copy
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import httpx
from fastapi import FastAPI
from starlette.datastructures import State

from api.app import create_app
from api.city_facts import City, CityFacts, ClassFacts, DepartmentFacts, QuantityFacts
from api.collaborators import Given
from api.config import HttpSettings
from api.passwords import Passwords
from api.services import Services, services_from
from api.users import NewUser, User, person_with
from city.catalogue import Catalogue, Quantity, QuantityKind
from city.clock import ManualClock
from city.level import Domain
from city.place import Place
from city.sensor import Sensor
from linkage.admission.admit import Admitter
from linkage.audit.office import AuditOffice
from linkage.cap.office import CapOffice
from linkage.config import LinkageSettings
from linkage.evaluation.evaluation import Evaluation
from linkage.evaluation.formulas import default_formulas
from linkage.geojson import IncidentMap
from linkage.incidents import Incidents
from linkage.ledger import Ledger
from linkage.legs import Tasks
from linkage.live import Live
from linkage.merging.office import holding_office
from linkage.person import Role
from linkage.plans.office import plan_office
from linkage.queue import Queue
from linkage.reports.office import ReportOffice
from linkage.roster.office import duty_office
from linkage.telling.link import LinkKeys
from linkage.telling.office import telling_office
from linkage.views import Names
from registry.components import ComponentRegistry
from registry.files import RegistryFiles
from registry.sensors import SensorRegistry
from storage.sql import Database
from tests.support.backtests import MemoryBacktests
from tests.support.feed import MemoryFeed
from tests.support.linkage import ledger
from tests.support.people import CHEAP
from tests.support.reporting import COVER

BASE = "http://127.0.0.1:8470"
ROOT = f"{BASE}/api/v1"

#: What signs the links in messages of a small city.
LINK_KEYS = LinkKeys([b"a key of the small city, 32 bytes"])

SENSORS = (
    Sensor(
        "underpass/1",
        "东门下穿",
        Domain.ENVIRONMENT,
        "underpass_level",
        "East Gate",
        Place(121.5, 31.2),
        "east",
        quantities=("water_level",),
        tags=frozenset({"b", "a"}),
    ),
    Sensor("underpass/2", "西门下穿", Domain.ENVIRONMENT, "underpass_level", "West Gate", Place(121.4, 31.2), "west"),
    Sensor("camera/1", "东门枪机", Domain.VIDEO, "camera", "East Gate camera", Place(121.501, 31.2), "east"),
    Sensor("camera/2", "东门球机", Domain.VIDEO, "camera", "East Gate dome", Place(121.5001, 31.2), "east"),
    Sensor("camera/9", "远机", Domain.VIDEO, "camera", "Far away", Place(122.5, 31.2), "west"),
    Sensor("hall/1", "机房", Domain.MACHINE_ROOM, "inlet_probe", site="room-1", interval_s=60.0),
)


@dataclass(frozen=True)
class Town:
    """A running API and everything behind it."""

    app: FastAPI
    feed: MemoryFeed
    ledger: Ledger
    clock: ManualClock

    @property
    def services(self) -> Services:
        services: Services = self.app.state.services
        return services

    @property
    def admitter(self) -> Admitter:
        return Admitter(self.ledger)

    def user(self, *roles: Role, department: str = "", district: str = "", name: str = "") -> User:
        """Add a user called after the first role."""
        called = name if name else str(roles[0])
        return self.services.users.add(
            NewUser(
                username=called, name=called.title(), roles=frozenset(roles), department=department, district=district
            )
        )

    def client(self, user: User | None = None) -> httpx.AsyncClient:
        """Return a browser in which `user` is signed in."""
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        client = httpx.AsyncClient(transport=transport, base_url=ROOT)
        if user is not None:
            opened = self.services.sessions.open(user, address="127.0.0.1")
            client.cookies.set("liandong_session", opened.token, domain="127.0.0.1")
            client.headers["X-CSRF-Token"] = opened.csrf
        return client

    def client_of(self, *roles: Role, department: str = "", district: str = "", name: str = "") -> httpx.AsyncClient:
        """Return a browser in which a new user with these roles is signed in."""
        return self.client(self.user(*roles, department=department, district=district, name=name))


def city_facts(book: Ledger) -> CityFacts:
    """Return what the small city says about itself."""
    departments = [
        DepartmentFacts(id=one.id, name=Names(**one.name), axis=one.axis.value, level=one.level, district=one.district)
        for one in book.book.directory
    ]
    classes = [ClassFacts(id=one.id, name=Names(**one.name), code=one.code) for one in book.book.standards]
    water = QuantityFacts(unit="m", name=Names(zh="水位", en="Water level"), kind="gauge", minimum=0, maximum=10)
    city = City(
        name=Names(zh="小城", en="Small town"),
        timezone="Asia/Shanghai",
        center=(121.5, 31.2),
        zoom=12,
        bounds=None,
        districts=("east", "west"),
        district_names={"east": Names(zh="东区", en="East"), "west": Names(zh="西区", en="West")},
        departments=tuple(departments),
        classes=tuple(classes),
        quantities={"water_level": water},
        version="0.1.0",
        demo=False,
    )
    empty = b'{"type":"FeatureCollection","features":[]}'
    known = Quantity("water_level", "m", QuantityKind.GAUGE, aliases=("level",))
    return CityFacts(city, basemap=empty, grids=empty, catalogue=Catalogue({known.name: known}))


def given_on(
    database: Database,
    feed: MemoryFeed,
    settings: HttpSettings | None = None,
    linkage: LinkageSettings | None = None,
) -> tuple[Given, Ledger]:
    """Return what the API is handed in a small city on `database`, and the ledger behind it."""
    book = ledger(database, linkage)
    book = replace(book, book=replace(book.book, person=partial(person_with, database)))
    registry = SensorRegistry(database)
    registry.upsert_many(SENSORS)
    components = ComponentRegistry(database)
    components.replace_all([COVER])
    given = Given(
        settings=settings if settings is not None else HttpSettings(),
        city=city_facts(book),
        clock=book.clock,
        database=database,
        feed=feed,
        registry=registry,
        incidents=Incidents(book),
        queue=Queue(database),
        tasks=Tasks(database, book.clock),
        live=Live(database),
        bell=book.bell,
        map=IncidentMap(database),
        cap=CapOffice(book),
        duty=duty_office(book),
        plans=plan_office(book),
        office=ReportOffice(book, _beside(database) / "photos"),
        evaluation=Evaluation(database, default_formulas(), book.book.zone, book.clock),
        audit=AuditOffice(database, None),
        telling=telling_office(book, LINK_KEYS),
        holding=holding_office(book),
        components=components,
        files=RegistryFiles(database, _beside(database), lasting={"underpass/1"}, departments={"water-bureau"}),
        passwords=Passwords(CHEAP),
        backtests=MemoryBacktests(),
    )
    return given, book


def _beside(database: Database) -> Path:
    """Return the folder of a database."""
    return Path(database.url.removeprefix("sqlite:///")).parent


def town_on(database: Database, settings: HttpSettings | None = None, linkage: LinkageSettings | None = None) -> Town:
    """Return an API that is not yet started: it follows nothing, but answers."""
    feed = MemoryFeed()
    given, book = given_on(database, feed, settings, linkage)
    assert isinstance(book.clock, ManualClock)
    town = Town(_app(given), feed, book, book.clock)
    town.services.directory.fresh()
    return town


#: By what its middleware was made of, an application that others are copies of.
_MADE: dict[tuple[HttpSettings, int], FastAPI] = {}


def _app(given: Given) -> FastAPI:
    """Return what `create_app` does; the second of its kind shares the first one's routes, which take long to make."""
    kind = (given.settings, given.office.photo_bytes)
    if kind not in _MADE:
        _MADE[kind] = create_app(given)
    app = copy(_MADE[kind])
    app.state = State({"services": services_from(given)})
    return app


@asynccontextmanager
async def started(town: Town) -> AsyncIterator[Town]:
    """Run what follows the event log and ingest while the block lasts."""
    async with town.app.router.lifespan_context(town.app):
        yield town
