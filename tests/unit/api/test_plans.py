"""Plans, responses, warnings, reports upward and drills over HTTP."""

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest

from linkage.person import Role
from linkage.plans.library import Plans
from linkage.plans.office import plan_office
from linkage.plans.parsing import parse_plan
from linkage.plans.proposer import Proposer
from tests.support.api import Town
from tests.support.linkage import alarm
from tests.support.plans import FLOOD_PLAN

_STATED = {"matter": "water in the east", "measures": "close the road", "expected_h": 6}

_WARNING = {
    "category": "rainstorm",
    "level": "yellow",
    "starts_at": "2026-11-20T08:00:00Z",
    "area": "the east",
    "cautions": "low ground",
    "measures": "stay in",
    "issuer": "weather bureau",
}


@pytest.fixture
def planned(town: Town) -> Town:
    """Return the town with a plan and two districts."""
    book = replace(town.ledger.book, plans=Plans([parse_plan(FLOOD_PLAN)]), districts=("east", "west"))
    ledger = replace(town.ledger, book=book)
    given = replace(town.services.given, plans=plan_office(ledger))
    town.app.state.services = replace(town.services, given=given)
    return replace(town, ledger=ledger)


@pytest.fixture
async def leader(planned: Town) -> AsyncIterator[httpx.AsyncClient]:
    async with planned.client_of(Role.LEADER) as client:
        yield client


async def started(leader: httpx.AsyncClient, level: str = "IV") -> dict[str, object]:
    answer = await leader.post("/activations", json={"plan": "flood", "level": level, **_STATED})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def test_plans_are_listed_with_who_does_what(leader: httpx.AsyncClient) -> None:
    (plan,) = (await leader.get("/plans")).json()["items"]

    assert plan["in_force"]
    assert [level["level"] for level in plan["levels"]] == ["IV", "III", "II"]
    assert plan["levels"][0]["tasks"][0]["within"] == "30 minute"


async def test_proposal_is_followed_by_a_person(planned: Town, leader: httpx.AsyncClient) -> None:
    planned.admitter.admit([alarm()])
    Proposer(planned.ledger).take()
    (proposal,) = (await leader.get("/response-proposals")).json()["items"]

    body = {"plan": "flood", "level": "IV", "proposal": int(proposal["id"]), **_STATED}
    board = await leader.post("/activations", json=body | {"incident": int(proposal["incidents"][0])})

    assert board.status_code == 201
    assert [line["department"] for line in board.json()["board"]] == ["water"]
    assert (await leader.get("/response-proposals")).json()["items"] == []


async def test_proposal_is_dismissed_with_a_reason(planned: Town, leader: httpx.AsyncClient) -> None:
    planned.admitter.admit([alarm()])
    Proposer(planned.ledger).take()
    (proposal,) = (await leader.get("/response-proposals")).json()["items"]

    assert (await leader.post(f"/response-proposals/{proposal['id']}/dismiss", json={})).status_code == 422
    answer = await leader.post(f"/response-proposals/{proposal['id']}/dismiss", json={"note": "pumps are there"})

    assert answer.json()["items"] == []


async def test_response_goes_up_down_and_ends(leader: httpx.AsyncClient) -> None:
    path = f"/activations/{(await started(leader))['id']}"

    up = await leader.post(f"{path}/raise", json={"version": 1, "level": "III", **_STATED})
    down = await leader.post(f"{path}/lower", json={"version": 2, "level": "IV", "note": "it falls"})
    stale = await leader.post(f"{path}/end", json={"version": 2, "note": "over"})
    end = await leader.post(f"{path}/end", json={"version": 3, "note": "over"})

    assert (up.json()["level"], down.json()["level"]) == ("III", "IV")
    assert (stale.status_code, stale.json()["code"]) == (409, "conflict")
    assert end.json()["ended_at"] is not None


async def test_department_acknowledges_and_reports(planned: Town, leader: httpx.AsyncClient) -> None:
    path = f"/activations/{(await started(leader))['id']}"

    async with planned.client_of(Role.OFFICER, department="water") as officer:
        await officer.post(f"{path}/acknowledge")
        board = (await officer.post(f"{path}/situations", json={"note": "20 cm"})).json()

    assert board["unacknowledged"] == 0
    assert [(one["department"], one["note"]) for one in board["situations"]] == [("water", "20 cm")]


