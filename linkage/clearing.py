"""Deletes rows that are older than the city keeps them, some in each transaction."""

from dataclasses import dataclass

import structlog
from prometheus_client import Counter
from sqlalchemy import Column, Select, Table, bindparam, delete, select

from linkage.ledger import Ledger

log = structlog.get_logger()

#: Rows deleted in one transaction, so that other writers get their turn.
_BATCH = 1000


@dataclass(frozen=True, slots=True)
class Aging:
    """Rows that grow old: their table, when each was written (ns), and for how long it is kept.

    Attributes:
        oldest_first: the order in which they were written; an index should serve it.
    """

    table: Table
    at: Column[int]
    oldest_first: Column[int]
    kept_ns: int
    deleted: Counter

    @property
    def first(self) -> Select[int]:
        """Return the query for the oldest of them: the time of each, and its primary key."""
        return select(self.at, *self.table.primary_key.columns).order_by(self.oldest_first).limit(_BATCH)


class Clearing:
    """The turn that deletes rows of one kind. Calls block on the database: call from a thread."""

    every_s = 3600.0

    def __init__(self, name: str, ledger: Ledger, aging: Aging) -> None:
        self.name = name
        self._ledger, self._aging = ledger, aging
        self._keys = list(aging.table.primary_key.columns)
        these = [column == bindparam(f"{column.name}_") for column in self._keys]
        self._delete = delete(aging.table).where(*these)

    def take(self) -> int:
        """Delete what is too old, a batch in a transaction; return how many rows."""
        deleted = 0
        while found := self._some():
            deleted += found
        if deleted:
            self._aging.deleted.labels("age").inc(deleted)
            log.info("old_rows_deleted", turn=self.name, number=deleted)
        return deleted

    def _some(self) -> int:
        until_ns = self._ledger.clock.now_ns() - self._aging.kept_ns
        with self._ledger.database.read() as connection:
            old = [row for row in connection.execute(self._aging.first) if row[0] < until_ns]
        keys = [{f"{column.name}_": row[place] for place, column in enumerate(self._keys, 1)} for row in old]
        if keys:
            with self._ledger.database.write() as connection:
                connection.execute(self._delete, keys)
        return len(keys)
