"""Idempotency keys are forgotten when nobody can send them again."""

from prometheus_client import Counter

from city.clock import SECOND_NS
from linkage.clearing import Aging, Clearing
from linkage.idempotency import ANSWERED
from linkage.ledger import Ledger

KEYS_FORGOTTEN = Counter("linkage_idempotency_keys_forgotten_total", "Keys that were forgotten, by reason.", ["reason"])

#: A phone may lie in a drawer over a long leave; this city's choice.
KEPT_NS = 30 * 86_400 * SECOND_NS


def key_forgetting(ledger: Ledger) -> Clearing:
    """Return the turn that forgets old keys."""
    return Clearing("forgetting", ledger, Aging(ANSWERED, ANSWERED.c.at_ns, ANSWERED.c.at_ns, KEPT_NS, KEYS_FORGOTTEN))