@pytest.mark.parametrize("missing", ["matter", "measures", "expected_h"])
async def test_required_content_is_part_of_the_schema(leader: httpx.AsyncClient, missing: str) -> None:
    stated = {name: value for name, value in _STATED.items() if name != missing}

    answer = await leader.post("/activations", json={"plan": "flood", "level": "IV", **stated})

    assert answer.status_code == 422


async def test_dispatcher_decides_no_response(planned: Town) -> None:
    async with planned.client_of(Role.DISPATCHER) as dispatcher:
        answer = await dispatcher.post("/activations", json={"plan": "flood", "level": "IV", **_STATED})

    assert answer.status_code == 403


async def test_warning_is_issued_changed_and_cancelled(leader: httpx.AsyncClient) -> None:
    warning = (await leader.post("/warnings", json=_WARNING)).json()
    content = {name: value for name, value in _WARNING.items() if name != "category"}

    again = await leader.post(f"/warnings/{warning['id']}/issues", json=content | {"seen": 1, "level": "red"})
    over = await leader.post(f"/warnings/{warning['id']}/cancel", json={"seen": 2, "note": "over"})

    assert again.json()["level"] == "red"
    assert [issue["kind"] for issue in over.json()["issues"]] == ["issue", "update", "cancel"]
    assert (await leader.get("/warnings", params={"in_force": True})).json()["items"] == []


async def test_grade_is_only_proposed(leader: httpx.AsyncClient) -> None:
    answer = await leader.get("/grade-proposal", params={"deaths": 3, "injuries": 1})

    assert answer.json() == {"grade": "III", "because": ["deaths"]}


async def test_drill_is_played_and_seen_by_everybody(planned: Town, leader: httpx.AsyncClient) -> None:
    drill = (await leader.post("/drills", json={"plan": "flood", "scenario": "east"})).json()

    async with planned.client_of(Role.STEWARD) as steward:
        seen = (await steward.get("/drills", params={"running": True})).json()["items"]
    over = await leader.post(f"/drills/{drill['id']}/end", json={"note": "good"})

    assert [one["id"] for one in seen] == [drill["id"]]
    assert over.json()["ended_at"] is not None


async def test_reports_upward_are_empty_before_a_grade(leader: httpx.AsyncClient) -> None:
    assert (await leader.get("/upward-reports")).json()["items"] == []
    assert (await leader.get("/upward-reports/1")).status_code == 404


async def test_department_answers_a_warning(planned: Town, leader: httpx.AsyncClient) -> None:
    number = (await leader.post("/warnings", json=_WARNING)).json()["id"]

    async with planned.client_of(Role.OFFICER, department="water") as officer:
        answered = await officer.post(f"/warnings/{number}/acknowledge", json={"seen": 1})
        unseen = await officer.post(f"/warnings/{number}/acknowledge", json={"seen": 2})

    told = {one["department"]: one["acknowledged_by"] for one in answered.json()["issues"][0]["told"]}
    assert told == {"command": "", "desk": "", "police": "", "water": "Officer"}
    assert unseen.status_code == 409


async def test_notice_for_the_public_is_drafted_and_refused(planned: Town, leader: httpx.AsyncClient) -> None:
    number = int((await leader.post("/warnings", json=_WARNING)).json()["id"])
    async with planned.client_of(Role.FOREMAN) as foreman:
        drafted = await foreman.post("/public-notices", json={"warning": number, "zh": "绕行", "en": "Detour"})
        own = await foreman.post(f"/public-notices/{drafted.json()['id']}/sign")
    unsent = await leader.post(f"/public-notices/{drafted.json()['id']}/sign")
    refused = await leader.post(f"/public-notices/{drafted.json()['id']}/refuse", json={"note": "no channel"})

    assert (drafted.status_code, own.status_code) == (201, 403)
    assert unsent.json()["at"] == "public notices"
    assert (refused.json()["state"], refused.json()["sent"]) == ("refused", [])
    assert (await leader.get("/public-notices", params={"warning": number})).json()["items"] == [refused.json()]
