"""Everything that people do with plans, in one place for the API."""

from dataclasses import dataclass

from linkage.ledger import Ledger
from linkage.notices.notices import Notices
from linkage.plans.board import Board
from linkage.plans.drills import Drills
from linkage.plans.parts import Parts
from linkage.plans.responses import Responses
from linkage.plans.upward import Upward
from linkage.warnings.issuing import Warnings
from linkage.warnings.listing import WarningList


@dataclass(frozen=True, slots=True)
class PlanOffice:
    """The services of plans, responses, warnings, notices for the public, reports upward and drills."""

    ledger: Ledger
    responses: Responses
    parts: Parts
    board: Board
    upward: Upward
    drills: Drills
    warnings: Warnings
    warning_list: WarningList
    notices: Notices


def plan_office(ledger: Ledger) -> PlanOffice:
    """Return them over one ledger."""
    return PlanOffice(
        ledger=ledger,
        responses=Responses(ledger),
        parts=Parts(ledger),
        board=Board(ledger),
        upward=Upward(ledger),
        drills=Drills(ledger),
        warnings=Warnings(ledger),
        warning_list=WarningList(ledger.database),
        notices=Notices(ledger),
    )
