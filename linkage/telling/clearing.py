"""Deletes what came back from attempts that are older than the city keeps them; messages and the log stay."""

import structlog
from prometheus_client import Counter
from sqlalchemy import delete, select

from city.clock import SECOND_NS
from linkage.ledger import Ledger
from linkage.telling.tables import ATTEMPTS

log = structlog.get_logger()

ATTEMPTS_DELETED = Counter(
    "linkage_message_attempts_deleted_total", "Attempts to deliver that were deleted, by reason.", ["reason"]
)

_DAY_NS = 86_400 * SECOND_NS

#: Attempts deleted in one transaction, so that other writers get their turn.
_BATCH = 1000


class AttemptClearing:
    """The turn that deletes old attempts. Calls block: call from a thread."""

    name = "attempts"
    every_s = 3600.0

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._kept_ns = ledger.settings.messages.attempts_kept_days * _DAY_NS

    def take(self) -> int:
        """Delete old attempts, a batch in a transaction; return how many."""
        deleted = 0
        while found := self._some():
            deleted += found
        if deleted:
            ATTEMPTS_DELETED.labels("age").inc(deleted)
            log.info("message_attempts_deleted", number=deleted)
        return deleted

    def _some(self) -> int:
        """Delete the oldest batch, as far as it is too old: attempts are numbered as they were made."""
        until_ns = self._ledger.clock.now_ns() - self._kept_ns
        oldest = select(ATTEMPTS.c.id, ATTEMPTS.c.at_ns).order_by(ATTEMPTS.c.id).limit(_BATCH)
        with self._ledger.database.read() as connection:
            old = [row.id for row in connection.execute(oldest) if row.at_ns < until_ns]
        if old:
            with self._ledger.database.write() as connection:
                connection.execute(delete(ATTEMPTS).where(ATTEMPTS.c.id.in_(old)))
        return len(old)
