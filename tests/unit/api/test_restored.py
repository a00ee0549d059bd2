"""A restored copy says so to everybody, and operators or leaders call it the city."""

from dataclasses import replace
from pathlib import Path

import pytest

from liandong.copies.restored import RestoredMark, mark
from linkage.person import Role
from tests.support.api import Town


@pytest.fixture
def marked_town(town: Town, tmp_path: Path) -> Town:
    """Return a city that was restored."""
    mark(tmp_path / "restored.json", "then", 0)
    services = town.services
    given = replace(services.given, restored=RestoredMark(tmp_path / "restored.json", town.clock))
    town.app.state.services = replace(services, given=given)
    return town


async def test_city_that_acts_waits_for_nobody(town: Town) -> None:
    async with town.client_of(Role.LEADER) as client:
        shown = (await client.get("/restored")).json()
        answer = await client.post("/restored/acknowledge", json={})

    assert shown == {"waits": False, "made": "", "restored": None}
    assert (answer.status_code, answer.json()["at"]) == (409, "restored")


async def test_restored_copy_is_called_the_city_by_a_leader_and_by_no_handler(marked_town: Town) -> None:
    async with marked_town.client_of(Role.HANDLER) as handler, marked_town.client_of(Role.LEADER) as leader:
        shown = (await handler.get("/restored")).json()
        refused = await handler.post("/restored/acknowledge", json={})
        live = await leader.post("/restored/acknowledge", json={})
        again = await leader.post("/restored/acknowledge", json={})

    assert shown == {"waits": True, "made": "then", "restored": "1970-01-01T00:00:00.000Z"}
    assert (refused.status_code, live.json()["waits"], again.status_code) == (403, False, 409)
