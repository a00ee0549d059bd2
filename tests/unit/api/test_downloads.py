"""Readings to take away over HTTP: by whom, and how many."""

import pytest

from api.routes import downloads
from city.history import LatestReading
from linkage.person import Role
from tests.support.api import Town

SPAN = {"quantity": "water_level", "from": "2026-11-20T08:00:00Z", "to": "2026-11-20T09:00:00Z"}


@pytest.fixture
def told(town: Town) -> Town:
    for number in range(3):
        time_ns = 1_795_161_600_000_000_000 + number * 1_000_000_000
        town.feed.keep(LatestReading("underpass/1", "water_level", time_ns, time_ns, 0.5 * number, 8))
    return town


async def download(town: Town, role: Role = Role.OPERATOR, **more: str) -> tuple[int, str]:
    async with town.client_of(role) as client:
        answer = await client.get("/sensors/underpass/1/readings.csv", params={**SPAN, **more})
    return answer.status_code, answer.text


async def test_readings_are_downloaded_as_csv(told: Town) -> None:
    status, text = await download(told)

    assert status == 200
    assert text.splitlines()[:2] == [
        "sensor,quantity,unit,time,value,quality",
        "underpass/1,water_level,m,2026-11-20T08:00:00.000Z,0.0,late",
    ]
    assert len(text.splitlines()) == 4


async def test_whoever_watches_does_not_take_readings_away(told: Town) -> None:
    assert (await download(told, Role.MONITOR))[0] == 403


async def test_longer_span_than_a_month_is_refused(told: Town) -> None:
    status, text = await download(told, Role.LEADER, **{"from": "2026-10-01T00:00:00Z"})

    assert status == 409
    assert "31 days" in text


async def test_more_readings_than_the_limit_are_refused(told: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "MOST_READINGS", 2)

    status, text = await download(told)

    assert status == 409
    assert "2 readings" in text
