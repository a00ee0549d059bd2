"""Incidents and tasks over HTTP: the queue, one incident's life, and whose it is."""

from typing import Any, get_args

import httpx
import pytest

from api.routes import step_bodies
from city.alarm import Change
from linkage.person import Role
from linkage.states import SPANNING, Step
from linkage.step_words import CONDITION, DEPARTMENT, DISPOSITION, GRADE, NOTE, PERSON, STEPS
from tests.support.api import Town
from tests.support.linkage import alarm

REPORT = {"title": "东门积水", "class": "road_water", "priority": 2, "source": "hotline"}


async def step(client: httpx.AsyncClient, path: str, word: str, version: int, **more: object) -> Any:
    answer = await client.post(f"{path}/steps", json={"step": word, "version": version, **more})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_incident_goes_to_its_end_with_two_departments(town: Town) -> None:
    town.admitter.admit([alarm()])
    async with (
        town.client_of(Role.FOREMAN) as foreman,
        town.client_of(Role.DISPATCHER) as dispatcher,
        town.client_of(Role.OFFICER, name="water", department="water") as water,
        town.client_of(Role.OFFICER, name="police", department="police") as police,
    ):
        await step(foreman, "/incidents/1", "acknowledge", 1)
        await step(foreman, "/incidents/1", "verify", 2)
        incident = await step(foreman, "/incidents/1", "file", 3)
        incident = await step(dispatcher, "/incidents/1", "dispatch", incident["version"])
        for officer in (water, police):
            mine = (await officer.get("/tasks?mine=true")).json()["items"]
            for word in ("accept", "arrive", "feed_back"):
                incident = await step(officer, f"/tasks/{mine[0]['id']}", word, incident["version"], note="done")
        for task in incident["tasks"]:
            incident = await step(foreman, f"/tasks/{task['id']}", "check", incident["version"])
        town.admitter.admit([alarm(Change.CLEARED, step=1)])
        incident = (await foreman.get("/incidents/1")).json()
        incident = await step(foreman, "/incidents/1", "close", incident["version"], disposition="resolved")

    assert (incident["state"], incident["disposition"]) == ("closed", "resolved")
    assert [task["state"] for task in incident["tasks"]] == ["checked", "checked"]
    assert [event["step"] for event in incident["events"]][:4] == ["open", "acknowledge", "verify", "file"]


async def test_incident_by_hand_is_opened(town: Town) -> None:
    async with town.client_of(Role.COLLECTOR) as client:
        answer = await client.post("/incidents", json={**REPORT, "sensor": "underpass/1", "note": "齐膝"})

    incident = answer.json()
    assert answer.status_code == 201
    assert (incident["title"]["zh"], incident["class"], incident["source"]) == ("东门积水", "road_water", "hotline")
    assert (incident["district"], incident["longitude"]) == ("east", 121.5)


async def test_incident_names_the_nearest_cameras(town: Town) -> None:
    town.admitter.admit([alarm()])
    async with town.client_of(Role.MONITOR) as client:
        incident = (await client.get("/incidents/1")).json()

    assert [(camera["id"], camera["distance_m"]) for camera in incident["cameras"]] == [
        ("camera/2", 9.5),
        ("camera/1", 95.1),
    ]


@pytest.mark.parametrize(
    ("wrong", "status", "at"),
    [
        ({"class": "no such"}, 409, "class"),
        ({"sensor": "no such"}, 409, "sensor"),
        ({"longitude": 121.5}, 409, "longitude"),
        ({"longitude": 181, "latitude": 0}, 422, "body.longitude"),
        ({"priority": 0}, 422, "body.priority"),
        ({"source": "rumour"}, 422, "body.source"),
        ({"title": " \t"}, 422, "body.title"),
        ({"title": "a\nb"}, 422, "body.title"),
        ({"state": "closed"}, 422, "body.state"),
        ({"reporter": "1"}, 422, "body.reporter"),
    ],
)
async def test_report_that_cannot_be_is_refused(town: Town, wrong: dict[str, object], status: int, at: str) -> None:
    async with town.client_of(Role.FOREMAN) as client:
        answer = await client.post("/incidents", json={**REPORT, **wrong})

    assert (answer.status_code, answer.json()["at"]) == (status, at)


