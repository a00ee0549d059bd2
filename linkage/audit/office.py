"""How the event log's audit stands, for people who ask."""

from dataclasses import dataclass
from pathlib import Path

from city.errors import BadDocument
from linkage import event_log
from linkage.audit.anchors import read_anchors
from linkage.audit.chain import Head
from linkage.audit.rounds import Round, progress
from storage.sql import Database


@dataclass(frozen=True, slots=True)
class Anchored:
    """The anchors outside the database: how many, the newest row noted, and whether the log still has it."""

    count: int
    number: int
    holds: bool
    error: str = ""


@dataclass(frozen=True, slots=True)
class AuditStanding:
    """The end of the log, how far the present round of verifying is, and the anchors; None where there are none."""

    head: Head
    round: Round | None
    anchored: Anchored | None


@dataclass(frozen=True, slots=True)
class AuditOffice:
    """Tells how the audit stands. Calls block on the database: call from a thread."""

    database: Database
    anchors: Path | None

    def standing(self) -> AuditStanding:
        """Return how it stands."""
        with self.database.read() as connection:
            head, round_ = event_log.head(connection), progress(connection)
        return AuditStanding(head, round_, None if self.anchors is None else self._anchored(self.anchors))

    def _anchored(self, path: Path) -> Anchored:
        try:
            anchors = read_anchors(path)
        except BadDocument as error:
            return Anchored(0, 0, holds=False, error=str(error))
        if not anchors:
            return Anchored(0, 0, holds=True)
        newest = max(anchors)
        with self.database.read() as connection:
            row = next(event_log.rows_after(connection, newest - 1, most=1), None)
        holds = row is not None and (row["number"], row["hash"]) == (newest, anchors[newest])
        return Anchored(len(anchors), newest, holds=holds)
