"""Sensors, readings and events over HTTP, and whose they are."""

import json
from typing import Any

import pytest

from city.feed import SensorChange
from city.history import KeptEvent, LatestReading
from city.quality import Quality
from linkage.access import looks
from linkage.person import Role
from tests.support.api import SENSORS, Town, started

IDS = sorted(sensor.id for sensor in SENSORS)
START = "2026-11-20T08:00:00.000Z"


async def read(town: Town, path: str, *, district: str = "", status: int = 200) -> Any:
    async with town.client_of(Role.MONITOR, district=district) as client:
        answer = await client.get(path)
    assert answer.status_code == status, answer.text
    return answer.json()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", IDS),
        ("?domain=video", ["camera/1", "camera/2", "camera/9"]),
        ("?district=west", ["camera/9", "underpass/2"]),
        ("?kind=camera&district=east", ["camera/1", "camera/2"]),
        ("?site=room-1", ["hall/1"]),
        ("?q=EAST%20dome", ["camera/2"]),
        ("?q=东门", ["camera/1", "camera/2", "underpass/1"]),
        ("?state=unknown&domain=machine_room", ["hall/1"]),
        ("?state=critical", []),
        ("?after=camera/9&limit=2", ["hall/1", "underpass/1"]),
    ],
)
async def test_sensors_are_found(town: Town, query: str, found: list[str]) -> None:
    page = await read(town, f"/sensors{query}")

    assert [item["id"] for item in page["items"]] == found


async def test_pages_of_sensors_join_to_all(town: Town) -> None:
    seen, after = [], ""
    while after is not None:
        page = await read_page(town, after)
        seen += [item["id"] for item in page["items"]]
        after = page["next"]

    assert seen == IDS


async def read_page(town: Town, after: str) -> Any:
    user = town.services.users.page(after=0, limit=1) or [town.user(Role.MONITOR)]
    async with town.client(user[0]) as client:
        return (await client.get("/sensors", params={"limit": 4, "after": after})).json()


async def test_sensor_shows_state_and_newest_readings(town: Town) -> None:
    now_ns = town.clock.now_ns()
    async with started(town), town.client_of(Role.MONITOR) as client:
        await town.feed.heard.wait()
        reading = LatestReading("underpass/1", "water_level", now_ns, now_ns, 0.16, Quality.LATE | Quality.STALE)
        town.feed.change(SensorChange("underpass/1", (reading,), "major"))
        sensor = (await client.get("/sensors/underpass/1")).json()

    assert sensor["latest"] == {
        "water_level": {"value": 0.16, "unit": "m", "time": START, "quality": ["late", "stale"]}
    }
    assert (sensor["name"], sensor["longitude"], sensor["tags"]) == ("东门下穿", 121.5, ["a", "b"])


async def test_sensors_are_shown_while_ingest_is_away(town: Town) -> None:
    town.feed.leave()

    page = await read(town, "/sensors?domain=machine_room")

    assert [(item["id"], item["state"], item["latest"]) for item in page["items"]] == [("hall/1", "unknown", {})]


async def test_map_is_columns_of_one_length(town: Town) -> None:
    columns = await read(town, "/sensors/map")

    assert columns["ids"] == IDS
    assert {len(column) for column in columns.values()} == {len(IDS)}
    assert columns["longitudes"][IDS.index("hall/1")] is None


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/sensors/underpass/2", 200),
        ("/sensors/underpass/1", 404),
        ("/sensors/underpass/1/readings?quantity=water_level", 404),
        ("/sensors/underpass/1/events", 404),
        ("/sensors/hall/1", 200),
        ("/sensors/nothing", 404),
    ],
)
async def test_another_districts_sensor_is_not_found(town: Town, path: str, status: int) -> None:
    await read(town, path, district="west", status=status)


@pytest.mark.parametrize("path", ["/sensors", "/sensors/map", "/sensors?district=east"])
async def test_lists_hold_back_other_districts(town: Town, path: str) -> None:
    text = str(await read(town, path, district="west"))

    assert "underpass/1" not in text
    assert "camera/1" not in text


