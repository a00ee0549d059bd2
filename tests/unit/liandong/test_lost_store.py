"""What the embedded broker's log tells of a store that it gave up."""

from pathlib import Path

import pytest

from liandong.broker import lost_store
from liandong.broker.lost_store import LostStore

LINE = "[7] 2026/11/22 [ERR] Filestore [$MQTT_msgs] Critical write error: no space left on device\n"
REFUSED = (
    "[7] 2026/11/22 [ERR] JetStream failed to store a msg on stream 'CITY > $MQTT_sess': write 2.blk: "
    "no space left on device\n"
)
BEGUN = "[8] 2026/11/22 [INF] Starting nats-server\n"
OTHER = "[7] 2026/11/22 [INF] Server is ready\n"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "nats.log"


def add(log: Path, text: str) -> None:
    with log.open("a") as file:
        file.write(text)


@pytest.mark.parametrize("line", [LINE, REFUSED], ids=["said once", "said of a session, whenever one is asked for"])
def test_store_is_lost_from_the_line_that_says_so_until_another_server_begins(log: Path, line: str) -> None:
    add(log, line)  # of an earlier run
    store = LostStore(log)
    add(log, OTHER)
    before = store.is_lost()
    add(log, line)
    found = (store.is_lost(), store.is_lost())
    add(log, line + BEGUN + OTHER)

    assert (before, found, store.is_lost()) == (False, (True, True), False)


def test_store_that_the_next_server_loses_at_once_is_lost(log: Path) -> None:
    store = LostStore(log)
    add(log, LINE + BEGUN + LINE)

    assert store.is_lost()


def test_stream_that_is_as_large_as_it_may_be_is_not_lost(log: Path) -> None:
    store = LostStore(log)
    add(log, REFUSED.replace("no space left on device", "maximum bytes exceeded"))

    assert not store.is_lost()


def test_line_that_was_half_written_is_seen(log: Path) -> None:
    store = LostStore(log)
    middle = LINE.index("write")
    add(log, LINE[:middle])
    half = store.is_lost()
    add(log, LINE[middle:])

    assert (half, store.is_lost()) == (False, True)


def test_log_that_was_put_away_is_read_from_its_start(log: Path) -> None:
    add(log, OTHER * 10)
    store = LostStore(log)
    log.write_text(LINE)

    assert store.is_lost()


def test_log_that_is_missing_says_nothing(log: Path) -> None:
    assert not LostStore(log).is_lost()


def test_room_is_that_of_the_logs_disk(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = LostStore(log)
    now = store.has_room()
    monkeypatch.setattr(lost_store, "ROOM_BYTES", 2**80)

    assert (now, store.has_room()) == (True, False)
