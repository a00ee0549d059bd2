"""A lease in the database: taken, renewed, lost, and checked inside every write transaction of who holds it.

A holder that was stopped for longer than its lease does not know that it was. So it is not the time that says whether
it may write but the token: writers are one at a time, and whoever takes the lease over raises the token first.
"""

from collections.abc import Callable

import structlog
from prometheus_client import Counter, Gauge
from sqlalchemy import Connection, bindparam, insert, select, text, update

from city.clock import SECOND_NS, Clock
from city.errors import LiandongError
from linkage.leasing.tables import LEASES
from storage.sql import Database

log = structlog.get_logger()

HELD = Gauge("linkage_lease_held", "1 while this process does the desk's own work.")
TURNS = Counter("linkage_lease_changes_total", "Changes of hands of the lease, by what happened here.", ["reason"])

#: The lease of the desk's own work: admitting, clocks, messages.
DESK = "desk"

_ROW = select(LEASES).where(LEASES.c.name == bindparam("named"))
_TOKEN = select(LEASES.c.token).where(LEASES.c.name == bindparam("named"))
_CHANGE = update(LEASES).where(LEASES.c.name == bindparam("named"))

#: PostgreSQL's own time: desks on several machines need not agree about theirs.
_DATABASE_NOW = text("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint * 1000")


class LeaseLost(LiandongError):
    """Raised in a write transaction of a process whose turn is over; nothing of it is written."""

    code = "lease_lost"

    def __init__(self, name: str, token: int) -> None:
        self.name, self.token, self.at = name, token, "lease"
        super().__init__(f"Another process has taken over `{name}`; turn {token} is over - at `lease`")


def database_time(clock: Clock) -> Callable[[Connection], int]:
    """Return what tells the time that all holders share: the server's, or this machine's for a file on it."""

    def now_ns(connection: Connection) -> int:
        if connection.dialect.name == "postgresql":
            return int(connection.execute(_DATABASE_NOW).scalar_one())
        return clock.now_ns()

    return now_ns


class Lease:
    """One process's hold on a lease. Calls block on the database: call from a thread; safe between threads.

    Attributes:
        seconds: how long it lasts unless renewed.
    """

    def __init__(self, database: Database, holder: str, seconds: float, now_ns: Callable[[Connection], int]) -> None:
        self.seconds = seconds
        self._database, self._holder, self._now_ns = database, holder, now_ns
        self._token: int | None = None

    def take(self) -> bool:
        """Take the lease if it is free, or renew it; return whether it is held now.

        One that this holder's name stands on is taken at once: that process is gone, or this one.

        Raises:
            StoreUnavailable: the database does not answer.
        """
        with self._database.write() as connection:
            now_ns = self._now_ns(connection)
            row = connection.execute(_ROW, {"named": DESK}).one_or_none()
            ends_ns = now_ns + round(self.seconds * SECOND_NS)
            if row is None:
                token = 1
                connection.execute(
                    insert(LEASES), {"name": DESK, "holder": self._holder, "token": token, "expires_ns": ends_ns}
                )
            elif row.holder == self._holder or row.expires_ns <= now_ns:
                token = row.token if row.token == self._token else row.token + 1
                changed = {"holder": self._holder, "token": token, "expires_ns": ends_ns}
                connection.execute(_CHANGE, {"named": DESK, **changed})
            else:
                token = None
        self._tell(token)
        return token is not None

    def release(self) -> None:
        """Let another process take over at once, if it is held."""
        with self._database.write() as connection:
            row = connection.execute(_ROW, {"named": DESK}).one_or_none()
            if row is not None and row.token == self._token:
                connection.execute(_CHANGE, {"named": DESK, "holder": "", "expires_ns": 0})
        self._tell(None)

    def check(self, connection: Connection) -> None:
        """Make sure, inside a write transaction, that the turn is not over; it then stays so until the commit.

        Raises:
            LeaseLost: another process took over.
        """
        token = connection.execute(_TOKEN, {"named": DESK}).scalar_one_or_none()
        if self._token is None or token != self._token:
            raise LeaseLost(DESK, 0 if self._token is None else self._token)

    def _tell(self, token: int | None) -> None:
        before, self._token = self._token, token
        HELD.set(token is not None)
        if token == before:
            return
        reason = "taken" if token is not None else "lost"
        TURNS.labels(reason).inc()
        log.info("lease_changed", lease=DESK, turn=reason, token=before if token is None else token)
