"""Forgets idempotency keys that nobody can send again."""

from sqlalchemy import delete, select

from city.clock import SECOND_NS
from linkage.idempotency import ANSWERED
from linkage.ledger import Ledger

#: A phone may lie in a drawer over a long leave; this city's choice.
KEPT_NS = 30 * 86_400 * SECOND_NS

#: Keys forgotten in one transaction, so that other writers get their turn.
_BATCH = 1000


class Forgetting:
    """The turn that forgets old keys. Calls block: call from a thread."""

    name = "forgetting"
    every_s = 3600.0

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def take(self) -> int:
        """Forget old keys, a batch in a transaction; return how many."""
        forgotten = 0
        while found := self._some():
            forgotten += found
        return forgotten

    def _some(self) -> int:
        until_ns = self._ledger.clock.now_ns() - KEPT_NS
        old = select(ANSWERED.c.person, ANSWERED.c.key).where(ANSWERED.c.at_ns < until_ns).limit(_BATCH)
        with self._ledger.database.read() as connection:
            rows = list(connection.execute(old))
        if rows:
            with self._ledger.database.write() as connection:
                for person, key in rows:
                    mine = (ANSWERED.c.person == person) & (ANSWERED.c.key == key)
                    connection.execute(delete(ANSWERED).where(mine))
        return len(rows)
