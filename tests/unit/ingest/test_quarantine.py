import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from city.clock import ManualClock
from city.errors import NotFound, StoreUnavailable
from city.feed import QuarantineCount, Quarantined, Refusals
from ingest.config import QuarantineSettings
from ingest.journal_codec import Record, Refused, Retried, SecondTry
from ingest.message import QuarantinedMessage
from ingest.quarantine import Quarantine, source_of

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

    assert quarantine.counts() == [
        QuarantineCount("not_json", "a", 2, 0),
        QuarantineCount("too_deep", "a", 1, 0),
    ]


def test_oldest_go_when_there_are_too_many(tmp_path, clock):
    with closing(opened(tmp_path, clock, max_messages=3)) as quarantine:
        quarantine.keep([refused(1, clock, b"a", b"b"), refused(2, clock, b"c", b"d")], 2)

        assert ids(quarantine.listed(0, 10)) == [4, 3, 2]


def test_what_is_kept_no_longer_is_counted_by_its_reason(tmp_path, clock):
    before = {reason: deleted(reason) for reason in ("too_old", "too_many")}
    with closing(opened(tmp_path, clock, max_messages=3)) as quarantine:
        quarantine.keep([refused(1, clock, *[b"x"] * 5)], 1)
        clock.advance(timedelta(days=8))
        quarantine.expire()

    assert {reason: deleted(reason) - count for reason, count in before.items()} == {"too_old": 3, "too_many": 2}


def deleted(reason: str) -> float:
    return REGISTRY.get_sample_value("ingest_quarantine_deleted_total", {"reason": reason}) or 0.0


def test_message_is_gone_after_its_days(quarantine, clock):
    quarantine.keep([refused(1, clock, b"old")], 1)
    clock.advance(timedelta(days=7, seconds=1))
    seen = quarantine.listed(0, 10), quarantine.counts()
    quarantine.keep([refused(2, clock, b"new")], 2)

    assert seen == ([], [])
    assert ids(quarantine.listed(0, 10)) == [2]
    with pytest.raises(NotFound):
        quarantine.whole(1)


def test_what_is_too_old_is_deleted_though_nothing_new_comes(tmp_path, quarantine, clock):
    quarantine.keep([refused(1, clock, b"a secret of somebody")], 1)
    clock.advance(timedelta(days=7, seconds=1))
    quarantine.expire()
    quarantine.close()

    assert b"a secret" not in (tmp_path / "quarantine.sqlite").read_bytes()


def test_replayed_messages_wait_no_more_and_others_have_their_new_reason(quarantine, clock):
    quarantine.keep([refused(1, clock, b"a", b"b")], 1)
    quarantine.keep([Record(2, Retried(5, (SecondTry(1, 0), SecondTry(1, 1, "too_deep", "because"))))], 2)

    assert [(one.reason, one.tries, one.replayed_ns) for one in quarantine.listed(0, 10)] == [
        ("too_deep", 1, None),
        ("not_json", 0, 5),
    ]
    assert [one.payload for one in quarantine.waiting(Refusals(), 0, 10)] == [b"b"]
    assert quarantine.counts() == [QuarantineCount("not_json", "a", 0, 1), QuarantineCount("too_deep", "a", 1, 0)]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        pytest.param(Refusals(), [3, 2, 1], id="all"),
        pytest.param(Refusals(reason="too_deep"), [2], id="by reason"),
        pytest.param(Refusals(source="city/video"), [3], id="by source"),
        pytest.param(Refusals(topic="gw/+"), [2, 1], id="by topic"),
        pytest.param(Refusals(reason="not_json", topic="gw/#"), [1], id="by both"),
        pytest.param(Refusals(broker="east"), [3, 1], id="by broker"),
    ],
)
def test_wanted_messages_are_found(quarantine, wanted, found):
    rows = [("gw/1", "not_json", "east"), ("gw/2", "too_deep", ""), ("city/video/c/reading", "not_json", "east")]
    messages = tuple(
        QuarantinedMessage(topic.encode(), b"x", reason, "", broker=broker) for topic, reason, broker in rows
    )
    quarantine.keep([Record(1, Refused(START_NS, messages))], 1)

    assert ids(quarantine.listed(0, 10, wanted)) == found
    assert [one.id for one in quarantine.waiting(wanted, 0, 10)] == sorted(found)


