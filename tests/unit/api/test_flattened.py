from typing import Any

import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI, HTTPException

from api.app import create_app
from api.flattened import flattened
from storage.sql import Database
from tests.support.api import given_on
from tests.support.feed import MemoryFeed


def refuse() -> None:
    raise HTTPException(418, "not here")


def router() -> APIRouter:
    made = APIRouter(prefix="/sensors", tags=["sensors"])

    @made.get("/{sensor:path}/state")
    def state(sensor: str) -> str:
        return f"state of {sensor}"

    @made.get("/{sensor:path}")
    def one(sensor: str) -> str:
        return sensor

    @made.get("-closed", dependencies=[Depends(refuse)])
    def closed() -> str:
        return "never"

    return made


def application() -> FastAPI:
    app = FastAPI()
    app.routes.extend(flattened([router()], "/api"))
    return app


@pytest.mark.parametrize(
    ("path", "status", "body"),
    [
        ("/api/sensors/a/b/state", 200, "state of a/b"),
        ("/api/sensors/a/b", 200, "a/b"),
        ("/api/sensors-closed", 418, {"detail": "not here"}),
        ("/sensors/a", 404, {"detail": "Not Found"}),
    ],
)
async def test_routes_answer_below_the_prefix_in_their_order(path: str, status: int, body: object) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(application()), base_url="http://127.0.0.1") as client:
        answer = await client.get(path)

    assert (answer.status_code, answer.json()) == (status, body)


def operations(app: FastAPI) -> dict[str, Any]:
    """Return what the document says of each path, but for the titles that are made of a declared path."""
    return {
        path: {method: {key: told[key] for key in told if key != "responses"} for method, told in methods.items()}
        for path, methods in app.openapi()["paths"].items()
    }


def test_document_is_that_of_an_included_router() -> None:
    included = FastAPI()
    tree = APIRouter(prefix="/api")
    tree.include_router(router())
    included.include_router(tree)

    assert operations(application()) == operations(included)


def test_router_itself_stays_as_it_was() -> None:
    made = router()

    flattened([made], "/api")

    paths = [getattr(route, "path", "") for route in made.routes]
    assert paths == ["/sensors/{sensor:path}/state", "/sensors/{sensor:path}", "/sensors-closed"]


def test_what_is_no_operation_is_refused() -> None:
    made = APIRouter()
    made.include_router(router())

    with pytest.raises(TypeError, match="Expected an operation, got _IncludedRouter - below `/api`"):
        flattened([made], "/api")


def test_application_has_no_router_in_its_routes(database: Database) -> None:
    given, _ = given_on(database, MemoryFeed())

    kinds = {type(route).__name__ for route in create_app(given).routes}

    assert "_IncludedRouter" not in kinds