async def test_queue_is_filtered_and_paged(town: Town) -> None:
    town.admitter.admit([alarm(target="underpass/1"), alarm(target="underpass/2")])
    async with town.client_of(Role.FOREMAN) as client:
        await client.post("/incidents", json={**REPORT, "priority": 1})
        first = (await client.get("/incidents?open=true&limit=2")).json()
        rest = (await client.get("/incidents", params={"open": "true", "limit": 2, "after": first["next"]})).json()
        east = (await client.get("/incidents?district=east&class=road_water&class=heat&priority=2")).json()
        passed_down = (await client.get("/incidents?jurisdiction=county")).json()

    assert [item["id"] for item in (*first["items"], *rest["items"])] == ["3", "1", "2"]
    assert (first["total"], rest["next"]) == (3, None)
    assert [item["id"] for item in east["items"]] == ["1"]
    assert passed_down["items"] == []


async def test_illegal_step_is_refused_with_the_legal_ones(town: Town) -> None:
    town.admitter.admit([alarm()])
    async with town.client_of(Role.DISPATCHER) as client:
        answer = await client.post("/incidents/1/steps", json={"step": "dispatch", "version": 1})

    assert answer.status_code == 409
    assert answer.json()["code"] == "illegal_transition"
    assert "`verify`" in answer.json()["detail"]


async def test_step_of_the_other_axis_is_refused(town: Town) -> None:
    town.admitter.admit([alarm()])
    async with town.client_of(Role.DISPATCHER) as client:
        answer = await client.post("/incidents/1/steps", json={"step": "file", "version": 1})

    assert (answer.status_code, answer.json()["code"]) == (403, "not_permitted")


async def test_step_on_an_old_version_is_a_conflict(town: Town) -> None:
    town.admitter.admit([alarm()])
    async with town.client_of(Role.FOREMAN) as one, town.client_of(Role.ACCEPTOR) as other:
        await step(one, "/incidents/1", "verify", 1)
        await step(one, "/incidents/1", "file", 2)
        answer = await other.post("/incidents/1/steps", json={"step": "file", "version": 2})

    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert "Foreman" in answer.json()["detail"]


@pytest.mark.parametrize(
    "body",
    [
        {"step": "urge", "version": 1},
        {"step": "urge", "version": 1, "note": " \n"},
        {"step": "close", "version": 1},
        {"step": "not_file", "version": 1, "note": "x"},
        {"step": "accept", "version": 1},
        {"step": "explode", "version": 1},
        {"step": "file", "version": -1},
        {"step": "file", "version": 1, "actor": "2"},
        {"step": "file"},
        {},
        [],
    ],
)
async def test_step_without_what_it_needs_is_refused(town: Town, body: object) -> None:
    town.admitter.admit([alarm()])
    async with town.client_of(*Role) as client:
        answer = await client.post("/incidents/1/steps", json=body)

    assert answer.status_code == 422


BODIES = [
    body for union in (step_bodies.IncidentStepBody, step_bodies.TaskStepBody) for body in get_args(get_args(union)[0])
]


def test_every_step_has_the_body_that_it_needs() -> None:
    needs = {
        word: {
            name
            for name in (NOTE, DISPOSITION, PERSON, GRADE)
            if name in body.model_fields and body.model_fields[name].is_required()
        }
        for body in BODIES
        for word in get_args(body.model_fields["step"].annotation)
    }

    # Whether a condition must be chosen, the class decides.
    assert needs == {word: {*STEPS[word].needs} - {DEPARTMENT, CONDITION} for word in set(Step) - SPANNING}


