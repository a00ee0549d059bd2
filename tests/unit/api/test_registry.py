"""Files of sensors and components over the API: tried out, brought in whole or not at all, taken away."""

import json
from collections.abc import AsyncIterator

import httpx
import pytest

from api.config import HttpSettings
from linkage.person import Role
from storage.sql import Database
from tests.support.api import SENSORS, Town, town_on

HEAD = "id,name,domain,kind,district\n"
KEPT = "hall/1,机房,machine_room,inlet_probe,\n"
COVER = "id,kind,class,name,longitude,latitude\n9901010103000001,manhole,0103,井盖,122.9,36.2\n"


async def sent(client: httpx.AsyncClient, path: str, text: str | bytes, **query: str) -> httpx.Response:
    return await client.post(f"/registry/{path}", content=text, params={"name": "a.csv", **query})


async def exported(client: httpx.AsyncClient, noun: str = "sensors", **query: str) -> str:
    answer = await client.get(f"/registry/{noun}", params=query)
    assert answer.status_code == 200, answer.text
    return answer.text


async def test_trial_tells_what_would_change_and_changes_nothing(town: Town) -> None:
    text = f"{HEAD}new/1,新线圈,traffic,loop,east\nhall/1,机房,machine_room,rack,\n"
    async with town.client_of(Role.OPERATOR) as client:
        tried = (await sent(client, "sensors/trial", text)).json()

    assert (tried["rows"], tried["added"], tried["changed"], tried["removed"]) == (2, 1, 1, 0)
    assert tried["first_added"] == ["new/1"]
    assert tried["first_changed"] == [{"id": "hall/1", "columns": ["kind", "site", "interval_s"]}]
    assert list(town.services.given.registry.all()) == sorted(SENSORS, key=lambda one: one.id)
    assert town.feed.refreshed == 0


async def test_trial_names_who_is_no_department_and_the_import_takes_them(town: Town) -> None:
    head = "id,name,domain,kind,authority,owner,maintainer\n"
    rows = [
        "new/1,a,traffic,loop,water-bureau,国家电网,",
        "new/2,b,traffic,loop,,国家电网,国家电网",
        "new/3,c,traffic,loop,,,",
    ]
    async with town.client_of(Role.OPERATOR) as client:
        tried = (await sent(client, "sensors/trial", head + "\n".join(rows))).json()
        brought = await sent(client, "sensors", head + "\n".join(rows))

    assert tried["strangers"] == [
        {"column": "owner", "got": "国家电网", "rows": 2, "at": "a.csv:2"},
        {"column": "maintainer", "got": "国家电网", "rows": 1, "at": "a.csv:3"},
    ]
    assert (tried["mistakes_total"], brought.json()["changed"]) == (0, 3)


async def test_what_was_tried_is_brought_in_and_ingest_is_told(town: Town) -> None:
    async with town.client_of(Role.OPERATOR) as client:
        brought = (await sent(client, "sensors", f"{HEAD}new/1,新线圈,traffic,loop,east\n")).json()
        again = (await sent(client, "sensors", f"{HEAD}new/1,新线圈,traffic,loop,east\n")).json()
        shown = (await client.get("/sensors/new/1")).json()

    assert (brought, again["changed"]) == ({"rows": 1, "changed": 1, "removed": 0}, 0)
    assert (shown["name"], shown["kind"]) == ("新线圈", "loop")
    assert town.feed.refreshed == 2


async def test_complete_file_takes_out_what_it_does_not_name_and_the_city_folder_neither(town: Town) -> None:
    async with town.client_of(Role.OPERATOR) as client:
        tried = (await sent(client, "sensors/trial", HEAD + KEPT, complete="true")).json()
        brought = (await sent(client, "sensors", HEAD + KEPT, complete="true")).json()
        left = [line.split(",")[0] for line in (await exported(client)).splitlines()[2:]]

    gone = ["camera/1", "camera/2", "camera/9", "underpass/2"]
    assert (tried["removed"], tried["first_removed"], brought["removed"]) == (4, gone, 4)
    assert left == ["hall/1", "underpass/1"]
    assert list(town.services.given.registry.changed_since(1).removed) == gone


