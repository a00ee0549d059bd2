import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from city.clock import ManualClock
from city.errors import NotFound, StoreUnavailable
from city.feed import Quarantined
from ingest.config import QuarantineSettings
from ingest.journal_codec import Record, Refused
from ingest.message import QuarantinedMessage
from ingest.quarantine import Quarantine

START = datetime(2026, 11, 20, 8, tzinfo=UTC)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START)


@pytest.fixture
def quarantine(tmp_path: Path, clock: ManualClock) -> Iterator[Quarantine]:
    with closing(opened(tmp_path, clock)) as quarantine:
        yield quarantine


def opened(folder: Path, clock: ManualClock, **settings: float) -> Quarantine:
    return Quarantine(folder / "quarantine.sqlite", QuarantineSettings.model_validate(settings), clock)


def refused(position: int, clock: ManualClock, *payloads: bytes, reason: str = "not_json") -> Record:
    messages = tuple(QuarantinedMessage(b"a/b", payload, reason, "why", 2 * len(payload)) for payload in payloads)
    return Record(position, Refused(clock.now_ns(), messages))


def ids(listed: list[Quarantined]) -> list[int]:
    return [one.id for one in listed]


def test_messages_are_listed_newest_first_without_bytes(quarantine, clock):
    quarantine.keep([refused(4, clock, b"one", b"two"), refused(9, clock, b"three")], 12)

    assert quarantine.listed(0, 2) == [
        Quarantined(3, clock.now_ns(), "a/b", "not_json", "why", 10),
        Quarantined(2, clock.now_ns(), "a/b", "not_json", "why", 6),
    ]
    assert ids(quarantine.listed(2, 10)) == [1]
    assert quarantine.position() == 12


def test_whole_message_has_its_bytes(quarantine, clock):
    quarantine.keep([refused(4, clock, b"\xff\x00")], 4)

    assert quarantine.whole(1).payload == b"\xff\x00"


def test_unknown_message_is_not_found(quarantine):
    with pytest.raises(NotFound, match="quarantined message"):
        quarantine.whole(1)


def test_same_record_twice_is_kept_once(quarantine, clock):
    for _ in range(2):
        quarantine.keep([refused(4, clock, b"one", b"two")], 4)

    assert ids(quarantine.listed(0, 10)) == [2, 1]


def test_topic_that_is_not_utf8_can_be_read(quarantine):
    quarantine.keep([Record(1, Refused(START_NS, (QuarantinedMessage(b"a/\xff", b"", "bad_topic", ""),)))], 1)

    assert [(one.topic, one.size) for one in quarantine.listed(0, 1)] == [("a/\\xff", 0)]


START_NS = ManualClock(START).now_ns()


def test_messages_are_counted_by_reason(quarantine, clock):
    quarantine.keep([refused(1, clock, b"a", b"b"), refused(2, clock, b"c", reason="too_deep")], 2)

    assert quarantine.counts() == {"not_json": 2, "too_deep": 1}


def test_oldest_go_when_there_are_too_many(tmp_path, clock):
    with closing(opened(tmp_path, clock, max_messages=3)) as quarantine:
        quarantine.keep([refused(1, clock, b"a", b"b"), refused(2, clock, b"c", b"d")], 2)

        assert ids(quarantine.listed(0, 10)) == [4, 3, 2]


def test_message_is_gone_after_its_days(quarantine, clock):
    quarantine.keep([refused(1, clock, b"old")], 1)
    clock.advance(timedelta(days=7, seconds=1))
    seen = quarantine.listed(0, 10), quarantine.counts()
    quarantine.keep([refused(2, clock, b"new")], 2)

    assert seen == ([], {})
    assert ids(quarantine.listed(0, 10)) == [2]
    with pytest.raises(NotFound):
        quarantine.whole(1)


def test_everything_is_there_after_a_restart(tmp_path, clock):
    with closing(opened(tmp_path, clock)) as quarantine:
        quarantine.keep([refused(1, clock, b"a")], 7)

    with closing(opened(tmp_path, clock)) as again:
        assert (ids(again.listed(0, 10)), again.position()) == ([1], 7)


@pytest.mark.parametrize("data", [b"no database" * 999, b""], ids=["overwritten", "emptied"])
def test_damaged_file_is_set_aside_for_a_fresh_one(tmp_path, clock, data):
    with closing(opened(tmp_path, clock)) as quarantine:
        quarantine.keep([refused(1, clock, b"old")], 7)
    (tmp_path / "quarantine.sqlite").write_bytes(data)

    with closing(opened(tmp_path, clock)) as again:
        again.keep([refused(8, clock, b"new")], 9)

        assert ([one.size for one in again.listed(0, 10)], again.position()) == ([6], 9)


def test_file_that_turns_out_damaged_does_not_hold_up_the_journal(quarantine, clock, monkeypatch):
    quarantine.keep([refused(1, clock, b"old")], 1)
    error = sqlite3.DatabaseError("malformed")
    error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    with monkeypatch.context() as broken:
        broken.setattr(quarantine, "_trim", lambda _: _raise(error))
        with pytest.raises(StoreUnavailable):
            quarantine.keep([refused(2, clock, b"new")], 2)
    quarantine.keep([refused(2, clock, b"new")], 2)

    assert [one.id for one in quarantine.listed(0, 10)] == [1]
    assert quarantine.position() == 2


def _raise(error: Exception) -> None:
    raise error
