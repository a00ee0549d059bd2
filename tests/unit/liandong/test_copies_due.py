"""When copies and their tests are due and when they are too old, and the incident that is."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from city.alarm import AlarmTransition, Change
from city.clock import ManualClock, SystemClock
from liandong.cli import run
from liandong.copies.config import BackupSettings
from liandong.copies.manifest import BadCopy
from liandong.copies.metrics import tell_copies
from liandong.copies.schedule import due
from liandong.copies.standing import Standings, complaints, shown
from liandong.copies.watch import CopyWatch

DAILY = BackupSettings(to=Path("/mnt/copies"), every_h=24, test_every_h=48, late_after=2)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 11, 20, tzinfo=UTC))


@pytest.fixture
def standings(tmp_path: Path, clock: ManualClock) -> Standings:
    made = Standings(tmp_path / "copies.json", clock)
    made.begin()
    return made


def test_copy_is_due_at_once_and_then_a_day_later(standings: Standings, clock: ManualClock) -> None:
    first = due(standings.now(), DAILY, clock.now_ns())
    with standings.taking("one"):
        pass
    with standings.testing("one"):
        pass
    after = due(standings.now(), DAILY, clock.now_ns())
    clock.advance(timedelta(days=1))

    assert (first, after, due(standings.now(), DAILY, clock.now_ns())) == ("backup", "", "backup")


def test_copy_that_was_never_tried_out_is_tried(standings: Standings, clock: ManualClock) -> None:
    with standings.taking("one"):
        pass

    assert due(standings.now(), DAILY, clock.now_ns()) == "verify"


def test_what_failed_is_tried_again_after_a_while(standings: Standings, clock: ManualClock) -> None:
    with pytest.raises(BadCopy), standings.taking("one"):
        raise BadCopy(expected="a disk", got="none", at="there")
    at_once = due(standings.now(), DAILY, clock.now_ns())
    clock.advance(timedelta(minutes=10))

    assert (at_once, due(standings.now(), DAILY, clock.now_ns())) == ("", "backup")
    assert "Expected a disk" in str(shown(standings.now(), DAILY, clock.now_ns())["error"])


def test_copy_every_few_minutes_is_due_every_few_minutes(standings: Standings, clock: ManualClock) -> None:
    often = BackupSettings(to=Path("/copies"), every_h=0.02, test_every_h=0)
    with standings.taking("one"):
        pass
    at_once = due(standings.now(), often, clock.now_ns())
    clock.advance(timedelta(hours=0.02))

    assert (at_once, due(standings.now(), often, clock.now_ns())) == ("", "backup")


def test_copy_of_a_clock_that_was_ahead_keeps_none_from_being_taken(standings: Standings, clock: ManualClock) -> None:
    standings.begin()
    clock.advance(timedelta(days=1000))
    for act in (standings.taking, standings.testing):
        with act("one"):
            pass
    clock.advance(timedelta(days=-995))

    assert due(standings.now(), DAILY, clock.now_ns()) == "backup"
    assert complaints(standings.now(), DAILY, clock.now_ns()) == [
        "the last copy is too old",
        "the last tested restore is too old",
    ]


@pytest.mark.parametrize(("to", "counted"), [("second", True), ("elsewhere", False)])
def test_copy_counts_where_the_city_keeps_its_copies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, to: str, *, counted: bool
) -> None:
    (tmp_path / "rules").mkdir()
    config = tmp_path / "liandong.toml"
    config.write_text(f"[backup]\nto = '{tmp_path / 'second'}'\n")
    monkeypatch.chdir(tmp_path)
    city = ["--data", "data", "--city", "rules", "--config", str(config)]

    codes = (run(["backup", "--to", to, *city]), run(["backup", "verify", to, *city]))

    standing = Standings(tmp_path / "data" / "copies.json", SystemClock()).now()
    assert codes == (0, 0)
    assert (bool(standing.taken.at_ns), bool(standing.tested.at_ns)) == (counted, counted)


def test_first_of_several_errors_is_told(standings: Standings, clock: ManualClock) -> None:
    several = ExceptionGroup("tasks", [BadCopy(expected="a disk", got="none", at="there")])
    with pytest.raises(ExceptionGroup), standings.taking("one"):
        raise several

    assert "Expected a disk" in str(shown(standings.now(), DAILY, clock.now_ns())["error"])


def test_complaint_comes_when_copy_and_test_are_too_old(standings: Standings, clock: ManualClock) -> None:
    fresh = complaints(standings.now(), DAILY, clock.now_ns())
    clock.advance(timedelta(days=3))
    never = complaints(standings.now(), DAILY, clock.now_ns())
    with standings.taking("one"):
        pass
    clock.advance(timedelta(days=3))

    assert fresh == []
    assert never == ["there is no copy yet"]
    assert complaints(standings.now(), DAILY, clock.now_ns()) == [
        "the last copy is too old",
        "there is no tested restore yet",
    ]
    assert complaints(standings.now(), BackupSettings(), clock.now_ns()) == []


def test_ages_are_metrics(standings: Standings, clock: ManualClock) -> None:
    registry = CollectorRegistry()
    tell_copies(standings, DAILY, clock, registry)
    with standings.taking("one"):
        pass
    clock.advance(timedelta(days=5))

    sample = registry.get_sample_value
    assert sample("liandong_copy_last_timestamp_seconds", {"act": "taken"}) == 1_795_132_800
    assert sample("liandong_copies_late") == 2


def test_lateness_is_one_alarm_that_clears_even_after_a_new_start(
    tmp_path: Path, standings: Standings, clock: ManualClock
) -> None:
    admitted: list[AlarmTransition] = []

    def watch() -> CopyWatch:
        return CopyWatch(standings, DAILY, clock, tmp_path / "copies-alarm", admitted.extend)

    assert watch().take() == 0
    clock.advance(timedelta(days=3))
    late = watch()
    late.take()
    late.take()
    watch().take()
    with standings.taking("one"):
        pass
    with standings.testing("one"):
        pass
    watch().take()
    watch().take()

    assert [one.change for one in admitted] == [Change.RAISED, Change.RAISED, Change.CLEARED]
    assert len({one.alarm for one in admitted}) == 1
    assert len({one.id for one in admitted}) == 2
