"""Every route has a door, and every door keeps out those it should."""

import json
from collections.abc import Iterator

import httpx
import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts

from api.app import ROOT
from api.guard import Changes, Door
from api.permissions import HOLDERS, Right
from linkage.person import Role
from tests.support.api import BASE, Town

#: What may be asked without a name: signing in, and what machines ask.
PUBLIC = {
    ("POST", f"{ROOT}/session"),
    ("POST", f"{ROOT}/session/link"),
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/metrics"),
    ("GET", f"{ROOT}/cap/feed"),
    ("GET", f"{ROOT}/cap/messages/{{identifier}}"),
    ("POST", f"{ROOT}/cap/messages"),
    ("GET", f"{ROOT}/calendar/{{token}}.ics"),
    ("GET", "/ack/{token}"),
    ("POST", "/ack/{token}"),
    ("GET", f"{ROOT}/external/tasks"),
    ("POST", f"{ROOT}/external/tasks/{{task}}/steps"),
}

#: Parameters of paths that any row's number fits.
NUMBERED = (
    "sensor", "incident", "task", "message", "identifier", "report", "component", "escalation", "channel", "token",
    "user", "activation", "proposal", "warning", "notice", "drill", "silence", "handover", "change", "feed",
)  # fmt: skip


def doors(dependant: Dependant) -> list[Door]:
    below = [door for child in dependant.dependencies for door in doors(child)]
    return [dependant.call, *below] if isinstance(dependant.call, Door) else below


def api_routes(app: FastAPI) -> Iterator[tuple[str, str, Door]]:
    for context in iter_route_contexts(app.routes):
        if isinstance(context.original_route, APIRoute):
            assert context.path is not None
            (door,) = set(doors(context.dependant))
            for method in context.methods or ():
                yield method, context.path, door


def guarded(app: FastAPI) -> Iterator[tuple[str, str, Door]]:
    return (found for found in api_routes(app) if found[2].right is not Right.PUBLIC)


async def ask(client: httpx.AsyncClient, method: str, path: str) -> httpx.Response:
    address = path.replace("{sensor:path}", "hall/1")
    for name in NUMBERED:
        address = address.replace(f"{{{name}}}", "1")
    address = address.replace("{photo}", "photo-0001").replace("{noun}", "sensors")
    return await client.request(method, BASE + address, json={} if method == "POST" else None)


def test_every_route_has_exactly_one_door(town: Town) -> None:
    found = list(api_routes(town.app))

    assert len(found) > 25
    assert {(method, path) for method, path, door in found if door.right is Right.PUBLIC} == PUBLIC


def test_routes_that_change_something_ask_for_a_csrf_token(town: Town) -> None:
    careless = [
        (method, path) for method, path, door in guarded(town.app) if method != "GET" and not isinstance(door, Changes)
    ]

    assert careless == []


async def test_anonymous_caller_gets_401_everywhere(town: Town) -> None:
    async with town.client() as client:
        answers = {(method, path): await ask(client, method, path) for method, path, _ in guarded(town.app)}

    assert {where: answer.status_code for where, answer in answers.items() if answer.status_code != 401} == {}
    assert all(answer.json()["code"] == "unauthenticated" for answer in answers.values())


@pytest.mark.parametrize("role", Role)
async def test_wrong_role_gets_403(town: Town, role: Role) -> None:
    async with town.client_of(role) as client:
        answers = {
            (method, path): (door.right, await ask(client, method, path))
            for method, path, door in guarded(town.app)
            if not path.endswith("/live") and (method, path) != ("DELETE", f"{ROOT}/session")
        }

    refused = {where for where, (_, answer) in answers.items() if answer.status_code == 403}
    assert refused == {where for where, (right, _) in answers.items() if role not in HOLDERS[right]}


async def test_missing_csrf_token_gets_403_everywhere(town: Town) -> None:
    async with town.client_of(*Role) as client:
        del client.headers["X-CSRF-Token"]
        answers = [
            await ask(client, method, path) for method, path, door in guarded(town.app) if isinstance(door, Changes)
        ]

    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(403, "forged_request")}


async def test_another_sessions_csrf_token_gets_403(town: Town) -> None:
    async with town.client_of(Role.FOREMAN) as mine, town.client_of(Role.ACCEPTOR) as other:
        mine.headers["X-CSRF-Token"] = other.headers["X-CSRF-Token"]

        answer = await mine.post(f"{BASE}{ROOT}/incidents", json={})

    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        pytest.param("http://127.0.0.1:8470", 201, id="this site"),
        pytest.param("http://evil.example", 403, id="another site"),
        pytest.param("http://127.0.0.1:9000", 403, id="another port"),
        pytest.param("null", 403, id="a sandboxed frame"),
    ],
)
async def test_origin_of_a_change_must_be_ours(town: Town, origin: str, status: int) -> None:
    report = {"title": "水", "class": "road_water", "priority": 2, "source": "hotline"}
    async with town.client_of(Role.FOREMAN) as client:
        answer = await client.post(
            f"{BASE}{ROOT}/incidents",
            content=json.dumps(report),
            headers={"Origin": origin, "Content-Type": "application/json"},
        )

    assert answer.status_code == status


def test_every_right_has_a_holder() -> None:
    assert [right for right in Right if right is not Right.PUBLIC and not HOLDERS[right]] == []
