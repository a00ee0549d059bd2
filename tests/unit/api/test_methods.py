"""Every path refuses every method that it does not declare, and says which ones it does (RFC 9110 §15.5.6)."""

import re
from collections import defaultdict

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from tests.support.api import BASE, Town


def declared(app: FastAPI) -> dict[str, set[str]]:
    """Return the methods of each path of the document."""
    methods: defaultdict[str, set[str]] = defaultdict(set)
    for route in app.routes:
        if isinstance(route, APIRoute) and route.include_in_schema:
            methods[route.path_format] |= route.methods or set()
    return methods


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY"])
async def test_undeclared_method_is_refused_with_the_declared_ones(town: Town, method: str) -> None:
    others = {path: methods for path, methods in declared(town.app).items() if method not in methods}
    answered = {}

    async with httpx.AsyncClient(transport=httpx.ASGITransport(town.app), base_url=BASE) as client:
        for path in others:
            answer = await client.request(method, re.sub(r"\{[^}]*\}", "1", path))
            answered[path] = (answer.status_code, answer.headers.get("Allow"))

    assert len(others) > 20
    assert answered == {path: (405, ", ".join(sorted(methods))) for path, methods in others.items()}
