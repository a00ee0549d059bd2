"""Disabling users and changing one's own password."""

from linkage.person import Role
from tests.support.api import Town
from tests.support.people import PASSWORD

NEXT = "another long password"


async def test_disabled_user_is_out_at_once_and_may_come_back(town: Town) -> None:
    li = town.user(Role.MONITOR, name="li")
    async with town.client_of(Role.OPERATOR) as operator, town.client(li) as client:
        await operator.post(f"/users/{li.id}/disable", json={})
        out = await client.get("/session")
        listed = (await operator.get("/users")).json()["items"]
        await operator.post(f"/users/{li.id}/enable", json={})

    assert out.status_code == 401
    assert [one["disabled"] for one in listed if one["username"] == "li"] == [True]
    assert town.services.users.named("li").disabled is False


async def test_operator_does_not_disable_themselves(town: Town) -> None:
    me = town.user(Role.OPERATOR)
    async with town.client(me) as operator:
        answer = await operator.post(f"/users/{me.id}/disable", json={})

    assert answer.status_code == 409


async def test_unknown_user_cannot_be_disabled(town: Town) -> None:
    async with town.client_of(Role.OPERATOR) as operator:
        answers = [await operator.post(f"/users/999/{do}", json={}) for do in ("disable", "enable")]

    assert [answer.status_code for answer in answers] == [404, 404]


async def test_own_password_is_changed_by_who_knows_it(town: Town) -> None:
    li = town.user(Role.MONITOR, name="li")
    town.services.users.change_password("li", PASSWORD)
    async with town.client(li) as here, town.client(li) as elsewhere:
        wrong = await here.post("/session/password", json={"current_password": "guess", "password": NEXT})
        right = await here.post("/session/password", json={"current_password": PASSWORD, "password": NEXT})
        sessions = [(await client.get("/session")).status_code for client in (here, elsewhere)]

    assert (wrong.status_code, right.status_code, sessions) == (403, 204, [200, 401])
    assert town.services.users.check("li", NEXT) is not None


async def test_guessing_the_own_password_waits(town: Town) -> None:
    async with town.client_of(Role.MONITOR) as client:
        body = {"current_password": "guess", "password": NEXT}
        answers = [(await client.post("/session/password", json=body)).status_code for _ in range(6)]

    assert answers == [403] * 5 + [429]
