"""Takes the rows whose time has come, some in each transaction, so that other writers get their turn.

A row that meets a fault of ours holds up none of the others: it is put off.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog
from prometheus_client import Counter
from sqlalchemy import Column, ColumnElement, RowMapping, Select, Table, and_, bindparam, update

from city.clock import SECOND_NS
from linkage.failpoint import Work
from linkage.faults import Fault, faults_told
from linkage.ledger import Ledger, Page

log = structlog.get_logger()

ROWS_PUT_OFF = Counter("linkage_rows_put_off_total", "Rows that met a fault when their time had come.", ["table"])

#: What is done with the rows of one transaction; it must move the time of each, or they come up again at once.
Awake = Callable[[Page, Sequence[RowMapping]], None]

_NOW = "due_now_ns"

#: Wait before a row that met a fault is tried again, seconds.
_PUT_OFF_S = 60

#: Faults in one turn that are put down to their rows; with more of them what is at fault is no row.
_MOST_FAULTS = 10


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
    then: tuple[ColumnElement[int], ...] = ()
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
            Fault: too many rows met a fault of ours; the rest comes up again.
        """
        taken = faults = 0
        while self._any(ledger):
            found = self.most
            while found == self.most:  # there are likely more: no other look before the next of them
                found, faulty = self._whatever_comes(ledger, awake, _MOST_FAULTS - faults)
                taken, faults = taken + found - faulty, faults + faulty
        return taken

    @property
    def _table(self) -> Table:
        table = self.wake.table
        assert isinstance(table, Table)
        return table

    def _any(self, ledger: Ledger) -> bool:
        """Look, in a transaction that keeps nobody from writing."""
        with ledger.database.read() as connection:
            return connection.execute(self._query, {_NOW: ledger.clock.now_ns()}).first() is not None

    def _whatever_comes(self, ledger: Ledger, awake: Awake, most: int) -> tuple[int, int]:
        try:
            with faults_told(self._table.name):
                return self._some(ledger, awake), 0
        except Fault:
            return self._apart(ledger, awake, most)

    def _some(self, ledger: Ledger, awake: Awake, which: ColumnElement[bool] | None = None) -> int:
        query = self._query if which is None else self._query.where(which)
        with ledger.writing(self.work) as page:
            rows = list(page.connection.execute(query, {_NOW: page.now_ns}).mappings())
            if rows:
                awake(page, rows)
        return len(rows)

    def _apart(self, ledger: Ledger, awake: Awake, most: int) -> tuple[int, int]:
        """Take as many rows as one transaction does, each in one of its own; return how many, and how many faults."""
        key, faults = self._table.primary_key.columns, 0
        with ledger.database.read() as connection:
            rows = connection.execute(self._query, {_NOW: ledger.clock.now_ns()}).mappings().all()
        for row in rows:
            which = and_(*[column == row[column.name] for column in key])
            try:
                with faults_told(self._table.name):
                    self._some(ledger, awake, which)
            except Fault:
                faults += 1
                self._put_off(ledger, which, [row[column.name] for column in key])
                if faults > most:
                    raise
        return len(rows), faults

    def _put_off(self, ledger: Ledger, which: ColumnElement[bool], key: Sequence[object]) -> None:
        later_ns = ledger.clock.now_ns() + _PUT_OFF_S * SECOND_NS
        with ledger.database.write() as connection:
            connection.execute(update(self._table).where(which).values({self.wake.name: later_ns}))
        ROWS_PUT_OFF.labels(self._table.name).inc()
        log.error("row_put_off", table=self._table.name, key=key, wait_s=_PUT_OFF_S)
