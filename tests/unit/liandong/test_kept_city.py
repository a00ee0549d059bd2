"""`liandong rules explain` answers from the files of a city that is not running."""

import json
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from city.catalogue import default_catalogue
from city.clock import SECOND_NS, SystemClock, iso, to_ns
from city.entry import Arrivals, Connection, Context, Entry, Journaled, NumberedSensor, Tick
from city.reading import ReadingBatch
from ingest.config import JournalSettings
from ingest.identity import Identity
from ingest.journal import Journal
from liandong.city_folder import read_city
from liandong.cli import run
from liandong.exits import Exit
from liandong.folder import DataFolder
from rules.checkpoint import Judge
from storage.config import HistorySettings
from storage.history import open_history
from storage.migrate import upgrade
from storage.sql import Database
from tests.support.small_city import write_small_city

NOW_NS = to_ns(datetime.now(UTC) - timedelta(minutes=10)) // SECOND_NS * SECOND_NS


@dataclass(frozen=True)
class Kept:
    """A data folder whose city has ended, and how its commands are told of it."""

    folder: DataFolder
    city: Path

    def explain(self, sensor: str, seconds: float, *more: str) -> int:
        at = iso(NOW_NS + round(seconds * SECOND_NS))
        where = ("--data", str(self.folder.root), "--city", str(self.city))
        return run(["rules", "explain", "--rule", "underpass-water", "--sensor", sensor, "--at", at, *where, *more])


def reading(number: int, quantity: int, seconds: int, value: float) -> Arrivals:
    at_ns = NOW_NS + seconds * SECOND_NS
    return Arrivals(ReadingBatch.of([(number, quantity, at_ns, at_ns, value, 0)]))


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """Return a city that heard one sensor three times, of which the history store has only the first word."""
    root = tmp_path_factory.mktemp("kept")
    city, folder = read_city(write_small_city(root / "city")), DataFolder(root / "data")
    folder.create()
    clock = SystemClock()
    with closing(Identity(folder.ingest / "identity.sqlite")) as identity:
        numbers = {one.id: identity.sensor_number(one.id) for one in city.sensors}
        quantities = {"water_level": identity.quantity_number("water_level")}
        identity.flush()
        sensors = tuple(NumberedSensor(numbers[one.id], one) for one in city.sensors)
        entries: list[Entry] = [
            Context(NOW_NS, "first", city.book, sensors, quantities, str(city.about.zone)),
            Connection(NOW_NS, listening=True),
            reading(numbers["up-01"], 1, 1, 5.0),
            Tick(NOW_NS + 2 * SECOND_NS),
            reading(numbers["up-01"], 1, 10, 20.0),
            Tick(NOW_NS + 11 * SECOND_NS),
            reading(numbers["up-01"], 1, 30, 13.0),
            Tick(NOW_NS + 31 * SECOND_NS),
        ]
        settings = JournalSettings(min_free_bytes=0)
        with closing(Journal(folder.ingest / "journal", settings, readers={})) as journal:
            journal.append(entries)
        with closing(Judge.open(folder.ingest / "rules.sqlite", default_catalogue(), clock)) as judge:
            for position, entry in enumerate(entries, 1):
                judge.apply(Journaled(position, entry))
        history = open_history(HistorySettings(), folder.history, names=identity, catalogue=city.catalogue, clock=clock)
        with closing(history):
            history.append([(3, entries[2])], 3)  # type: ignore[list-item]
    with closing(Database(f"sqlite:///{folder.database}")) as database:
        upgrade(database)
    return Kept(folder, root / "city")


def test_why_and_why_not_are_answered_from_history_and_journal(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    codes = [kept.explain("up-01", seconds, "--json") for seconds in (5, 20)]
    calm, alarmed = map(json.loads, capsys.readouterr().out.splitlines())

    assert codes == [Exit.OK, Exit.OK]
    assert (calm["answer"], [one["value"] for one in calm["readings"]]) == ("not_met", [5.0])
    assert (alarmed["answer"], alarmed["level"]) == ("open", "major")
    assert [one["value"] for one in alarmed["readings"]] == [20.0, 5.0], "the newest lies in the journal only"
    assert calm["window"]["limits"] == []


def test_a_sensor_that_was_never_heard_has_its_answer_too(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    assert kept.explain("up-02", 20) == Exit.OK
    assert "no reading that could be judged" in capsys.readouterr().out


def test_files_that_another_ingest_has_are_left_alone(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    with kept.folder.held("ingest"):
        assert kept.explain("up-01", 5) == Exit.UNAVAILABLE

    assert "its files are its own meanwhile" in capsys.readouterr().err


def test_where_nothing_was_ever_kept_it_is_said(kept: Kept, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert Kept(DataFolder(tmp_path / "none"), kept.city).explain("up-01", 5) == Exit.UNAVAILABLE

    assert "none has kept its rules there" in capsys.readouterr().err


def test_a_level_that_is_kept_below_its_limit_says_by_what(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    assert kept.explain("up-01", 40) == Exit.OK

    told = capsys.readouterr().out.splitlines()
    assert "  an alarm stood open: major" in told
    assert "    major: above 15 - not met, kept while above 12" in told
    assert "    critical: above 27 - not met" in told
    made = iso(NOW_NS + 30 * SECOND_NS)
    assert f"    reading: time {made}, arrival {made}, value 13" in told
