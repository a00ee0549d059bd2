import json
from dataclasses import replace

import pytest
from sqlalchemy import select

from city.clock import SECOND_NS
from city.errors import NotFound, StoreUnavailable
from city.history import KeptEvent, LatestReading, Resolution, Series, SeriesQuery
from city.level import Domain
from city.place import Place
from city.sensor import Sensor
from linkage.access import looks
from linkage.incidents import Incidents
from linkage.tables import EVIDENCE
from linkage.witness.gathering import Gatherer
from linkage.witness.looking import Snapshots
from tests.support.linkage import MONITOR, POLICE_OFFICER, Town, alarm


class Readings:
    """A feed of one sensor with one reading; away at first if told to."""

    def __init__(self, *, away: bool = False) -> None:
        self.away = away

    async def latest(self, sensors: list[str]) -> list[LatestReading]:
        if self.away:
            raise StoreUnavailable("ingest", "away")
        return [LatestReading(sensors[0], "water_level", 0, 0, 0.16, 0)]

    async def readings(self, query: SeriesQuery) -> Series:
        one = [query.start_ns], [0.16], [0.16], [0.16], [1], [0]
        return Series(query.sensor, query.quantity, Resolution.RAW, *one)


class Cameras:
    """A feed of events with pictures, by camera: how long ago, and where the picture is."""

    def __init__(self, now_ns: int, **told: tuple[int, object]) -> None:
        self._told = {name.replace("_", "/"): (now_ns - ago_s * SECOND_NS, url) for name, (ago_s, url) in told.items()}

    async def events(self, sensor: str, start_ns: int, end_ns: int, _: int) -> list[KeptEvent]:
        at_ns, url = self._told.get(sensor, (0, ""))
        event = KeptEvent(sensor, "crowd", at_ns, at_ns, json.dumps({"snapshot": url, "count": 3}))
        return [event] if start_ns <= at_ns < end_ns else []


def with_cameras(town: Town) -> None:
    """Put cameras 100 m, 200 m and 600 m from the spot, and one beside it in another district."""
    spots = {"cam/near": (31.0009, "east"), "cam/far": (31.0018, ""), "cam/out": (31.0054, "east")}
    spots["cam/west"] = (31.0, "west")
    cameras = [
        Sensor(name, name, Domain.VIDEO, "camera", place=Place(121.0, latitude), district=district)
        for name, (latitude, district) in spots.items()
    ]
    book = replace(town.ledger.book, sensors=lambda: cameras)
    town.ledger = replace(town.ledger, book=book)
    town.incidents = Incidents(town.ledger)


async def test_newest_picture_near_a_report_is_its_evidence(town: Town):
    with_cameras(town)
    number = town.reported(longitude=121.0, latitude=31.0).id
    told = Cameras(
        town.ledger.clock.now_ns(),
        cam_near=(300, "https://cams.example/near.jpg"),
        cam_far=(60, "https://cams.example/far.jpg"),
        cam_out=(1, "https://cams.example/out.jpg"),
        cam_west=(1, "https://cams.example/west.jpg"),
    )
    await Gatherer(town.ledger).gather(told)  # type: ignore[arg-type]

    (picture,) = town.incidents.one(number, MONITOR).snapshots
    assert (picture.camera, picture.at) == ("cam/far", "2026-11-20T07:59:00.000Z")
    assert picture.distance_m == pytest.approx(200, rel=0.01)
    assert "far.jpg" not in town.incidents.one(number, MONITOR).model_dump_json()
    assert town.incidents.one(number, MONITOR).evidence == ()


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("javascript:alert(1)", id="a script"),
        pytest.param("file:///etc/passwd", id="a file"),
        pytest.param("https://", id="no host"),
        pytest.param("https://cams.example/" + "x" * 2000, id="too long"),
        pytest.param(7, id="a number"),
    ],
)
async def test_what_is_no_web_address_is_no_picture(town: Town, url: object):
    with_cameras(town)
    number = town.reported(longitude=121.0, latitude=31.0).id
    await Gatherer(town.ledger).gather(Cameras(town.ledger.clock.now_ns(), cam_near=(60, url)))  # type: ignore[arg-type]

    assert town.incidents.one(number, MONITOR).snapshots == ()
    assert kept(town) == [("open", "kept", 0)]


