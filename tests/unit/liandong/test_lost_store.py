"""What the embedded broker's log tells of a store that it gave up."""

from pathlib import Path

import pytest

from liandong.broker import lost_store
from liandong.broker.lost_store import LostStore

LINE = "[7] 2026/11/22 [ERR] Filestore [$MQTT_msgs] Critical write error: no space left on device\n"
OTHER = "[7] 2026/11/22 [INF] Server is ready\n"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "nats.log"


def add(log: Path, text: str) -> None:
    with log.open("a") as file:
        file.write(text)


def test_store_is_lost_from_the_line_that_says_so_until_that_is_forgotten(log: Path) -> None:
    add(log, LINE)  # of an earlier run
    store = LostStore(log)
    add(log, OTHER)
    before = store.is_lost()
    add(log, LINE)
    found = (store.is_lost(), store.is_lost())
    store.forget()
    add(log, OTHER)

    assert (before, found, store.is_lost()) == (False, (True, True), False)


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
