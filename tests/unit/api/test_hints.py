"""The equipment lane over HTTP."""

from dataclasses import replace
from typing import get_args

import pytest

from api.permissions import HOLDERS
from api.recorder import READERS
from city.alarm import AlarmTransition, Lane
from linkage.announcing import Listed
from linkage.person import Role
from tests.support.api import Town, started
from tests.support.asgi_stream import streaming
from tests.support.linkage import alarm


def hint(rule: str = "stuck", target: str = "underpass/1") -> AlarmTransition:
    plain = alarm(target=target, rule=rule)
    return replace(plain, kind="stuck", response=replace(plain.response, lane=Lane.EQUIPMENT))


async def test_hints_are_listed_with_their_count_and_stand_in_no_queue(town: Town) -> None:
    town.admitter.admit([hint(), hint("drift"), hint(target="underpass/2")])
    async with town.client_of(Role.MONITOR) as monitor:
        listed = (await monitor.get("/hints")).json()
        of_one = (await monitor.get("/hints", params={"sensor": "underpass/2"})).json()
        queue = (await monitor.get("/incidents")).json()

    assert (listed["total"], [len(one["alarms"]) for one in listed["items"]]) == (2, [1, 2])
    assert [one["sensor_name"]["en"] for one in of_one["items"]] == ["West Gate"]
    assert queue["items"] == []


async def test_every_list_that_changes_has_readers_and_hints_are_told_to_theirs(town: Town) -> None:
    async with started(town), town.client_of(Role.MONITOR) as client, streaming(town.app, "/live", client) as stream:
        await stream.next("beat")
        town.admitter.admit([hint()])
        told = await stream.next("list")

    assert told.data == {"list": "hints"}
    assert {HOLDERS[READERS[listed]] for listed in get_args(Listed)} <= set(HOLDERS.values())


async def test_hint_is_answered_and_tells_whose_word_it_was(town: Town) -> None:
    town.admitter.admit([hint()])
    async with town.client_of(Role.OPERATOR, name="olga") as operator:
        ordered = (await operator.post("/hints/1/order", json={"note": "probe is exchanged"})).json()
        twice = await operator.post("/hints/1/order", json={"note": "again"})
        ended = (await operator.post("/hints/1/dismiss", json={"note": "was right"})).json()
        past = (await operator.get("/hints?ended=true")).json()

    assert (ordered["state"], ordered["ordered"]["by"]["name"], twice.status_code) == ("ordered", "Olga", 409)
    assert (ended["state"], ended["ended_how"], ended["ended"]["note"]) == ("ended", "dismissed", "was right")
    assert [one["id"] for one in past["items"]] == ["1"]


async def test_hint_becomes_an_incident_with_a_reason(town: Town) -> None:
    town.admitter.admit([hint()])
    async with town.client_of(Role.FOREMAN) as foreman:
        silent = await foreman.post("/hints/1/incident", json={"note": " "})
        opened = (await foreman.post("/hints/1/incident", json={"note": "the only gauge here"})).json()
        incident = (await foreman.get(f"/incidents/{opened['incident']}")).json()

    assert silent.status_code == 422
    assert (incident["sensor"], incident["note"]) == ("underpass/1", "the only gauge here")


@pytest.mark.parametrize(
    ("role", "path", "status"),
    [
        (Role.STEWARD, "", 403),
        (Role.OFFICER, "/1", 404),
        (Role.MONITOR, "/1", 200),
        (Role.MONITOR, "/2", 404),
        (Role.MONITOR, "/one", 422),
    ],
)
async def test_hints_are_shown_to_those_they_concern(town: Town, role: Role, path: str, status: int) -> None:
    town.admitter.admit([hint()])
    async with town.client_of(role, department="water") as client:
        answer = await client.get(f"/hints{path}")

    assert answer.status_code == status
