"""Everything that people do with duty, in one place for the API."""

from dataclasses import dataclass

from linkage.ledger import Ledger
from linkage.roster.changing import Changing
from linkage.roster.duty import DutyBook
from linkage.roster.feeds import Feeds
from linkage.roster.handing import Handovers
from linkage.roster.log import DutyLog
from linkage.roster.showing import Shown
from linkage.roster.signing import HandoverList
from linkage.roster.swapping import Swapping


@dataclass(frozen=True, slots=True)
class DutyOffice:
    """The services of rosters, handovers and the duty log."""

    book: DutyBook
    shown: Shown
    changing: Changing
    swapping: Swapping
    handovers: Handovers
    handover_list: HandoverList
    log: DutyLog
    feeds: Feeds


def duty_office(ledger: Ledger) -> DutyOffice:
    """Return them over one ledger."""
    book = DutyBook(ledger.database)
    changing = Changing(ledger, book.history)
    return DutyOffice(
        book=book,
        shown=Shown(ledger, book),
        changing=changing,
        swapping=Swapping(ledger, book.history, changing),
        handovers=Handovers(ledger, book),
        handover_list=HandoverList(ledger, book),
        log=DutyLog(ledger, book),
        feeds=Feeds(ledger, book.history),
    )
