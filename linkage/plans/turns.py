"""The turns of plans: proposals, reporting rhythms, reports upward, and what players are told in an exercise."""

from linkage.ledger import Ledger
from linkage.plans.drills import Injects
from linkage.plans.parts import Rhythm
from linkage.plans.proposer import Proposer
from linkage.plans.upward import UpwardTurn
from linkage.turn import Turn


def plan_turns(ledger: Ledger) -> tuple[Turn, ...]:
    """Return them; each looks at an index on its next time, or at the end of the log."""
    return (Proposer(ledger), Rhythm(ledger), UpwardTurn(ledger), Injects(ledger))