async def test_picture_of_the_camera_that_raised_it(town: Town):
    raised = replace(alarm(target="underpass/2"), domain=Domain.VIDEO)
    number = town.raised(raised).id
    told = Cameras(town.ledger.clock.now_ns(), underpass_2=(2, "https://cams.example/2.jpg"))
    await Gatherer(town.ledger).gather(told)  # type: ignore[arg-type]

    (picture,) = town.incidents.one(number, MONITOR).snapshots
    assert (picture.camera, picture.distance_m) == ("underpass/2", None)


async def test_look_at_a_picture_is_written_down_before_it_is_given_out(town: Town):
    with_cameras(town)
    number = town.reported(longitude=121.0, latitude=31.0).id
    told = Cameras(town.ledger.clock.now_ns(), cam_near=(60, "https://cams.example/near.jpg"))
    await Gatherer(town.ledger).gather(told)  # type: ignore[arg-type]
    (picture,) = town.incidents.one(number, MONITOR).snapshots
    snapshots = Snapshots(town.ledger)

    with pytest.raises(NotFound):
        snapshots.look(number, picture.id, POLICE_OFFICER)
    with pytest.raises(NotFound):
        snapshots.look(number, str(int(picture.id) + 1), MONITOR)
    url = snapshots.look(number, picture.id, MONITOR)

    with town.database.read() as connection:
        logged = [(one.person, one.what, one.incident) for one in looks(connection)]
    assert url == "https://cams.example/near.jpg"
    assert logged == [(MONITOR.id, "snapshot", int(number))]


def kept(town: Town) -> list[tuple[str, str, int]]:
    with town.database.read() as connection:
        rows = connection.execute(select(EVIDENCE).order_by(EVIDENCE.c.id)).all()
    return [(row.moment, row.state, len(row.series)) for row in rows]


async def test_readings_around_the_opening_are_copied_when_complete(town: Town):
    town.raised(alarm())
    gatherer = Gatherer(town.ledger)

    assert await gatherer.gather(Readings()) == 0  # type: ignore[arg-type]
    town.wait(minutes=5)
    assert await gatherer.gather(Readings()) == 1  # type: ignore[arg-type]
    assert await gatherer.gather(Readings()) == 0  # type: ignore[arg-type]

    assert kept(town) == [("open", "kept", 1)]
    (evidence,) = town.incidents.one("1", MONITOR).evidence
    assert (evidence.moment, evidence.series[0].quantity, evidence.series[0].value) == ("open", "water_level", (0.16,))


async def test_evidence_waits_for_ingest(town: Town):
    town.raised(alarm())
    town.wait(minutes=5)
    gatherer = Gatherer(town.ledger)

    await gatherer.gather(Readings(away=True))  # type: ignore[arg-type]
    assert kept(town) == [("open", "waiting", 0)]
    town.wait(minutes=5)
    await gatherer.gather(Readings())  # type: ignore[arg-type]

    assert kept(town) == [("open", "kept", 1)]


async def test_evidence_that_meets_a_fault_holds_up_no_other(town: Town):
    class Poisoned(Readings):
        async def latest(self, sensors: list[str]) -> list[LatestReading]:
            if sensors == ["underpass/1"]:
                raise ZeroDivisionError
            return await super().latest(sensors)

    town.raised(alarm(), alarm(target="underpass/2"))
    town.wait(minutes=5)
    await Gatherer(town.ledger).gather(Poisoned())  # type: ignore[arg-type]

    assert kept(town) == [("open", "waiting", 0), ("open", "kept", 1)]
