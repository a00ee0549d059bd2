"""Whatever goes wrong, one body says what."""

import json
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from starlette.requests import Request

from api.errors import STATUSES, ErrorAnswers, TooMany, Unauthenticated
from city.errors import (
    BadRequest,
    Conflict,
    IllegalTransition,
    LiandongError,
    NotFound,
    NotPermitted,
    StoreUnavailable,
)
from linkage.person import Role
from storage.migrate import upgrade
from storage.sql import Database
from tests.support.api import BASE, Town, town_on


def app_raising(error: Exception) -> FastAPI:
    app = FastAPI()

    @app.get("/")
    async def fail(request: Request) -> None:
        raise error

    ErrorAnswers({"X-Frame-Options": "DENY"}).install(app)
    return app


@pytest.mark.parametrize(
    ("error", "status", "code", "at"),
    [
        (BadRequest(expected="a note", got="nothing", at="note"), 409, "bad_request", "note"),
        (NotFound("sensor", "x"), 404, "not_found", "sensor"),
        (NotPermitted("file", allowed="acceptor", at="incident 1"), 403, "not_permitted", "incident 1"),
        (IllegalTransition("file", state="closed", legal=("comment",), at="i"), 409, "illegal_transition", "i"),
        (Conflict(found="`file` by Li", at="incident 1"), 409, "conflict", "incident 1"),
        (StoreUnavailable("ingest", "away"), 503, "store_unavailable", "ingest"),
        (Unauthenticated(), 401, "unauthenticated", "session"),
        (TooMany(what="streams", retry_after_s=5, at="live"), 429, "too_many", "live"),
        (LiandongError("odd"), 500, "error", "/"),
        (ZeroDivisionError("a secret"), 500, "internal", "/"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
async def test_error_is_answered_by_its_class(error: Exception, status: int, code: str, at: str) -> None:
    transport = httpx.ASGITransport(app_raising(error), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
        answer = await client.get("/")

    assert answer.status_code == status
    assert answer.json().keys() == {"code", "detail", "at"}
    assert (answer.json()["code"], answer.json()["at"]) == (code, at)
    assert "secret" not in answer.text


def test_every_error_of_the_city_has_a_status() -> None:
    assert STATUSES[LiandongError] == 500
    assert {400, 401, 403, 404, 409, 422, 429, 503} >= set(STATUSES.values()) - {500}


async def ask(town: Town, send: Callable[[httpx.AsyncClient], object]) -> httpx.Response:
    async with town.client_of(*Role) as client:
        answer = await send(client)  # type: ignore[misc]
    assert isinstance(answer, httpx.Response)
    return answer


@pytest.mark.parametrize(
    ("send", "status", "code", "at"),
    [
        (lambda client: client.get("/sensors?limit=501"), 422, "invalid_request", "query.limit"),
        (lambda client: client.get("/sensors?limit=x"), 422, "invalid_request", "query.limit"),
        (lambda client: client.get("/sensors?domain=weather"), 422, "invalid_request", "query.domain"),
        (lambda client: client.get("/users?after=99999999999999999999"), 422, "invalid_request", "query.after"),
        (lambda client: client.get("/incidents?after=%00"), 422, "invalid_request", "query.after"),
        (lambda client: client.get("/incidents/abc"), 422, "invalid_request", "path.incident"),
        (lambda client: client.get("/incidents/7"), 404, "not_found", "incident"),
        (lambda client: client.get("/nowhere"), 404, "not_found", "/api/v1/nowhere"),
        (lambda client: client.get(f"{BASE}/nowhere"), 404, "not_found", "/nowhere"),
        (lambda client: client.put("/incidents"), 405, "method_not_allowed", "/api/v1/incidents"),
        (lambda client: client.post("/incidents", content=b"{"), 422, "invalid_request", "body"),
        (lambda client: client.post("/incidents", json={"is_admin": True}), 422, "invalid_request", "body.title"),
        (lambda client: client.post("/incidents", json={"note": "x" * 300_000}), 413, "body_too_large", "body"),
    ],
)
async def test_bad_request_is_answered(
    town: Town, send: Callable[[httpx.AsyncClient], object], status: int, code: str, at: str
) -> None:
    answer = await ask(town, send)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/json"
    body = answer.json()
    assert (body["code"], body["at"]) == (code, at)
    assert body["detail"]


async def test_json_that_is_no_text_is_answered(town: Town) -> None:
    headers = {"Content-Type": "application/json"}
    async with town.client_of(*Role) as client:
        bodies = [b'{"title": "\\ud800"}', b"\xff\xfe", b"[" * 100_000, b'{"priority": 1e999}', b"NaN", b"\x00"]
        answers = [await client.post("/incidents", content=body, headers=headers) for body in bodies]

    assert {answer.status_code for answer in answers} <= {400, 422}
    assert all(answer.json().keys() == {"code", "detail", "at"} for answer in answers)


async def test_body_that_grows_is_cut_off(town: Town) -> None:
    async def endless() -> object:
        for _ in range(1000):
            yield b"x" * 1000

    async with town.client_of(*Role) as client:
        answer = await client.post("/incidents", content=endless(), headers={"Content-Type": "application/json"})  # type: ignore[arg-type]

    assert answer.status_code == 413
    assert answer.json()["code"] == "body_too_large"


@pytest.mark.parametrize(
    ("path", "methods"),
    [("/incidents", "GET, POST"), ("/session", "DELETE, GET, POST"), ("/sensors/map", "GET")],
)
async def test_wrong_method_names_the_right_ones(town: Town, path: str, methods: str) -> None:
    async with town.client() as client:
        answer = await client.patch(path)

    assert answer.status_code == 405
    assert answer.headers["allow"] == methods


@pytest.mark.parametrize(
    "body",
    [
        {"password": "a secret password"},
        {"username": "li", "password": "a secret password" * 100},
        {"username": "li", "password": ["a secret password"]},
    ],
)
async def test_refusal_repeats_no_password(town: Town, body: object) -> None:
    async with town.client() as client:
        answer = await client.post("/session", content=json.dumps(body), headers={"Content-Type": "application/json"})

    assert answer.status_code == 422
    assert "secret" not in answer.text


async def test_ingest_away_is_said(town: Town) -> None:
    async with town.client_of(*Role) as client:
        town.feed.leave()

        answer = await client.get("/rules")

    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "2"
    assert answer.json()["at"] == "ingest"


async def test_database_busy_is_said(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'city.sqlite'}", busy_timeout_s=0.05)
    upgrade(database)
    town = town_on(database)
    report = {"title": "水", "class": "road_water", "priority": 2, "source": "hotline"}
    async with town.client_of(Role.FOREMAN) as client:
        with database.write():
            answer = await client.post("/incidents", json=report)
    database.close()

    assert answer.status_code == 503
    assert answer.json()["at"] == "database"


async def test_truth_is_no_number(town: Town) -> None:
    async with town.client_of(Role.OPERATOR) as client:
        answer = await client.post("/quarantine-replays", json={"after": False})

    assert answer.status_code == 422
    assert "Expected a number, got false" in answer.text
