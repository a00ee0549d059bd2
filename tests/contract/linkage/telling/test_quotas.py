"""Quotas by department: what is over is held, counted and summed up, but never what matters most."""

from dataclasses import replace

from sqlalchemy import select

from city.alarm import Change
from city.level import Level
from linkage.admission.admit import Admitter
from linkage.incidents import Incidents
from linkage.ledger import Ledger
from linkage.tables import MESSAGES
from linkage.telling.book import Quotas, TellingBook
from linkage.telling.summing import Summing
from tests.support.linkage import ACCEPTOR, Town, alarm


def sparing(town: Town, quota: int) -> Ledger:
    """Return the town's ledger with a small quota."""
    book = replace(town.ledger.book, telling=TellingBook(quotas=Quotas(usual=quota)))
    ledger = replace(town.ledger, book=book)
    town.ledger = ledger
    town.incidents, town.admitter = Incidents(ledger), Admitter(ledger)
    return ledger


def states(town: Town) -> list[tuple[str, str]]:
    with town.database.read() as connection:
        rows = connection.execute(select(MESSAGES).order_by(MESSAGES.c.id))
        return [(row.kind, row.state) for row in rows]


def test_what_is_over_the_quota_is_held(town: Town):
    sparing(town, 2)
    for _ in range(4):
        town.reported()

    assert states(town) == [("open", "waiting")] * 2 + [("open", "held")] * 2


def test_held_messages_are_summed_up_once_there_is_room(town: Town):
    ledger = sparing(town, 2)
    for _ in range(9):
        town.reported()
    early = Summing(ledger).take()
    town.wait(minutes=61)
    written = [Summing(ledger).take(), Summing(ledger).take()]

    with town.database.read() as connection:
        row = connection.execute(select(MESSAGES).where(MESSAGES.c.kind == "summary")).one()
    assert (early, written) == (0, [1, 0])
    assert "And 7 more messages" in row.subject
    assert row.body.count("\n- ") == 5
    assert states(town).count(("open", "summed_up")) == 7


def test_first_notice_of_priority_one_and_a_rise_are_never_held(town: Town):
    sparing(town, 1)
    town.reported()
    town.reported(priority=1)
    town.raised(alarm())
    town.raised(alarm(Change.RISEN, Level.CRITICAL, step=1))

    assert states(town) == [("open", "waiting"), ("open", "waiting"), ("open", "held"), ("rise", "waiting")]


def test_quota_is_each_departments_own(town: Town):
    ledger = sparing(town, 2)
    for _ in range(3):
        town.reported(by=ACCEPTOR)
    town.wait(minutes=61)
    town.reported()

    assert states(town)[-1] == ("open", "waiting")
    assert ledger.book.telling.quotas.of("water") == 2
