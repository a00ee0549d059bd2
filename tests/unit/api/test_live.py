"""Live changes: who hears what, resuming, falling behind, and the heartbeat."""

import asyncio
from typing import Any

import httpx
import pytest

from api.config import HttpSettings
from api.errors import TooMany
from api.live import Change
from api.sessions import Session
from api.sse import encoded
from city.alarm import Change as AlarmChange
from city.errors import BadRequest
from city.feed import SensorChange
from city.history import LatestReading
from city.level import Level
from linkage.deed import Deed
from linkage.person import Role
from storage.sql import Database
from tests.support.api import Town, started, town_on
from tests.support.asgi_stream import EventStream, streaming
from tests.support.linkage import alarm

LIVE = "/live"
REPORT = {"title": "水", "class": "road_water", "priority": 2, "source": "hotline"}


async def heard(stream: EventStream, *names: str) -> Any:
    return (await stream.next(*names)).data


async def test_stream_begins_with_a_beat(town: Town) -> None:
    async with started(town), town.client_of(Role.MONITOR) as client, streaming(town.app, LIVE, client) as stream:
        beat = await stream.next()

    assert stream.status == 200
    assert stream.headers["content-type"].startswith("text/event-stream")
    assert stream.headers["cache-control"] == "no-cache"
    assert beat.event == "beat"
    assert beat.id == "0"
    assert beat.data == {"time": "2026-11-20T08:00:00.000Z", "number": 0, "ingest": beat.data["ingest"]}  # type: ignore[index]


async def test_incident_appears_on_every_open_wall(town: Town) -> None:
    async with (
        started(town),
        town.client_of(Role.MONITOR) as one,
        town.client_of(Role.FOREMAN) as other,
        streaming(town.app, LIVE, one) as first,
        streaming(town.app, LIVE, other) as second,
    ):
        town.admitter.admit([alarm()])
        news = [await first.next("incident"), await second.next("incident")]

    assert news[0] == news[1]
    assert news[0].id == "1"
    data: Any = news[0].data
    assert (data["id"], data["state"], data["class"]) == ("1", "reported", "road_water")
    assert (data["event"]["number"], data["event"]["step"]) == (1, "open")


async def test_officer_hears_only_of_their_department(town: Town) -> None:
    async with (
        started(town),
        town.client_of(Role.OFFICER, name="water", department="water") as water,
        town.client_of(Role.OFFICER, name="power", department="power") as power,
        town.client_of(Role.FOREMAN) as foreman,
        town.client_of(Role.DISPATCHER) as dispatcher,
        streaming(town.app, LIVE, water) as hears,
        streaming(town.app, LIVE, power) as hears_nothing,
    ):
        await foreman.post(
            "/incidents", json={"title": "水", "class": "road_water", "priority": 2, "source": "hotline"}
        )
        await foreman.post("/incidents/1/steps", json={"step": "verify", "version": 1})
        await foreman.post("/incidents/1/steps", json={"step": "file", "version": 2})
        await dispatcher.post("/incidents/1/steps", json={"step": "dispatch", "version": 3, "departments": ["water"]})
        await hears_nothing.next("beat")
        told = await heard(hears, "incident")
        town.services.hub.beat()
        others = await hears_nothing.before("beat")

    assert told["departments"] == [{"department": "water", "state": "dispatched"}]
    assert others == []


async def test_lists_of_the_city_are_told_of_to_those_who_may_read_them(town: Town) -> None:
    async with (
        started(town),
        town.client_of(Role.MONITOR) as monitor,
        town.client_of(Role.STEWARD) as steward,
        streaming(town.app, LIVE, monitor) as hears_both,
        streaming(town.app, LIVE, steward) as hears_of_exercises,
    ):
        for hears in (hears_both, hears_of_exercises):
            await hears.next("beat")
        town.admitter.admit([alarm()])
        with town.ledger.writing() as page:
            page.note(Deed(step="propose"))
            page.note(Deed(step="start_drill"))
        both = [await heard(hears_both, "list"), await heard(hears_both, "list")]
        one = await hears_of_exercises.next("list", "incident")

    assert both == [{"list": "responses"}, {"list": "drills"}]
    assert (one.data, one.id) == ({"list": "drills"}, "3")


async def test_district_user_hears_only_of_their_district(town: Town) -> None:
    async with (
        started(town),
        town.client_of(Role.MONITOR, name="west", district="west") as client,
        streaming(town.app, LIVE, client) as stream,
    ):
        await stream.next("beat")
        town.admitter.admit([alarm(target="underpass/1"), alarm(target="underpass/2")])
        incident = await heard(stream, "incident")
        await town.feed.heard.wait()
        town.feed.change(SensorChange("underpass/1", (), "major"), SensorChange("underpass/2", (), "major"))
        sensors = await heard(stream, "sensors")

    assert incident["sensor"] == "underpass/2"
    assert [item["id"] for item in sensors] == ["underpass/2"]


async def test_sensor_changes_are_told_with_their_readings(town: Town) -> None:
    now_ns = town.clock.now_ns()
    reading = LatestReading("underpass/1", "water_level", now_ns, now_ns, 0.16, 8)
    async with started(town), town.client_of(Role.MONITOR) as client, streaming(town.app, LIVE, client) as stream:
        await town.feed.heard.wait()
        town.feed.change(SensorChange("underpass/1", (reading,), "major"), SensorChange("unregistered", (), "major"))
        told = await heard(stream, "sensors")

    latest = {"water_level": {"value": 0.16, "unit": "m", "time": "2026-11-20T08:00:00.000Z", "quality": ["late"]}}
    assert told == [{"id": "underpass/1", "state": "major", "latest": latest}]


