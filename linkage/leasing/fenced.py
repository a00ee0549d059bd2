"""A database that lets only the holder of a lease write: every write transaction begins with a look at the token."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from linkage.leasing.lease import Lease
from storage.sql import Database


class FencedDatabase(Database):
    """The same database for those whose work only one process may do; it is closed with the one that it fences."""

    def __init__(self, inner: Database, lease: Lease) -> None:
        # Not super().__init__(): the connections are the inner one's.
        self.url = inner.url
        self._inner, self._lease = inner, lease

    @contextmanager
    def write(self, *, references: bool = True) -> Iterator[Connection]:
        """Yield a connection in a write transaction of the lease's holder.

        Raises:
            LeaseLost: another process took over; nothing is written.
            StoreUnavailable: the database does not answer.
        """
        with self._inner.write(references=references) as connection:
            self._lease.check(connection)
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Yield a connection that sees one snapshot and cannot write."""
        with self._inner.read() as connection:
            yield connection

    def close(self) -> None:
        """Do nothing."""
