"""Duty over HTTP: who is on duty, rosters and their changes, handovers, the duty log, calendar feeds."""

from dataclasses import replace

import httpx
import pytest
from icalendar import Calendar

from linkage.person import Role
from linkage.roster.keeping import RosterKeeper
from linkage.roster.source import Source
from tests.support.api import Town
from tests.support.duty import ROSTERS

WATER = {"department": "water", "post": "duty"}


@pytest.fixture
def station(town: Town) -> Town:
    source = Source(rosters=ROSTERS, holidays="", zone="Asia/Shanghai")
    RosterKeeper(replace(town.ledger, book=replace(town.ledger.book, rosters=source))).take()
    return town


def officer(town: Town, name: str) -> httpx.AsyncClient:
    return town.client_of(Role.OFFICER, name=name, department="water")


async def _duty(client: httpx.AsyncClient, **wanted: str) -> dict[str, list[str]]:
    answer = await client.get("/duty", params=wanted)
    assert answer.status_code == 200, answer.text
    return {post["post"]: [one["username"] for one in post["people"]] for post in answer.json()["posts"]}


async def test_duty_is_told_now_and_at_any_moment(station: Town) -> None:
    async with station.client_of(Role.MONITOR) as client:
        assert await _duty(client) == {"duty": ["ann"], "leader": ["eve"]}
        assert await _duty(client, at="2026-11-20T13:00:00Z") == {"duty": ["bob", "cid"], "leader": ["eve"]}
        assert await _duty(client, at="2026-11-19T13:00:00Z") == {}
        assert await _duty(client, department="police") == {}


async def test_rosters_show_shifts_days_and_gaps(station: Town) -> None:
    async with station.client_of(Role.FOREMAN) as client:
        leave = {"kind": "leave", "from": "2026-11-20T12:00:00Z", "to": "2026-11-21T00:00:00Z", "department": "water"}
        for person in ("bob", "cid"):
            assert (await client.post("/roster-changes", json={**leave, "person": person})).status_code == 201

        span = {"from": "2026-11-20T08:00:00Z", "to": "2026-11-22T00:00:00Z", "department": "water"}
        shown = (await client.get("/rosters", params=span)).json()

    duty = next(post for post in shown["posts"] if post["post"] == "duty")
    assert duty["gaps"] == [{"from_at": "2026-11-20T12:00:00.000Z", "to_at": "2026-11-21T00:00:00.000Z"}]
    assert [[one["name"] for one in shift["people"]] for shift in duty["shifts"]] == [["Ann"], [], ["dan"], ["Ann"]]
    assert [day["working"] for day in shown["days"]] == [True, False, False]
    assert [change["kind"] for change in shown["changes"]] == ["leave", "leave"]


async def test_a_swap_is_asked_for_agreed_to_and_taken_back(station: Town) -> None:
    first = {"person": "ann", "from": "2026-11-20T08:00:00Z", "to": "2026-11-20T12:00:00Z"}
    second = {"person": "dan", "from": "2026-11-21T00:00:00Z", "to": "2026-11-21T12:00:00Z"}
    async with (
        officer(station, "ann") as ann,
        officer(station, "dan") as dan,
        station.client_of(Role.OFFICER, department="police") as police,
    ):
        asked = await ann.post("/roster-swaps", json={**WATER, "first": first, "second": second})
        swap = f"/roster-swaps/{asked.json()['id']}"
        assert (await _duty(ann))["duty"] == ["ann"]
        assert (await ann.post(f"{swap}/agree")).status_code == 403
        made = await dan.post(f"{swap}/agree")
        assert (await _duty(ann))["duty"] == ["dan"]
        assert (await dan.post(f"{swap}/decline", json={})).status_code == 409
        assert (await ann.delete(swap)).status_code == 409
        path = f"/roster-changes/{made.json()['id']}"

        assert (await police.delete(path)).status_code == 403
        assert (await ann.delete(path)).status_code == 204
        assert (await _duty(ann))["duty"] == ["ann"]
        assert (await ann.delete(path)).status_code == 409
        assert (await ann.delete("/roster-changes/999")).status_code == 404


async def _sign(client: httpx.AsyncClient, handover: str, side: str) -> httpx.Response:
    return await client.post(f"/handovers/{handover}/signatures", json={"side": side})


