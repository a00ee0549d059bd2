"""What caps ask of the database is found by indexes, however many incidents are open and alarms held back."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event

from linkage.admission.board import Board
from linkage.admission.caps import Caps
from linkage.admission.config import AdmissionSettings
from linkage.admission.grace import Grace
from linkage.admission.openings import openings, openings_of
from linkage.failpoint import Work
from linkage.ledger import Page
from tests.support.empty_city import EmptyCity
from tests.support.linkage import Town, alarm


class Plans:
    """Collects how SQLite goes about each statement that a connection executes."""

    def __init__(self, connection: Connection) -> None:
        self._connection, self.asked = connection, list[tuple[str, Any]]()
        event.listen(connection, "before_cursor_execute", self._note)

    def _note(self, _: object, __: object, statement: str, parameters: object, *___: object) -> None:
        if not statement.startswith("EXPLAIN"):
            self.asked.append((statement, parameters))

    def steps(self) -> list[str]:
        raw = self._connection.connection.driver_connection
        assert raw is not None
        return [
            row[3] for one, parameters in self.asked for row in raw.execute(f"EXPLAIN QUERY PLAN {one}", parameters)
        ]


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(EmptyCity(tmp_path).fresh())


def test_no_question_of_a_cap_reads_a_whole_table(town: Town) -> None:
    with town.ledger.writing(Work.ADMIT) as page:
        plans = Plans(page.connection)
        openings(page.connection, 0)
        openings_of(page.connection, ["water", "heat"], 0)
        Caps(page, AdmissionSettings()).read([(alarm(), None)], board(page, town))
        steps = plans.steps()

    tables = ("admissions", "held_alarms", "incident_keys", "incidents")
    read = [step for step in steps if any(f" {table}" in step for table in tables)]
    assert len(read) >= 7
    assert any("ix_admissions_opened_by (rule=? AND decided_ns>?)" in step for step in read), "only what is lately"
    # What is scanned is a partial index, of what is held back now by a cap.
    assert [step for step in read if not step.startswith("SEARCH") and "INDEX ix_held_alarms" not in step] == []


def board(page: Page, town: Town) -> Board:
    return Board(page, Grace(town.ledger.book, page.now_ns, 0))
