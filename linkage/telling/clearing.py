"""What came back from attempts is kept for a time; messages and the log stay."""

from prometheus_client import Counter

from city.clock import SECOND_NS
from linkage.clearing import Aging, Clearing
from linkage.ledger import Ledger
from linkage.telling.tables import ATTEMPTS

ATTEMPTS_DELETED = Counter(
    "linkage_message_attempts_deleted_total", "Attempts to deliver that were deleted, by reason.", ["reason"]
)

_DAY_NS = 86_400 * SECOND_NS


def attempt_clearing(ledger: Ledger) -> Clearing:
    """Return the turn that deletes old attempts; they are numbered as they were made."""
    kept_ns = ledger.settings.messages.attempts_kept_days * _DAY_NS
    return Clearing("attempts", ledger, Aging(ATTEMPTS, ATTEMPTS.c.at_ns, ATTEMPTS.c.id, kept_ns, ATTEMPTS_DELETED))