async def test_an_officer_hands_over_and_the_next_signs(station: Town) -> None:
    station.feed.sensor_states = {"underpass/1": "silent", "underpass/2": "normal"}
    async with officer(station, "ann") as ann, officer(station, "bob") as bob:
        first = (await ann.post("/handovers", json=WATER)).json()
        assert first["may_sign"] == ["in"]
        assert (await _sign(ann, first["id"], "in")).status_code == 201
        handover = (await ann.post("/handovers", json=WATER)).json()["id"]
        await bob.post(f"/handovers/{handover}/notes", json={"text": "where is the key of gate 3?"})
        assert (await _sign(bob, handover, "in")).status_code == 409
        signed = (await _sign(ann, handover, "out")).json()
        assert (await bob.get(f"/handovers/{handover}")).json()["may_sign"] == ["in"]
        done = (await _sign(bob, handover, "in")).json()
        now = await _duty(bob)
        listed = (await bob.get("/handovers", params={"open": "false"})).json()["items"]

    assert signed["signed_out"]["username"] == "ann"
    assert (done["signed_in"]["username"], done["may_sign"]) == ("bob", [])
    assert now["duty"] == ["bob"]
    assert [one["id"] for one in listed] == [handover, first["id"]]
    assert done["notes"][0]["name"] == "Bob"


async def test_handovers_of_others_are_not_seen(station: Town) -> None:
    async with officer(station, "ann") as ann, station.client_of(Role.OFFICER, department="police") as police:
        number = (await ann.post("/handovers", json=WATER)).json()["id"]

        assert (await police.get(f"/handovers/{number}")).status_code == 404
        assert (await police.get("/handovers")).json()["items"] == []
        assert (await police.post("/handovers", json=WATER)).status_code == 403
        assert (await _sign(police, number, "in")).status_code == 404


async def test_the_brief_names_sensors_that_say_nothing(station: Town) -> None:
    station.feed.sensor_states = {"underpass/1": "silent", "underpass/2": "normal", "nobody's": "offline"}
    async with station.client_of(Role.FOREMAN) as foreman:
        shown = (await foreman.get(f"/handovers/{await _opened(foreman)}")).json()

    assert shown["brief"]["stuck"] == []  # none of them is kept by the water department


async def _opened(client: httpx.AsyncClient) -> str:
    number: str = (await client.post("/handovers", json=WATER)).json()["id"]
    return number


async def test_the_duty_log_has_what_people_wrote_and_what_happened(station: Town) -> None:
    async with officer(station, "ann") as ann, station.client_of(Role.OFFICER, department="police") as police:
        await _sign(ann, await _opened(ann), "in")
        written = await ann.post("/duty-log", json={"department": "water", "text": "line tested"})
        page = (await ann.get("/duty-log", params={"department": "water", "limit": 2})).json()
        older = (await ann.get("/duty-log", params={"department": "water", "before": page["next"]})).json()
        refused = await police.get("/duty-log", params={"department": "water"})

    assert written.status_code == 201
    assert [(entry["step"], entry["note"]) for entry in page["items"]] == [("duty_log", "line tested"), ("sign_in", "")]
    assert older["items"][0]["step"] == "handover_open"
    assert refused.status_code == 403


async def test_a_calendar_feed_can_be_read_by_a_calendar(station: Town) -> None:
    async with officer(station, "ann") as ann, station.client() as anybody:
        made = (await ann.post("/calendar-feeds", json={})).json()
        answer = await anybody.get(made["path"].removeprefix("/api/v1"))

        events = Calendar.from_ical(answer.content).walk("VEVENT")
        assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
        assert {event.decoded("dtstart").hour for event in events} == {0, 8, 12}
        assert all("Ann" in str(event["summary"]) for event in events)
        assert len({str(event["uid"]) for event in events}) == len(events) > 30

        (listed,) = (await ann.get("/calendar-feeds")).json()["items"]
        assert (listed["person"], listed["read_at"]) == ("ann", listed["made_at"])
        assert (await ann.delete(f"/calendar-feeds/{made['id']}")).status_code == 204
        assert (await anybody.get(made["path"].removeprefix("/api/v1"))).status_code == 404
        assert (await ann.delete(f"/calendar-feeds/{made['id']}")).status_code == 404


async def test_a_feed_ends_with_its_makers_account(station: Town) -> None:
    async with officer(station, "ann") as ann, station.client() as anybody:
        made = (await ann.post("/calendar-feeds", json={"department": "water"})).json()
        path = made["path"].removeprefix("/api/v1")
        assert (await anybody.get(path)).status_code == 200

        station.services.users.disable("ann")

        assert (await anybody.get(path)).status_code == 404
        assert (await anybody.get("/calendar/" + "a" * 43 + ".ics")).status_code == 404
