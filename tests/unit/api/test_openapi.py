"""The OpenAPI document is complete: it says what each operation needs and how it refuses."""

from typing import Any

import pytest

from api.app import ROOT
from tests.support.api import BASE, Town

EVERYWHERE = {"413", "421", "422", "500", "503"}
PUBLIC = {f"{ROOT}/session", f"{ROOT}/session/link", "/healthz", "/readyz", "/metrics", "/ack/{token}"}
PUBLIC |= {f"{ROOT}/cap/feed", f"{ROOT}/cap/messages", f"{ROOT}/cap/messages/{{identifier}}"}
PUBLIC |= {f"{ROOT}/calendar/{{token}}.ics"}  # a calendar program has the token alone

#: What departments' own systems call, with a token in place of a session.
SYSTEMS = {f"{ROOT}/external/tasks", f"{ROOT}/external/tasks/{{task}}/steps"}


@pytest.fixture
async def document(town: Town) -> Any:
    async with town.client() as client:
        return (await client.get(f"{BASE}{ROOT}/openapi.json")).json()


def operations(document: Any) -> list[tuple[str, str, Any]]:
    return [(path, method, found) for path, item in document["paths"].items() for method, found in item.items()]


def references(node: Any) -> set[str]:
    if isinstance(node, list):
        return set().union(*map(references, node))
    if not isinstance(node, dict):
        return set()
    own = {node["$ref"]} if isinstance(node.get("$ref"), str) else set()
    return own.union(*map(references, node.values()))


async def test_every_operation_documents_its_refusals(document: Any) -> None:
    for path, method, operation in operations(document):
        refusals = {status: body for status, body in operation["responses"].items() if int(status) >= 400}
        needed = EVERYWHERE if path in PUBLIC else EVERYWHERE | {"401"}

        assert needed <= refusals.keys(), (method, path)
        assert references(refusals) == {"#/components/schemas/ErrorBody"}


async def test_every_reference_leads_somewhere(document: Any) -> None:
    names = {reference.removeprefix("#/components/schemas/") for reference in references(document)}

    assert names <= document["components"]["schemas"].keys()


async def test_what_changes_something_needs_session_and_csrf_together(document: Any) -> None:
    security = {
        (method, path): [set(scheme) for scheme in operation.get("security", [])]
        for path, method, operation in operations(document)
        if path not in PUBLIC
    }

    assert {method for method, _ in security} == {"get", "post", "put", "delete"}
    for (method, path), schemes in security.items():
        own = {"system"} if path in SYSTEMS else {"session"} if method == "get" else {"session", "csrf"}
        assert schemes == [own], (method, path)


async def test_error_body_has_three_texts(document: Any) -> None:
    body = document["components"]["schemas"]["ErrorBody"]

    assert body["required"] == ["code", "detail", "at"]
    assert body["additionalProperties"] is False
