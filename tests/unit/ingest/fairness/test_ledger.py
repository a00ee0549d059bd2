import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from city.clock import SECOND_NS
from city.errors import StoreUnavailable
from city.intake import Shed
from ingest.fairness.config import LedgerSettings
from ingest.fairness.ledger import Ledger
from ingest.journal_codec import LetGo, Record, ShedRow

HOUR_NS = 3600 * SECOND_NS


class Now:
    """A clock that stands."""

    def __init__(self, now_ns: int) -> None:
        self._now_ns = now_ns

    def now_ns(self) -> int:
        return self._now_ns


def ledger_in(folder: Path, *, now_ns: int = 0) -> Ledger:
    return Ledger(folder / "ledger.sqlite", LedgerSettings(keep_days=1), Now(now_ns))


def let_go(position: int, at_ns: int, *rows: tuple[str, str, int]) -> Record:
    shed = tuple(ShedRow(source, reason, count, 10 * count) for source, reason, count in rows)
    return Record(position, LetGo(at_ns, shed))


def test_ledger_adds_up_by_hour_source_and_reason(tmp_path):
    with closing(ledger_in(tmp_path)) as ledger:
        ledger.keep([let_go(1, 5, ("gw", "source_rate", 2)), let_go(2, 9, ("gw", "source_rate", 3))], 2)
        ledger.keep([let_go(3, HOUR_NS, ("gw", "source_rate", 1), ("roof", "city_rate", 7))], 3)

        listed = ledger.listed(0, 10)
        assert [replace(one, id=0) for one in listed] == [
            Shed(0, "roof", "city_rate", 7, 70, HOUR_NS, HOUR_NS),
            Shed(0, "gw", "source_rate", 1, 10, HOUR_NS, HOUR_NS),
            Shed(0, "gw", "source_rate", 5, 50, 5, 9),
        ]
        assert ledger.listed(listed[0].id, 1) == listed[1:2]


def test_record_that_comes_again_is_not_added_again(tmp_path):
    for _ in range(2):
        with closing(ledger_in(tmp_path)) as ledger:
            ledger.keep([let_go(1, 5, ("gw", "source_rate", 2))], 1)

    with closing(ledger_in(tmp_path)) as ledger:
        assert [one.messages for one in ledger.listed(0, 10)] == [2]
        assert ledger.position() == 1


@pytest.mark.parametrize(("now_ns", "kept"), [(24 * HOUR_NS, 1), (26 * HOUR_NS, 0)], ids=["a day", "more"])
def test_ledger_forgets_what_is_too_old(tmp_path, now_ns, kept):
    with closing(ledger_in(tmp_path, now_ns=now_ns)) as ledger:
        ledger.keep([let_go(1, 5, ("gw", "source_rate", 2))], 1)

        assert len(ledger.listed(0, 10)) == kept


def test_rows_of_one_hour_are_told_from_the_first_to_the_last_in_whatever_order_they_come(tmp_path):
    with closing(ledger_in(tmp_path)) as ledger:
        for position, at_ns in enumerate((7, 9, 5), 1):
            ledger.keep([let_go(position, at_ns, ("gw", "source_rate", 1))], position)

        assert [(one.first_ns, one.last_ns) for one in ledger.listed(0, 10)] == [(5, 9)]


def test_position_never_goes_back(tmp_path):
    with closing(ledger_in(tmp_path)) as ledger:
        ledger.keep([], 9)
        ledger.keep([let_go(4, 5, ("gw", "source_rate", 1))], 4)

        assert (ledger.position(), ledger.listed(0, 10)) == (9, [])


def test_file_that_turns_out_damaged_is_begun_anew(tmp_path):
    with closing(ledger_in(tmp_path)) as ledger:
        ledger._file.writer.close()
        (tmp_path / "ledger.sqlite").write_bytes(b"no database" * 999)
        for companion in ("-wal", "-shm"):
            (tmp_path / f"ledger.sqlite{companion}").unlink(missing_ok=True)
        ledger._file.writer = sqlite3.connect(tmp_path / "ledger.sqlite", isolation_level=None)
        with pytest.raises(StoreUnavailable, match="not a database"):
            ledger.keep([let_go(1, 5, ("gw", "source_rate", 2))], 1)
        ledger.keep([let_go(1, 5, ("gw", "source_rate", 2))], 1)

        assert [one.messages for one in ledger.listed(0, 10)] == [2]
    assert (tmp_path / "ledger.damaged-1").exists()