async def test_states_that_changed_while_ingest_was_away_are_told(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.sensor_news.FORGET_AT_RETRY_S", 0.0)
    town.feed.sensor_states = {"underpass/1": "normal"}
    async with started(town), town.client_of(Role.MONITOR) as client:
        await town.feed.heard.wait()
        async with streaming(town.app, LIVE, client) as stream:
            town.feed.leave()
            lost = await heard(stream, "sensors")
            town.feed.sensor_states["underpass/1"] = "critical"
            town.feed.come_back()
            found = await heard(stream, "sensors")

    assert (lost[0]["state"], found[0]["state"]) == ("unknown", "critical")


async def test_refusal_of_ingest_is_asked_about_again_and_ends_nothing(town: Town) -> None:
    town.feed.sensor_states = {"underpass/1": "normal"}
    async with started(town), town.client_of(Role.MONITOR) as client:
        await town.feed.heard.wait()
        town.feed.heard.clear()
        town.feed.sensor_states["underpass/1"] = "critical"
        async with streaming(town.app, LIVE, client) as stream:
            town.feed.break_off(BadRequest(expected="a smaller question", got="43 MB", at="link"))
            await town.feed.heard.wait()
            found = await heard(stream, "sensors")

    assert found[0]["state"] == "critical"


@pytest.mark.parametrize(
    ("path", "headers"),
    [("/live?after=1", {}), ("/live", {"Last-Event-ID": "1"}), ("/live?after=0", {"Last-Event-ID": "1"})],
    ids=["by parameter", "by header", "the header is newer"],
)
async def test_resumed_stream_brings_what_was_missed_once(town: Town, path: str, headers: dict[str, str]) -> None:
    town.admitter.admit([alarm(), alarm(target="underpass/2")])
    async with (
        started(town),
        town.client_of(Role.MONITOR) as client,
        streaming(town.app, path, client, headers) as stream,
    ):
        first, states, beat = [await stream.next() for _ in range(3)]
        town.admitter.admit([alarm(AlarmChange.RISEN, Level.CRITICAL)])
        then = await stream.next("incident")

    assert [first.id, states.event, beat.event, then.id] == ["2", "sensors", "beat", "3"]


@pytest.mark.parametrize("after", [1, 999_999], ids=["long ago", "another database"])
async def test_stream_that_cannot_be_resumed_says_so(town: Town, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    monkeypatch.setattr("api.resume.MOST_MISSED", 0)
    town.admitter.admit([alarm(), alarm(target="underpass/2")])
    async with (
        started(town),
        town.client_of(Role.MONITOR) as client,
        streaming(town.app, f"/live?after={after}", client) as stream,
    ):
        gone, beat = await stream.next(), await stream.next()

    assert (gone.event, gone.id, beat.event) == ("gone", "2", "beat")


async def test_client_that_falls_behind_is_closed_and_resumes(database: Database) -> None:
    town = town_on(database, HttpSettings(stream_backlog=8))
    async with started(town), town.client_of(Role.MONITOR) as client:
        async with streaming(town.app, LIVE, client) as slow:
            last = await slow.next("beat")
            slow.taking.clear()
            town.admitter.admit([alarm(run=run, target="underpass/1", rule=f"r{run}") for run in range(20)])
            (stream,) = town.services.hub._streams
            while not stream.ended:
                await stream._news.wait()
                await asyncio.sleep(0)
            slow.taking.set()
            await slow.ended.wait()
        async with streaming(town.app, LIVE, client, {"Last-Event-ID": last.id}) as resumed:
            numbers = [int((await resumed.next("incident")).id) for _ in range(20)]

    assert numbers == list(range(1, 21))


async def test_stream_ends_with_its_session(town: Town) -> None:
    user = town.user(Role.MONITOR)
    async with started(town), town.client(user) as client, streaming(town.app, LIVE, client) as stream:
        town.services.users.disable(user.username)
        await town.services.keeper.look()
        await stream.ended.wait()

    assert len(town.services.hub) == 0


async def test_user_holds_a_bounded_number_of_streams(database: Database) -> None:
    town = town_on(database, HttpSettings(streams_per_user=2))
    async with (
        started(town),
        town.client_of(Role.MONITOR) as client,
        streaming(town.app, LIVE, client),
        streaming(town.app, LIVE, client),
    ):
        refused = await client.get(LIVE)

    assert refused.status_code == 429
    assert isinstance(refused, httpx.Response)
    assert len(town.services.hub) == 0


def session_of(town: Town) -> Session:
    user = town.user(Role.MONITOR)
    session = town.services.sessions.find(town.services.sessions.open(user, address="127.0.0.1").token)
    assert session is not None
    return session


def test_closing_hub_ends_every_stream_and_opens_no_more(town: Town) -> None:
    hub, session = town.services.hub, session_of(town)
    stream = hub.open(session)

    hub.close()

    assert stream.ended == "closing"
    with pytest.raises(TooMany):
        hub.open(session)


def test_change_is_the_same_bytes_for_everybody(town: Town) -> None:
    hub, session = town.services.hub, session_of(town)
    streams = [hub.open(session) for _ in range(3)]

    hub.publish([Change(encoded("incident", {"id": "1"}, number=5), number=5)])

    assert len({id(stream._waiting[0]) for stream in streams}) == 1
    assert hub.number == 5