def test_second_tries_that_come_again_change_nothing(quarantine, clock):
    quarantine.keep([refused(1, clock, b"a", b"b")], 1)
    tried = Record(2, Retried(5, (SecondTry(1, 0), SecondTry(1, 1, "too_deep", "because"))))
    for _ in range(2):
        quarantine.keep([tried], 2)

    assert [(one.tries, one.replayed_ns) for one in quarantine.listed(0, 10)] == [(1, None), (0, 5)]


def test_message_is_tried_any_number_of_times_and_understood_once(quarantine, clock):
    quarantine.keep([refused(1, clock, b"a", b"b")], 1)
    for position, time_ns in ((2, 5), (3, 6)):
        tries = (SecondTry(1, 0), SecondTry(1, 1, "too_deep", "because"))
        quarantine.keep([Record(position, Retried(time_ns, tries))], position)

    assert [(one.tries, one.replayed_ns) for one in quarantine.listed(0, 10)] == [(2, None), (0, 5)]


def test_position_never_goes_back(quarantine, clock):
    quarantine.keep([], 9)
    quarantine.keep([refused(4, clock, b"a")], 4)

    assert (quarantine.position(), quarantine.listed(0, 10)) == (9, [])


def test_message_that_is_too_old_is_not_shown_though_it_is_still_there(quarantine, clock):
    quarantine.keep([refused(1, clock, b"old")], 1)
    clock.advance(timedelta(days=7, seconds=1))

    with pytest.raises(NotFound):
        quarantine.whole(1)


def test_message_whose_topic_is_kept_in_another_spelling_is_not_whole(quarantine):
    quarantine.keep([Record(1, Refused(START_NS, (QuarantinedMessage(b"a/\xff", b"x", "bad_topic", ""),)))], 1)

    assert [bool(one.whole) for one in quarantine.waiting(Refusals(), 0, 10)] == [False]


def test_message_of_which_bytes_were_cut_off_is_not_whole(tmp_path, clock):
    with closing(opened(tmp_path, clock, max_payload_bytes=4)) as quarantine:
        messages = (QuarantinedMessage(b"a", b"four", "r", "", 5), QuarantinedMessage(b"a", b'"~"', "r", "", 4))
        quarantine.keep([Record(1, Refused(START_NS, messages))], 1)

        assert [bool(one.whole) for one in quarantine.waiting(Refusals(), 0, 10)] == [False, True]


@pytest.mark.parametrize(
    ("topic", "source"),
    [("gw/roof/7", "gw"), ("city/video/cam/event", "city/video"), ("/key/device/attrs", "/key"), ("", ""), ("//", "")],
)
def test_source_is_the_beginning_of_the_topic(topic, source):
    assert source_of(topic) == source


def test_file_of_an_earlier_version_is_taken_over(tmp_path, clock):
    with closing(sqlite3.connect(tmp_path / "quarantine.sqlite")) as old, old:
        old.execute(
            "CREATE TABLE message (id INTEGER PRIMARY KEY AUTOINCREMENT, position, place, time_ns, topic, reason,"
            " detail, size, payload, UNIQUE (position, place))"
        )
        old.execute("INSERT INTO message VALUES (1, 1, 0, ?, 'a', 'not_json', '', 1, x'00')", (START_NS,))

    with closing(opened(tmp_path, clock)) as quarantine:
        quarantine.keep([refused(2, clock, b"new")], 2)
        listed = [(one.id, one.tries, one.replayed_ns, one.broker) for one in quarantine.listed(0, 10)]
        assert listed == [(2, 0, None, ""), (1, 0, None, "")]


def test_several_threads_may_ask_at_once(quarantine, clock):
    quarantine.keep([refused(4, clock, *[b"x"] * 2_000)], 4)

    def asked(_: int) -> int:
        (count,) = quarantine.counts()
        return int(count.waiting + quarantine.position())

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(asked, range(60))) == {2_004}


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


def test_file_that_is_away_says_so_to_whoever_asks(quarantine, clock):
    quarantine.keep([refused(1, clock, b"a")], 1)
    quarantine._file.writer.execute("DROP TABLE message")

    with pytest.raises(StoreUnavailable, match="no such table"):
        quarantine.listed(0, 10)
    with pytest.raises(StoreUnavailable, match="no such table"):
        quarantine.expire()
