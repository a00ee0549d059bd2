"""Deletes photos that were sent for a report which never came."""

from prometheus_client import Counter
from sqlalchemy import delete, select

from city.clock import SECOND_NS
from linkage.attachments.shelf import Shelf
from linkage.attachments.tables import PHOTOS
from linkage.ledger import Ledger

PHOTOS_DROPPED = Counter("linkage_photos_dropped_total", "Photos deleted, by reason.", ["reason"])

#: Photos deleted in one transaction, so that other writers get their turn.
_BATCH = 20


class Sweeping:
    """The turn that deletes photos which belong to nothing. Calls block: call from a thread."""

    name = "sweeping"
    every_s = 3600.0

    def __init__(self, ledger: Ledger, shelf: Shelf) -> None:
        self._ledger, self._shelf = ledger, shelf

    def take(self) -> int:
        """Delete old photos without an incident; return how many."""
        swept = 0
        while found := self._some():
            swept += found
        return swept

    def _some(self) -> int:
        until_ns = self._ledger.clock.now_ns() - self._ledger.settings.photos.unbound_s * SECOND_NS
        old = select(PHOTOS.c.id, PHOTOS.c.sha256).where(PHOTOS.c.incident.is_(None), PHOTOS.c.at_ns < until_ns)
        with self._ledger.database.read() as connection:
            if connection.execute(old.limit(1)).first() is None:
                return 0
        with self._ledger.database.write() as connection:
            rows = list(connection.execute(old.order_by(PHOTOS.c.at_ns).limit(_BATCH)))
            for row in rows:
                connection.execute(delete(PHOTOS).where(PHOTOS.c.id == row.id))
                same = select(PHOTOS.c.id).where(PHOTOS.c.sha256 == row.sha256).limit(1)
                if connection.execute(same).first() is None:
                    self._shelf.remove(row.sha256)
        PHOTOS_DROPPED.labels("no_report").inc(len(rows))
        return len(rows)
