"""A city changes its sources and quantities, and ingest goes on with them."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from city.catalogue import Catalogue, default_catalogue
from city.clock import SECOND_NS, iso
from city.errors import BadCityFile
from ingest.config import NormaliseSettings
from ingest.decoders.memory import Lesson
from ingest.fairness.gate import Gate
from ingest.fairness.lanes import Lanes
from ingest.fairness.rank import Ranking
from ingest.latest import Latest
from ingest.message import Message
from ingest.normalise import Normaliser
from ingest.routes import Routes
from liandong.sourcing import Reading, Sourcing
from tests.support.normalising import MemoryNumbering

AT_NS = 1_780_000_000 * SECOND_NS

BAR = '[[template]]\ntopic = "plant/{sensor}/pressure"\nquantity = "pressure"\nunit = "bar"\n'
FLOOD = '[[source]]\nname = "gw"\ntopics = ["gw/#"]\nmessages_per_s = 1\n'
SLUDGE = '[quantity.sludge]\nunit = "cm"\nkind = "gauge"\nmaximum = 100\naliases = ["mud"]\n'


class Service:
    """As much of ingest as is told of other routes: nothing is under way."""

    def __init__(self) -> None:
        self.filters: Sequence[str] = ()

    @property
    def pipeline(self) -> "Service":
        return self

    async def between(self, act: Callable[[], None]) -> None:
        act()

    async def reroute(self, filters: Sequence[str], act: Callable[[], None]) -> None:
        act()
        self.filters = filters


class City:
    """A folder with the parts of ingest that follow it."""

    def __init__(self, root: Path, *, room: int = 1000) -> None:
        self.root, self.service, self.numbering = root, Service(), MemoryNumbering()
        routes, catalogue = Routes.parse(""), Catalogue.parse("", base=default_catalogue())
        self.normaliser = Normaliser(routes, catalogue, self.numbering, NormaliseSettings())
        self.latest = Latest(self.numbering)
        self.normaliser.follow_on(self.latest.newest)
        self.normaliser.remember(self.latest.newest_of)
        self.routes, self.catalogue = routes, catalogue
        lanes = Lanes(routes.shares, Ranking(routes))
        self.gate = Gate(routes.shares, lanes)
        reading = Reading(self.normaliser, catalogue, lanes, self.gate)
        self.sourcing = Sourcing(root, routes, reading, lambda filters: len(filters) <= room)

    def write(self, name: str, text: str) -> None:
        (self.root / name).write_text(text, "utf-8")
        asyncio.run(self.sourcing.follow(self.service))  # type: ignore[arg-type]

    def says(self, topic: str, payload: str) -> list[tuple[str, float, int]]:
        """Return what a message says: series, value, quality; a refusal's reason in place of a series."""
        batch = self.normaliser.batch([Message(topic, topic.encode(), payload.encode())], AT_NS)
        self.latest.take(batch.arrivals.readings)
        rows = batch.arrivals.readings
        said = zip(rows.quantity.tolist(), rows.value.tolist(), rows.quality.tolist(), strict=True)
        readings = [(self.numbering.quantity(one), value, quality & ~2) for one, value, quality in said]
        return [*readings, *((str(one.reason), 0.0, 0) for one in batch.quarantined)]


@pytest.fixture
def city(tmp_path: Path) -> City:
    return City(tmp_path)


def native(second: int, **values: float) -> str:
    said = ", ".join(f'"{name}": {value}' for name, value in values.items())
    return f'{{"time": "{iso(AT_NS + second * SECOND_NS)}", "values": {{{said}}}}}'


def test_template_that_is_written_and_mended_reads_the_next_message(city: City) -> None:
    before = city.says("plant/p7/pressure", "3.5")
    city.write("sources.toml", BAR)
    bar = city.says("plant/p7/pressure", "3.5")
    city.write("sources.toml", BAR.replace('"bar"', '"kPa"'))

    assert before == [("unknown_topic", 0.0, 0)]
    assert (bar, city.says("plant/p7/pressure", "3.5")) == ([("pressure", 350.0, 0)], [("pressure", 3.5, 0)])
    assert "plant/+/pressure" in city.service.filters


def test_wrong_file_changes_nothing_and_is_named_until_it_is_mended(city: City) -> None:
    city.write("sources.toml", BAR)
    for _ in range(2):
        with pytest.raises(BadCityFile, match=r"sources\.toml:2"):
            city.write("sources.toml", BAR.replace("}", ""))

    assert city.says("plant/p7/pressure", "3.5") == [("pressure", 350.0, 0)]


def test_other_routes_remember_what_births_taught(city: City) -> None:
    city.normaliser.restore([Lesson("birth", b"\x80")])
    city.write("sources.toml", BAR)

    assert len(city.routes.memory) == 1
    assert not city.normaliser.batch([], AT_NS).learned, "it is not told again"


def test_quotas_hold_from_the_next_batch_on(city: City) -> None:
    flood = [Message("gw/a", b"gw/a", b"1")] * 50
    before = city.gate.admit(flood, 0.0).messages
    city.write("sources.toml", FLOOD)

    assert (len(before), len(city.gate.admit(flood, 0.0).messages)) == (50, 2)


def test_filters_that_the_broker_has_no_room_for_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadCityFile, match="has room for"):
        City(tmp_path, room=3).write("sources.toml", BAR)


def test_quantity_that_is_written_is_understood_and_counters_count_on(city: City) -> None:
    city.write("quantities.toml", "")
    before = city.says("city/environment/a/reading", native(0, mud=120, energy=5))
    city.write("quantities.toml", SLUDGE)
    after = city.says("city/environment/a/reading", native(1, mud=120, energy=7))

    assert [name for name, _, _ in before] == ["mud", "energy"]
    assert after == [("sludge", 120.0, 1), ("energy", 7.0, 0), ("energy_increase", 2.0, 0)]
    assert city.says("city/environment/a/reading", native(1, energy=7))[0][2] == 4, "repetitions are still known"
    assert city.catalogue.find("mud") is not None
