"""Notes the end of the log outside the database again and again."""

from pathlib import Path

import structlog
from prometheus_client import Counter
from sqlalchemy import bindparam, func, select

from city.clock import SECOND_NS, Clock
from linkage import event_log
from linkage.audit.anchors import add_anchor, anchor_line
from linkage.audit.chain import Head
from linkage.audit.config import AuditSettings
from linkage.tables import EVENTS
from linkage.telling.couriers import Courier, Letter
from storage.sql import Database

log = structlog.get_logger()

ANCHORS_WRITTEN = Counter("linkage_anchors_written_total", "Ends of the event log noted outside.", ["where"])
ANCHORS_FAILED = Counter("linkage_anchors_failed_total", "Ends of the event log that could not be noted.", ["where"])

#: Deeds after which the end is noted at once: duty has passed to others.
_AT_ONCE = "sign_in"
_HANDED_OVER = select(func.count()).where(EVENTS.c.number > bindparam("after"), EVENTS.c.step == _AT_ONCE)


class Anchorer:
    """Adds the end of the log to a file again and again. Calls block: call from a thread."""

    name = "anchors"
    every_s = 5.0

    def __init__(self, database: Database, clock: Clock, settings: AuditSettings, path: Path, courier: Courier) -> None:
        self._database, self._clock, self._settings = database, clock, settings
        self._path, self._courier = path, courier
        self._last = Head()
        self._next_ns = 0

    def take(self) -> int:
        """Note the end when it is time, or when duty has passed, and there is something new; return how many."""
        now_ns = self._clock.now_ns()
        with self._database.read() as connection:
            end = event_log.head(connection)
            new = end.number > self._last.number
            handed_over = new and connection.execute(_HANDED_OVER, {"after": self._last.number}).scalar_one() > 0
        if not new or not (handed_over or now_ns >= self._next_ns):
            return 0
        if not self._note(end, now_ns):
            return 0
        self._last, self._next_ns = end, now_ns + self._settings.anchor_every_s * SECOND_NS
        if self._settings.anchor_channel:
            self._send(end, now_ns)
        return 1

    def _note(self, end: Head, now_ns: int) -> bool:
        try:
            add_anchor(self._path, end, now_ns)
        except OSError as error:
            ANCHORS_FAILED.labels("file").inc()
            log.warning("anchor_not_written", file=str(self._path), cause=error.strerror)
            return False
        ANCHORS_WRITTEN.labels("file").inc()
        return True

    def _send(self, end: Head, now_ns: int) -> None:
        letter = Letter(
            key=end.hash[:32],
            channel=self._settings.anchor_channel,
            subject=f"Liandong: event log up to {end.number}",
            body=anchor_line(end, now_ns),
        )
        receipt = self._courier.carry(letter)
        (ANCHORS_WRITTEN if receipt.delivered else ANCHORS_FAILED).labels("channel").inc()
        if not receipt.delivered:
            log.warning("anchor_not_sent", channel=letter.channel, answer=receipt.answer)
