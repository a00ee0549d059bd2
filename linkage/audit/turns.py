"""The turns of evaluation and audit: following the log, verifying it, noting its end outside."""

from linkage.audit.anchoring import Anchorer
from linkage.audit.rounds import Auditor
from linkage.evaluation.following import Follower
from linkage.ledger import Ledger
from linkage.telling.couriers import AppriseCourier
from linkage.turn import Turn


def log_turns(ledger: Ledger) -> tuple[Turn, ...]:
    """Return them; where the ledger names no file, nothing is noted outside."""
    settings, courier = ledger.settings.audit, AppriseCourier(ledger.settings.messages)
    watching = (Follower(ledger.database), Auditor(ledger.database, ledger.clock, settings))
    if ledger.anchors is None:
        return watching
    return (*watching, Anchorer(ledger.database, ledger.clock, settings, ledger.anchors, courier))
