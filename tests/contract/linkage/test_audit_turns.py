"""The log verified in rounds, and its end noted outside, on each database."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import text

from city.clock import ManualClock
from linkage import event_log
from linkage.audit.anchoring import Anchorer
from linkage.audit.anchors import read_anchors
from linkage.audit.config import AuditSettings
from linkage.audit.office import AuditOffice
from linkage.audit.rounds import Auditor, progress
from linkage.deed import Deed
from linkage.event_log import Stamp
from linkage.telling.couriers import Letterbox
from storage.sql import Database
from tests.support.tampering import unprotected

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)


def write(database: Database, count: int, step: str = "note") -> None:
    with database.write() as connection:
        event_log.append(connection, [(Deed(step=step), Stamp(at_ns=number)) for number in range(count)])


def auditor(database: Database, rows: int) -> Auditor:
    return Auditor(database, ManualClock(NOW), AuditSettings(verify_rows=rows))


def test_round_goes_part_by_part_and_begins_anew(database: Database) -> None:
    write(database, 25)
    one = auditor(database, 10)

    parts = [one.take() for _ in range(4)]

    assert parts == [10, 10, 5, 10]
    with database.read() as connection:
        found = progress(connection)
    assert found is not None
    assert (found.number, found.ended_number, found.ended_faults) == (10, 25, 0)


def test_damage_is_kept_until_a_whole_round_is_without(database: Database) -> None:
    write(database, 25)
    with database.write() as connection, unprotected(connection):
        connection.execute(text("UPDATE events SET note = 'dry' WHERE number = 7"))
    one = auditor(database, 10)

    one.take()
    with database.read() as connection:
        during = progress(connection)
    for _ in range(2):
        one.take()
    with database.read() as connection:
        after = progress(connection)

    assert during is not None
    assert after is not None
    assert (during.faults, during.first_fault) == (1, "changed 7")
    assert (after.faults, after.ended_faults, after.ended_first_fault) == (0, 1, "changed 7")


def test_round_survives_a_restart(database: Database) -> None:
    write(database, 25)

    assert [auditor(database, 10).take() for _ in range(3)] == [10, 10, 5]


def test_empty_log_is_a_whole_round(database: Database) -> None:
    auditor(database, 10).take()

    with database.read() as connection:
        found = progress(connection)
    assert found is not None
    assert (found.ended_number, found.ended_faults) == (0, 0)


def test_end_is_noted_when_it_is_time_and_at_once_at_handover(database: Database, tmp_path: Path) -> None:
    clock, path = ManualClock(NOW), tmp_path / "anchors.log"
    letters = Letterbox()
    settings = AuditSettings(anchor_every_s=600, anchor_channel="notary")
    one = Anchorer(database, clock, settings, path, letters)

    write(database, 2)
    first, again = one.take(), one.take()
    write(database, 1)
    too_soon = one.take()
    write(database, 1, step="sign_in")
    at_once = one.take()
    write(database, 1)
    clock.advance(timedelta(seconds=601))
    later = one.take()

    assert (first, again, too_soon, at_once, later) == (1, 0, 0, 1, 1)
    assert sorted(read_anchors(path)) == [2, 4, 5]
    assert [letter.channel for letter in letters.letters] == ["notary"] * 3
    assert event_log.verify(database, read_anchors(path)) == []


def test_anchor_that_cannot_be_written_is_tried_again(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "away" / "anchors.log"
    one = Anchorer(database, ManualClock(NOW), AuditSettings(), path, Letterbox())
    write(database, 1)

    assert one.take() == 0
    path.parent.mkdir()
    assert one.take() == 1


def test_office_tells_that_the_log_left_its_anchor(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "anchors.log"
    write(database, 5)
    Anchorer(database, ManualClock(NOW), AuditSettings(), path, Letterbox()).take()
    office = AuditOffice(database, path)
    whole = office.standing().anchored

    with database.write() as connection, unprotected(connection):
        connection.execute(text("DELETE FROM events WHERE number = 5"))
        connection.execute(text("UPDATE event_chain SET number = 4, hash = (SELECT hash FROM events WHERE number = 4)"))
    cut = office.standing().anchored

    assert whole is not None
    assert cut is not None
    assert (whole.number, whole.holds, cut.holds) == (5, True, False)
