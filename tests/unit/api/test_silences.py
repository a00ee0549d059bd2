"""Silences, what is held back, merging and proposals, over HTTP."""

from datetime import timedelta
from typing import Any

import httpx

from city.clock import from_ns, iso, to_ns
from linkage.person import Role
from tests.support.api import Town
from tests.support.linkage import alarm


def until(town: Town, **span: float) -> str:
    return iso(to_ns(from_ns(town.clock.now_ns()) + timedelta(**span)))


async def made(client: httpx.AsyncClient, town: Town, **more: object) -> Any:
    body = {"matchers": {"rules": ["water"]}, "until": until(town, hours=1), "reason": "works", **more}
    answer = await client.post("/silences", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_preview_says_what_would_be_hidden_before_it_is_saved(town: Town) -> None:
    town.admitter.admit([alarm(), alarm(target="underpass/2")])
    async with town.client_of(Role.FOREMAN) as foreman:
        preview = (await foreman.post("/silences/preview", json={"rules": ["water"]})).json()
        listed = (await foreman.get("/silences")).json()

    assert (preview["all_burning"], preview["incidents"], preview["lately"]) == (2, ["1", "2"], 2)
    assert {one["target"] for one in preview["burning"]} == {"underpass/1", "underpass/2"}
    assert listed == {"items": [], "next": None}


async def test_silence_is_made_hides_and_is_ended(town: Town) -> None:
    windows = [{"days": [0, 1, 2, 3, 4, 5, 6], "begins": "00:00", "ends": "23:59"}]
    async with town.client_of(Role.DISPATCHER) as dispatcher:
        silence = await made(dispatcher, town, kind="maintenance", windows=windows)
        town.admitter.admit([alarm()])
        (listed,) = (await dispatcher.get("/silences")).json()["items"]
        held = (await dispatcher.get("/held?reason=maintenance")).json()
        ended = (await dispatcher.post(f"/silences/{silence['id']}/end", json={"note": "done"})).json()
        again = await dispatcher.post(f"/silences/{silence['id']}/end", json={})

    assert (silence["state"], listed["hiding"], held["reasons"]) == ("active", 1, {"maintenance": 1})
    assert (held["items"][0]["target"], held["items"][0]["cause"]) == ("underpass/1", silence["id"])
    assert (ended["state"], ended["ended_how"], ended["hidden"]) == ("ended", "person", 1)
    assert again.status_code == 409


async def test_silences_are_for_foreman_and_dispatcher(town: Town) -> None:
    async with town.client_of(Role.ACCEPTOR) as acceptor:
        refused = await acceptor.post("/silences/preview", json={"rules": ["water"]})
        seen = await acceptor.get("/silences")

    assert (refused.status_code, seen.status_code) == (403, 200)


async def test_silence_about_everything_or_for_ever_is_refused(town: Town) -> None:
    async with town.client_of(Role.FOREMAN) as foreman:
        everything = await foreman.post("/silences/preview", json={"level_at_most": "notice"})
        body = {"matchers": {"rules": ["water"]}, "reason": "works"}
        for_ever = await foreman.post("/silences", json={**body, "until": until(town, days=40)})
        past = await foreman.post("/silences", json={**body, "until": until(town, hours=-1)})

    assert {everything.status_code, for_ever.status_code, past.status_code} == {409}


async def test_incidents_are_merged_and_an_alarm_is_detached(town: Town) -> None:
    town.admitter.admit([alarm(), alarm(target="underpass/2")])
    async with town.client_of(Role.ACCEPTOR) as acceptor:
        merged = await acceptor.post("/incidents/2/merge", json={"into": "1", "version": 1, "note": "one flood"})
        members = (await acceptor.get("/incidents/1/alarms?limit=1")).json()
        more = (await acceptor.get(f"/incidents/1/alarms?after={members['next']}")).json()
        version = merged.json()["version"]
        detached = await acceptor.post(
            "/incidents/1/detach", json={"alarm": alarm().alarm, "version": version, "note": "another place"}
        )
        stale = await acceptor.post("/incidents/1/split", json={"alarms": [], "version": 99, "note": "x"})
        proposals = await acceptor.get("/incidents/1/proposals")

    assert (merged.status_code, merged.json()["id"], members["total"]) == (200, "1", 2)
    assert len(members["items"]) == len(more["items"]) == 1
    assert (detached.json()["id"], detached.json()["sensor"]) == ("3", "underpass/1")
    assert (stale.status_code, proposals.json()) == (409, [])


async def test_unknown_proposal_and_silence_are_not_found(town: Town) -> None:
    async with town.client_of(Role.FOREMAN) as foreman:
        found = [
            await foreman.post("/proposals/9/accept", json={}),
            await foreman.post("/proposals/9/decline", json={"note": "no"}),
            await foreman.post("/silences/9/end", json={}),
            await foreman.get("/incidents/9/alarms"),
        ]

    assert {answer.status_code for answer in found} == {404}


async def test_maintenance_of_a_sensor_is_begun_shown_and_ended_from_its_page(town: Town) -> None:
    async with town.client_of(Role.FOREMAN) as foreman:
        matchers = {"sensors": ["underpass/1"], "level_at_most": "critical"}
        body = {"kind": "maintenance", "matchers": matchers, "until": "2026-11-20T10:00:00Z", "reason": "new probe"}
        made = (await foreman.post("/silences", json=body)).json()
        here = (await foreman.get("/silences/about/underpass/1")).json()["items"]
        elsewhere = (await foreman.get("/silences/about/underpass/2")).json()["items"]
        await foreman.post(f"/silences/{made['id']}/end", json={})
        after = (await foreman.get("/silences/about/underpass/1")).json()["items"]
        nowhere = await foreman.get("/silences/about/moon")

    assert [(one["kind"], one["author"]["name"], one["reason"]) for one in here] == [
        ("maintenance", "Foreman", "new probe")
    ]
    assert (elsewhere, after, nowhere.status_code) == ([], [], 404)