async def test_readings_are_columns_in_milliseconds(town: Town) -> None:
    now_ns = town.clock.now_ns()
    for number in range(3):
        town.feed.keep(LatestReading("underpass/1", "water_level", now_ns + number * 10**9, now_ns, number / 10, 0))

    series = await read(
        town, f"/sensors/underpass/1/readings?quantity=water_level&from={START}&to=2026-11-20T08:00:02Z"
    )

    now_ms = now_ns // 10**6
    assert series["time_ms"] == [now_ms, now_ms + 1000]
    assert series["value"] == series["minimum"] == series["maximum"] == [0.0, 0.1]
    assert (series["unit"], series["count"], series["quality"]) == ("m", [1, 1], [0, 0])
    assert (series["resolution"], series["truncated"]) == ("raw", False)


@pytest.mark.parametrize("word", ["level", "Water-Level", "water_level"])
async def test_readings_are_found_by_an_alias_of_their_quantity(town: Town, word: str) -> None:
    town.feed.keep(LatestReading("underpass/1", "water_level", town.clock.now_ns() - 1, 0, 0.3, 0))

    series = await read(town, f"/sensors/underpass/1/readings?quantity={word}")

    assert (series["quantity"], series["unit"], series["value"]) == ("water_level", "m", [0.3])


async def test_readings_without_a_span_are_the_last_day(town: Town) -> None:
    now_ns, day_ns = town.clock.now_ns(), 86_400 * 10**9
    for time_ns in (now_ns - day_ns - 1, now_ns - day_ns, now_ns - 1, now_ns):
        town.feed.keep(LatestReading("hall/1", "t", time_ns, now_ns, 1.0, 0))

    series = await read(town, "/sensors/hall/1/readings?quantity=t")

    assert series["time_ms"] == [(now_ns - day_ns) // 10**6, (now_ns - 1) // 10**6]


async def test_series_says_that_the_limit_cut_it(town: Town) -> None:
    now_ns = town.clock.now_ns()
    for number in range(3):
        town.feed.keep(LatestReading("hall/1", "t", now_ns - 10 + number, now_ns, 1.0, 0))

    series = await read(town, "/sensors/hall/1/readings?quantity=t&limit=2")

    assert (len(series["time_ms"]), series["truncated"]) == (2, True)


async def test_span_that_ends_before_it_begins_is_empty(town: Town) -> None:
    town.feed.keep(LatestReading("hall/1", "t", town.clock.now_ns(), 0, 1.0, 0))

    series = await read(town, "/sensors/hall/1/readings?quantity=t&from=2030-01-01T00:00:00Z&to=2020-01-01T00:00:00Z")

    assert series["time_ms"] == []


async def test_events_are_newest_first(town: Town) -> None:
    now_ns = town.clock.now_ns()
    for number, word in enumerate(("door", "intrusion")):
        town.feed.events_kept.append(
            KeptEvent("camera/1", word, now_ns - 10**9 + number, now_ns, '{"confidence": 0.9}')
        )

    found = await read(town, "/sensors/camera/1/events")

    assert [item["event"] for item in found["items"]] == ["intrusion", "door"]
    assert found["items"][0] == {
        "sensor": "camera/1",
        "event": "intrusion",
        "time": "2026-11-20T07:59:59.000Z",
        "arrival": START,
        "attributes": {"confidence": 0.9},
        "snapshot": False,
    }


async def test_address_of_a_picture_is_given_out_on_request_and_the_look_written_down(town: Town) -> None:
    at_ns = town.clock.now_ns() - 10**9
    url = "https://cams.example/1.jpg"
    told = json.dumps({"snapshot": url, "clip": "rtsp://cams.example/1", "count": 3})
    town.feed.events_kept.append(KeptEvent("camera/1", "crowd", at_ns, at_ns, told))

    async with town.client_of(Role.MONITOR) as client:
        (listed,) = (await client.get("/sensors/camera/1/events")).json()["items"]
        given = (await client.get("/sensors/camera/1/snapshot", params={"time": listed["time"]})).json()
        nothing = await client.get("/sensors/camera/1/snapshot?time=2020-01-01T00:00:00Z")

    assert nothing.status_code == 404
    assert (listed["attributes"], listed["snapshot"]) == ({"count": 3}, True)
    assert given == {"url": url, "embed": False}
    with town.ledger.database.read() as connection:
        assert [(one.what, one.key) for one in looks(connection)] == [("snapshot", "camera/1")]


async def test_history_away_is_said(town: Town) -> None:
    town.feed.leave()

    body = await read(town, "/sensors/hall/1/readings?quantity=t", status=503)

    assert body["code"] == "store_unavailable"


async def test_removed_sensor_is_not_found(town: Town) -> None:
    town.services.given.registry.remove("hall/1")

    await read(town, "/sensors/hall/1", status=404)
