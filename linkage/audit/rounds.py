"""Verifies the log a part at a time, round after round, and remembers what the last whole round found."""

from dataclasses import dataclass, replace

import structlog
from prometheus_client import Counter, Gauge
from sqlalchemy import Connection, select, update

from city.clock import Clock
from linkage import event_log
from linkage.audit.chain import Fault, Head
from linkage.audit.config import AuditSettings
from linkage.audit.tables import AUDIT
from storage.sql import Database, insert

log = structlog.get_logger()

ROWS_VERIFIED = Counter("linkage_audit_rows_verified_total", "Rows of the event log that were verified.")
FAULTS_FOUND = Gauge("linkage_audit_faults", "Faults of the event log that the last whole round found.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """How far the present round is, and what the last whole one found; `ended_ns` is None before the first."""

    number: int
    hash: str
    began_ns: int
    faults: int = 0
    first_fault: str = ""
    ended_ns: int | None = None
    ended_number: int = 0
    ended_faults: int = 0
    ended_first_fault: str = ""


class Auditor:
    """Verifies some rows at each turn. Calls block on the database: call from a thread."""

    name = "audit"

    def __init__(self, database: Database, clock: Clock, settings: AuditSettings) -> None:
        self._database, self._clock, self._settings = database, clock, settings
        self.every_s = settings.verify_every_s

    def take(self) -> int:
        """Verify the next part; return how many rows it had."""
        with self._database.read() as connection:
            known = progress(connection)
            standing = self._begun() if known is None else known
            rows = list(event_log.rows_after(connection, standing.number, self._settings.verify_rows))
            chain = event_log.following(connection, end=Head(standing.number, standing.hash))
            faults = list(chain.follow(rows))
            whole = len(rows) < self._settings.verify_rows
            faults += chain.finish(event_log.head(connection)) if whole else ()
        for fault in faults:
            log.error("event_log_damaged", damage=fault.damage, number=fault.number)
        noted = _noted(replace(standing, number=chain.end.number, hash=chain.end.hash), faults)
        with self._database.write() as connection:
            _save(connection, self._ended(noted) if whole else noted)
        ROWS_VERIFIED.inc(len(rows))
        return len(rows)

    def _begun(self) -> Round:
        start = Head()
        return Round(number=start.number, hash=start.hash, began_ns=self._clock.now_ns())

    def _ended(self, standing: Round) -> Round:
        """Return the beginning of the next round, with what this one found."""
        FAULTS_FOUND.set(standing.faults)
        return replace(
            self._begun(),
            ended_ns=self._clock.now_ns(),
            ended_number=standing.number,
            ended_faults=standing.faults,
            ended_first_fault=standing.first_fault,
        )


def progress(connection: Connection) -> Round | None:
    """Return how the rounds stand; None before the first look."""
    row = connection.execute(select(AUDIT)).mappings().one_or_none()
    return None if row is None else Round(**{name: row[name] for name in _FIELDS})


_FIELDS = tuple(Round.__dataclass_fields__)
_ID = 1


def _noted(standing: Round, faults: list[Fault]) -> Round:
    if not faults:
        return standing
    first = standing.first_fault if standing.first_fault else f"{faults[0].damage} {faults[0].number}"
    return replace(standing, faults=standing.faults + len(faults), first_fault=first)


def _save(connection: Connection, standing: Round) -> None:
    values = {name: getattr(standing, name) for name in _FIELDS}
    if connection.execute(update(AUDIT).values(**values)).rowcount == 0:
        connection.execute(insert(connection, AUDIT), {"id": _ID, **values})