async def test_mistakes_are_told_by_line_and_nothing_is_taken(town: Town) -> None:
    text = f"{HEAD}new/1,新线圈,traffic,loop,east\nnew/2,,audio,loop,east\n"
    async with town.client_of(Role.OPERATOR) as client:
        tried = (await sent(client, "sensors/trial", text)).json()
        refused = await sent(client, "sensors", text)
        there = await client.get("/sensors/new/1")

    assert [one["at"] for one in tried["mistakes"]] == ["a.csv:3", "a.csv:3"]
    assert (tried["mistakes"][0]["expected"], tried["mistakes_total"]) == ("a value as `name`", 2)
    assert (refused.status_code, refused.json()["code"], refused.json()["at"]) == (409, "bad_import", "a.csv:3")
    assert "and 1 more" in refused.json()["detail"]
    assert (there.status_code, town.feed.refreshed) == (404, 0)


@pytest.mark.parametrize("wanted", [{"format": "csv"}, {"format": "geojson", "crs": "GCJ-02"}], ids=["csv", "geojson"])
async def test_export_comes_back_as_nothing_new(town: Town, wanted: dict[str, str]) -> None:
    async with town.client_of(Role.OPERATOR) as client:
        text = await exported(client, **wanted)
        tried = (await sent(client, "sensors/trial", text, name=f"a.{wanted['format']}", complete="true")).json()

    assert (tried["rows"], tried["added"], tried["removed"], tried["mistakes"]) == (len(SENSORS), 0, 0, [])
    # A place that was shifted and back is within a millimetre, not the same number.
    columns = {column for one in tried["first_changed"] for column in one["columns"]}
    assert columns <= ({"longitude", "latitude"} if "crs" in wanted else set())


async def test_export_of_a_district_is_what_stands_there(town: Town) -> None:
    async with town.client_of(Role.LEADER, district="east") as client:
        features = json.loads(await exported(client, format="geojson"))["features"]

    ids = [feature["properties"]["id"] for feature in features]
    assert ids == ["camera/1", "camera/2", "hall/1", "underpass/1"]


async def test_components_go_in_and_out(town: Town) -> None:
    async with town.client_of(Role.OPERATOR) as client:
        brought = (await sent(client, "components", COVER)).json()
        tried = (await sent(client, "components/trial", "id,kind,class,name,longitude,latitude\n", complete="1")).json()
        text = await exported(client, "components")

    assert brought["changed"] == 1
    assert tried["first_removed"] == ["9901010103000001"]
    assert "井盖" in text
    assert len(text.splitlines()) == 4


@pytest.mark.parametrize("path", ["sensors", "sensors/trial"])
async def test_operator_of_a_district_brings_nothing_in(town: Town, path: str) -> None:
    async with town.client_of(Role.OPERATOR, district="east") as client:
        answer = await sent(client, path, f"{HEAD}new/1,新线圈,traffic,loop,west\n")

    assert (answer.status_code, answer.json()["at"]) == (403, "district")


@pytest.mark.parametrize("path", ["sensors", "sensors/trial"])
async def test_no_file_is_refused(town: Town, path: str) -> None:
    async with town.client_of(Role.OPERATOR) as client:
        answer = await sent(client, path, b"")

    assert (answer.status_code, answer.json()["at"]) == (409, "body")


@pytest.mark.parametrize("name", ["a.xlsx", "../a.csv", "a.csv\n"])
async def test_name_that_no_file_has_is_refused(town: Town, name: str) -> None:
    async with town.client_of(Role.OPERATOR) as client:
        answer = await sent(client, "sensors/trial", HEAD, name=name)

    assert (answer.status_code, answer.json()["at"]) == (422, "query.name")


async def test_file_above_the_bound_is_refused_whether_or_not_it_says_so(database: Database) -> None:
    town = town_on(database, HttpSettings(max_body_bytes=1024, max_import_bytes=4096))

    async def unannounced() -> AsyncIterator[bytes]:
        for _ in range(5):
            yield b"x" * 1000

    async with town.client_of(Role.OPERATOR) as client:
        within = await sent(client, "sensors/trial", HEAD + KEPT * 40)
        announced = await sent(client, "sensors/trial", b"x" * 5000)
        streamed = await client.post("/registry/sensors/trial", params={"name": "a.csv"}, content=unannounced())

    assert (within.status_code, announced.status_code, streamed.status_code) == (200, 413, 413)
