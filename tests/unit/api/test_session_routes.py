"""Signing in and out over HTTP."""

from http.cookies import SimpleCookie

import httpx
import pytest

from api.config import HttpSettings
from api.users import NewUser
from linkage.person import Role
from storage.sql import Database
from tests.support.api import Town, town_on
from tests.support.people import PASSWORD


def add_li(town: Town) -> None:
    town.services.users.add(NewUser(username="li", name="李明", roles=(Role.FOREMAN,), password=PASSWORD))


async def sign_in(client: httpx.AsyncClient, password: str = PASSWORD) -> httpx.Response:
    return await client.post("/session", json={"username": "li", "password": password})


def cookies_of(answer: httpx.Response) -> SimpleCookie:
    cookies = SimpleCookie()
    for line in answer.headers.get_list("set-cookie"):
        cookies.load(line)
    return cookies


async def test_signing_in_opens_a_session(town: Town) -> None:
    add_li(town)
    async with town.client() as client:
        answer = await sign_in(client)
        who = await client.get("/session")

    assert answer.status_code == 200
    expected = {
        "id": "1",
        "username": "li",
        "name": "李明",
        "roles": ["foreman"],
        "department": "",
        "district": "",
        "language": "zh",
        "disabled": False,
    }
    assert answer.json() == {"user": expected}
    assert who.json() == {"user": expected, "csrf": cookies_of(answer)["liandong_csrf"].value}


@pytest.mark.parametrize(("public_url", "secure"), [("", ""), ("https://city.example", True)], ids=["http", "https"])
async def test_session_cookie_is_kept_from_scripts_and_other_sites(
    database: Database, public_url: str, secure: object
) -> None:
    town = town_on(database, HttpSettings(public_url=public_url))
    add_li(town)
    async with town.client() as client:
        cookies = cookies_of(await sign_in(client))

    session, csrf = cookies["liandong_session"], cookies["liandong_csrf"]
    assert [session["httponly"], csrf["httponly"]] == [True, ""]
    assert [session["samesite"], csrf["samesite"]] == ["strict", "strict"]
    assert [session["secure"], csrf["secure"]] == [secure, secure]
    assert session["path"] == "/"


async def test_wrong_password_is_refused(town: Town) -> None:
    add_li(town)
    async with town.client() as client:
        answer = await sign_in(client, "wrong password")

    assert answer.status_code == 401
    assert answer.json() == {"code": "unauthenticated", "detail": "Wrong username or password", "at": "password"}
    assert "set-cookie" not in answer.headers


async def test_guessing_is_told_when_to_come_back(town: Town) -> None:
    add_li(town)
    async with town.client() as client:
        answers = [await sign_in(client, "wrong password") for _ in range(6)]

    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert answers[-1].headers["retry-after"] == "1"
    assert answers[-1].json()["code"] == "too_many"


async def test_signing_in_again_ends_the_session_before(town: Town) -> None:
    add_li(town)
    async with town.client() as client:
        before = cookies_of(await sign_in(client))["liandong_session"].value
        after = cookies_of(await sign_in(client))["liandong_session"].value

    assert before != after
    assert town.services.sessions.find(before) is None
    assert town.services.sessions.find(after) is not None


async def test_signing_out_ends_the_session_and_its_streams(town: Town) -> None:
    user = town.user(Role.FOREMAN)
    async with town.client(user) as client:
        session = town.services.sessions.find(client.cookies["liandong_session"])
        assert session is not None
        stream = town.services.hub.open(session)

        answer = await client.delete("/session")
        who = await client.get("/session")

    assert answer.status_code == 204
    assert cookies_of(answer)["liandong_session"]["max-age"] == "0"
    assert who.status_code == 401
    assert stream.ended == "signed_out"


async def test_link_signs_in_once_over_http(town: Town) -> None:
    token = town.services.links.create(town.user(Role.FOREMAN))
    async with town.client() as client, town.client() as thief:
        first = await client.post("/session/link", json={"token": token})
        again = await thief.post("/session/link", json={"token": token})
        who = await client.get("/session")

    assert [first.status_code, again.status_code, who.status_code] == [200, 401, 200]
    assert again.json()["at"] == "token"