@pytest.mark.parametrize(
    ("role", "department", "district", "status"),
    [
        (Role.MONITOR, "", "", 200),
        (Role.MONITOR, "", "east", 200),
        (Role.MONITOR, "", "west", 404),
        (Role.OFFICER, "water", "", 200),
        (Role.OFFICER, "power", "", 404),
        (Role.HANDLER, "police", "", 404),
        (Role.STEWARD, "", "", 403),
    ],
)
async def test_incident_is_shown_to_those_whose_it_is(
    town: Town, role: Role, department: str, district: str, status: int
) -> None:
    town.admitter.admit([alarm()])
    async with town.client_of(Role.FOREMAN) as foreman, town.client_of(Role.DISPATCHER) as dispatcher:
        await step(foreman, "/incidents/1", "verify", 1)
        await step(foreman, "/incidents/1", "file", 2)
        await step(dispatcher, "/incidents/1", "dispatch", 3, departments=["water"])

    async with town.client_of(role, name="somebody", department=department, district=district) as client:
        one = await client.get("/incidents/1")
        lists = [await client.get(path) for path in ("/incidents", "/tasks", "/messages")]

    assert one.status_code == status
    if status == 404:
        assert [answer.json()["items"] for answer in lists] == [[], [], []]


async def test_another_departments_task_is_not_taken(town: Town) -> None:
    town.admitter.admit([alarm()])
    async with (
        town.client_of(Role.FOREMAN) as foreman,
        town.client_of(Role.DISPATCHER) as dispatcher,
        town.client_of(Role.OFFICER, department="police") as police,
    ):
        await step(foreman, "/incidents/1", "verify", 1)
        await step(foreman, "/incidents/1", "file", 2)
        incident = await step(dispatcher, "/incidents/1", "dispatch", 3, departments=["water", "police"])
        (water,) = [task for task in incident["tasks"] if task["department"] == "water"]
        answer = await police.post(f"/tasks/{water['id']}/steps", json={"step": "accept", "version": 4})

    assert (answer.status_code, answer.json()["code"]) == (403, "not_permitted")


async def test_messages_tell_who_was_told(town: Town) -> None:
    town.admitter.admit([alarm()])
    async with town.client_of(Role.FOREMAN) as client:
        items = (await client.get("/messages?incident=1")).json()["items"]

    assert [(item["department"], item["channel"], item["state"]) for item in items] == [("desk", "duty", "waiting")]


async def test_those_who_were_named_are_shown_by_name(town: Town) -> None:
    town.admitter.admit([alarm()])
    crew = town.user(Role.HANDLER, department="water", name="crew")
    async with (
        town.client_of(Role.ACCEPTOR, name="wang") as acceptor,
        town.client_of(Role.DISPATCHER) as dispatcher,
        town.client_of(Role.OFFICER, name="water", department="water") as water,
    ):
        answer = await acceptor.get("/people", params={"role": ["collector", "acceptor"]})
        (wang,) = answer.json()["items"]
        incident = await step(acceptor, "/incidents/1", "assign_verifier", 1, person=wang["id"])
        assert incident["verifier_name"] == wang["name"]
        for word in ("verify", "file"):
            incident = await step(acceptor, "/incidents/1", word, incident["version"])
        incident = await step(dispatcher, "/incidents/1", "dispatch", incident["version"], departments=["water"])
        (task,) = incident["tasks"]
        incident = await step(water, f"/tasks/{task['id']}", "assign", incident["version"], person=str(crew.id))
        listed = (await water.get("/tasks", params={"mine": True})).json()["items"]

    assert [one["handler_name"] for one in (*incident["tasks"], *listed)] == [crew.name, crew.name]
    named = {event["step"]: event["named"] for event in incident["events"] if event["named"]}
    assert named == {"assign_verifier": wang["name"], "assign": crew.name}
