"""The sign of life goes out while all is well, and stays away when something is not."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from city.clock import ManualClock
from liandong.heartbeat import Ailments, Heartbeat
from liandong.heartbeat_config import HeartbeatSettings
from storage.sql import Database
from tests.support.feed import QUIET, MemoryFeed
from tests.support.webhook import Receiver, webhook_server

CLOCK = ManualClock(datetime(2026, 11, 20, tzinfo=UTC))


def beating(settings: HeartbeatSettings, *ailments: str, allow: Sequence[str] = ("127.0.0.0/8",)) -> Heartbeat:
    async def found() -> Sequence[str]:
        return ailments

    return Heartbeat(settings, found, CLOCK, allow)


def to(listener: Receiver, file: Path | None = None) -> HeartbeatSettings:
    return HeartbeatSettings(url=SecretStr(f"http://127.0.0.1:{listener.port}/alive"), method="POST", file=file)


async def test_refusal_is_no_sign_of_life() -> None:
    with webhook_server() as listener:
        listener.statuses.append(500)

        assert not await beating(to(listener)).beat()


async def test_sign_of_life_goes_to_whoever_listens() -> None:
    with webhook_server() as listener:
        assert await beating(to(listener)).beat()

        assert len(listener.hooks) == 1


async def test_sign_of_life_stays_away_when_something_is_wrong(tmp_path: Path) -> None:
    file = tmp_path / "alive"
    with webhook_server() as listener:
        assert not await beating(to(listener, file), "broker").beat()

        assert listener.hooks == []
    assert not file.exists()


async def test_internal_address_that_is_not_allowed_is_not_asked() -> None:
    with webhook_server() as listener:
        assert not await beating(to(listener), allow=()).beat()

        assert listener.hooks == []


async def test_sign_of_life_is_a_file_for_a_watcher_on_this_machine(tmp_path: Path) -> None:
    assert await beating(HeartbeatSettings(file=tmp_path / "alive")).beat()

    assert (tmp_path / "alive").read_text() == "2026-11-20T00:00:00.000Z\n"


WRONG = [
    pytest.param({}, (), [], id="nothing"),
    pytest.param({"listening": False}, (), ["broker"], id="the broker away"),
    pytest.param({"history_error": "full"}, (), ["history"], id="history away"),
    pytest.param({}, ("copies",), ["copies"], id="copies too old"),
    pytest.param({}, ("restored",), ["restored"], id="a restored copy that nobody has called the city"),
    pytest.param(None, (), ["ingest"], id="ingest away"),
]


@pytest.mark.parametrize(("status", "late", "expected"), WRONG)
async def test_what_is_wrong_is_named(
    tmp_path: Path, status: dict[str, object] | None, late: tuple[str, ...], expected: list[str]
) -> None:
    feed = MemoryFeed(away=status is None, now=replace(QUIET, **(status or {})))  # type: ignore[arg-type]
    database = Database(f"sqlite:///{tmp_path}/city.sqlite")

    found = await Ailments(database, feed, lambda: "copies" in late, lambda: "restored" in late)()
    assert found == expected

    database.close()


async def test_database_that_does_not_answer_is_named() -> None:
    database = Database("postgresql+psycopg://nobody@127.0.0.1:1/none")

    assert await Ailments(database, MemoryFeed(), lambda: False, lambda: False)() == ["database"]

    database.close()
