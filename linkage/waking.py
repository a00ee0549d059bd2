"""Takes the rows whose time has come, some in each transaction, so that other writers get their turn."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, RowMapping, Select, bindparam

from linkage.failpoint import Work
from linkage.ledger import Ledger, Page

#: What is done with the rows of one transaction; it must move the time of each, or they come up again at once.
Awake = Callable[[Page, Sequence[RowMapping]], None]

_NOW = "due_now_ns"


@dataclass(frozen=True, slots=True)
class Due:
    """Rows that wait for a time.

    Attributes:
        rows: what is read, of which rows; an index on `wake` should serve it.
        wake: the column with each row's time, ns.
        most: rows of one transaction.
        then: order of rows of one time.
        work: name of the transaction for failpoints.
    """

    rows: Select[Any]
    wake: Column[int]
    most: int
    then: tuple[Column[int], ...] = ()
    work: Work | None = None
    _query: Select[Any] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        # Built once: building a statement anew costs as much as running it.
        query = self.rows.where(self.wake <= bindparam(_NOW)).order_by(self.wake, *self.then).limit(self.most)
        object.__setattr__(self, "_query", query)

    def take(self, ledger: Ledger, awake: Awake) -> int:
        """Give `awake` every row whose time has come, until there are none; return how many there were.

        With nothing to do it costs one query. Blocks on the database: call from a thread.

        Raises:
            StoreUnavailable: the database does not answer; what was not committed comes up again.
        """
        taken = 0
        while self._any(ledger):
            found = self.most
            while found == self.most:  # there are likely more: no other look before the next of them
                found = self._some(ledger, awake)
                taken += found
        return taken

    def _any(self, ledger: Ledger) -> bool:
        """Look, in a transaction that keeps nobody from writing."""
        with ledger.database.read() as connection:
            return connection.execute(self._query, {_NOW: ledger.clock.now_ns()}).first() is not None

    def _some(self, ledger: Ledger, awake: Awake) -> int:
        with ledger.writing(self.work) as page:
            rows = list(page.connection.execute(self._query, {_NOW: page.now_ns}).mappings())
            if rows:
                awake(page, rows)
        return len(rows)
