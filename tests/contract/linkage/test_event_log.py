from collections.abc import Callable

import pytest
from sqlalchemy import Connection, text

from linkage.audit.chain import GENESIS, Damage, Fault
from linkage.event_log import verify
from linkage.states import Step
from tests.support.linkage import ACCEPTOR, FOREMAN, Town
from tests.support.tampering import unprotected


def write_five(town: Town) -> None:
    number = town.reported().id
    town.act(number, Step.VERIFY, ACCEPTOR)
    town.act(number, Step.COMMENT, FOREMAN, note="水深 15 cm")
    town.act(number, Step.FILE, ACCEPTOR)
    town.act(number, Step.COMMENT, FOREMAN, note="封路")


def statements(*lines: str) -> Callable[[Connection], None]:
    def tamper(connection: Connection) -> None:
        for line in lines:
            connection.execute(text(line))

    return tamper


def test_log_is_whole(town: Town):
    assert verify(town.database) == []
    write_five(town)
    assert verify(town.database) == []


@pytest.mark.rows_forged
@pytest.mark.parametrize(
    ("tamper", "faults"),
    [
        pytest.param(
            statements("UPDATE events SET note = 'dry' WHERE number = 3"),
            [Fault(Damage.CHANGED, 3)],
            id="a note rewritten",
        ),
        pytest.param(
            statements("UPDATE events SET at_ns = at_ns - 1 WHERE number = 2"),
            [Fault(Damage.CHANGED, 2)],
            id="a time set back",
        ),
        pytest.param(
            statements("UPDATE events SET actor = 'foreman' WHERE number = 4"),
            [Fault(Damage.CHANGED, 4)],
            id="somebody else's name",
        ),
        pytest.param(statements("DELETE FROM events WHERE number = 3"), [Fault(Damage.MISSING, 3)], id="one taken out"),
        pytest.param(
            statements("DELETE FROM events WHERE number >= 4"),
            [Fault(Damage.MISSING, 4), Fault(Damage.MISSING, 5)],
            id="the end cut off",
        ),
        pytest.param(
            statements(
                "DELETE FROM events WHERE number = 3",
                "UPDATE events SET number = 3 WHERE number = 4",
                "UPDATE events SET number = 4 WHERE number = 5",
                "UPDATE event_chain SET number = 4",
            ),
            [Fault(Damage.MISSING, 3)],
            id="one taken out and the rest moved up",
        ),
        pytest.param(
            statements(
                "UPDATE events SET number = 99 WHERE number = 2",
                "UPDATE events SET number = 2 WHERE number = 3",
                "UPDATE events SET number = 3 WHERE number = 99",
            ),
            [Fault(Damage.REORDERED, 2), Fault(Damage.REORDERED, 3), Fault(Damage.REORDERED, 4)],
            id="two changed places",
        ),
        pytest.param(
            statements("UPDATE event_chain SET number = 4, hash = (SELECT hash FROM events WHERE number = 4)"),
            [Fault(Damage.ADDED, 5)],
            id="one more than was noted",
        ),
        pytest.param(
            statements(f"UPDATE event_chain SET hash = '{GENESIS}'"),
            [Fault(Damage.CHANGED, 5)],
            id="another end noted",
        ),
    ],
)
def test_tampering_is_found(town: Town, tamper: Callable[[Connection], None], faults: list[Fault]):
    write_five(town)
    with town.database.write() as connection, unprotected(connection):
        tamper(connection)

    assert verify(town.database) == faults


def test_row_forged_with_a_good_seal_breaks_the_link(town: Town):
    write_five(town)
    with town.database.write() as connection, unprotected(connection):
        connection.execute(text("UPDATE events SET note = 'dry' WHERE number = 3"))
        # The seal as a forger would make it anew, for want of which the row after does not fit.
        forged = "f" * 64
        connection.execute(text(f"UPDATE events SET hash = '{forged}' WHERE number = 3"))

    assert verify(town.database) == [Fault(Damage.CHANGED, 3), Fault(Damage.MISSING, 4)]
