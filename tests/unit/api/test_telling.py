"""What was told, to whom, by which channel; links, calls, channels and departments' own systems, over HTTP."""

import pytest
from sqlalchemy import select

from linkage.escalation.climber import Climber
from linkage.person import Role
from linkage.tables import MESSAGES
from tests.support.api import BASE, LINK_KEYS, ROOT, Town
from tests.support.linkage import alarm

FAR_NS = 4_000_000_000 * 1_000_000_000


def link(town: Town) -> str:
    """Return the address of the newest message's link."""
    with town.ledger.database.read() as connection:
        key = connection.execute(select(MESSAGES.c.key).order_by(MESSAGES.c.id.desc()).limit(1)).scalar_one()
    return f"{BASE}/ack/{LINK_KEYS.token(key, FAR_NS)}"


async def test_page_of_a_link_shows_and_its_button_acknowledges_once(town: Town) -> None:
    town.admitter.admit([alarm()])
    async with town.client() as client:
        shown = await client.get(link(town))
        done = await client.post(link(town))
        again = await client.post(link(town))

    assert [answer.status_code for answer in (shown, done, again)] == [200, 200, 200]
    assert "<form" in shown.text
    assert "Acknowledged" in done.text
    assert "used before" in again.text
    assert "set-cookie" not in done.headers


async def test_browsers_form_acknowledges_though_its_origin_is_null(town: Town) -> None:
    town.admitter.admit([alarm()])
    async with town.client() as client:
        done = await client.post(link(town), headers={"Origin": "null"})

    assert "Acknowledged" in done.text


async def test_titles_are_text_on_the_page_of_a_link(town: Town) -> None:
    async with town.client_of(Role.ACCEPTOR) as acceptor:
        body = {"title": "<script>alert(1)</script>", "class": "road_water", "priority": 2, "source": "hotline"}
        await acceptor.post("/incidents", json=body)
    async with town.client() as client:
        shown = await client.get(link(town))

    assert "<script>" not in shown.text


async def test_texts_that_nobody_signed_are_slowed_down(town: Town) -> None:
    async with town.client() as client:
        statuses = [(await client.get(f"{BASE}/ack/nonsense")).status_code for _ in range(21)]

    assert statuses == [404] * 20 + [429]


async def test_messages_tell_each_attempt_and_are_filtered(town: Town) -> None:
    town.admitter.admit([alarm()])
    async with town.client_of(Role.MONITOR) as monitor:
        found = (await monitor.get("/messages", params={"channel": "duty"})).json()
        none = (await monitor.get("/messages", params={"state": "sent"})).json()

    assert [(one["channel"], one["kind"], one["tries"]) for one in found["items"]] == [("duty", "open", [])]
    assert none["items"] == []


async def test_escalation_is_listed_and_its_call_is_logged(town: Town) -> None:
    town.admitter.admit([alarm()])
    Climber(town.ledger).take()
    async with town.client_of(Role.FOREMAN) as foreman:
        (running,) = (await foreman.get("/escalations")).json()["items"]
        address = f"/escalations/{running['id']}/called"
        logged = await foreman.post(address, json={"outcome": "answered", "note": "on the way"})
        missing = await foreman.post("/escalations/999/called", json={"outcome": "answered"})

    assert (running["state"], running["next"]["way"]) == ("climbing", "tell")
    assert logged.json()["state"] == "watching"
    assert missing.status_code == 404


async def test_channels_are_for_those_who_look_after_them(town: Town) -> None:
    async with town.client_of(Role.OPERATOR) as operator, town.client_of(Role.HANDLER) as handler:
        found = (await operator.get("/channels")).json()["items"]
        tested = await operator.post("/channels/mqtt/test", json={})
        unknown = await operator.post("/channels/pigeon/test", json={})
        refused = await handler.get("/channels")

    assert [one["name"] for one in found] == ["mqtt"]
    assert (tested.status_code, unknown.status_code, refused.status_code) == (201, 404, 403)


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer ldx_guess"}], ids=["no token", "wrong token"])
async def test_system_without_a_token_is_nobody(town: Town, header: dict[str, str]) -> None:
    async with town.client() as client:
        answer = await client.get("/external/tasks", headers=header)

    assert answer.status_code == 401


async def test_token_is_shown_once_and_revoked_at_once(town: Town) -> None:
    async with town.client_of(Role.OPERATOR) as operator, town.client() as system:
        issued = (await operator.post("/external/tokens", json={"department": "water", "name": "scada"})).json()
        header = {"Authorization": f"Bearer {issued['secret']}"}
        before = await system.get("/external/tasks", headers=header)
        listed = (await operator.get("/external/tokens")).text
        await operator.post(f"/external/tokens/{issued['token']['id']}/revoke", json={})
        after = await system.get("/external/tasks", headers=header)

    assert (before.status_code, after.status_code) == (200, 401)
    assert issued["secret"] not in listed


async def test_system_needs_an_idempotency_key(town: Town) -> None:
    secret = town.services.given.telling.tokens.issue("water", "scada", by="x")[1]
    async with town.client() as system:
        header = {"Authorization": f"Bearer {secret}"}
        answer = await system.post("/external/tasks/1/steps", json={"step": "accept"}, headers=header)
        unknown = await system.post(
            f"{ROOT}/external/tasks/1/steps",
            json={"step": "accept"},
            headers={**header, "Idempotency-Key": "key-00000001"},
        )

    assert (answer.status_code, unknown.status_code) == (422, 404)
