"""Follows the event log and says in CAP what becomes of incidents and warnings."""

from sqlalchemy import Connection, insert, select, update

from linkage import cases, event_log
from linkage.cap.publishing import Publisher
from linkage.cap.saying import about_incident
from linkage.cap.tables import CAP_POSITION
from linkage.cap.warning import about_warning
from linkage.ledger import Ledger
from linkage.record import IncidentRecord
from linkage.tables import EVENTS, INCIDENTS
from linkage.warnings.tables import WARNING_ISSUES, WARNINGS

#: Entries of the log looked at in one transaction, so that other writers get their turn.
_BATCH = 100


class CapFollower:
    """Publishes what is new about incidents and warnings. Calls block: call from a thread."""

    name = "cap"

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._settings = ledger.settings.cap
        self._publisher = Publisher(self._settings, ledger.book.zone)
        self.every_s = ledger.settings.tick_s

    def take(self) -> int:
        """Publish what the log says since last time; return how many messages went out."""
        if not self._settings.sender:
            return 0
        published = 0
        while (some := self._some()) is not None:
            published += some
        return published

    def _some(self) -> int | None:
        """Publish what one batch of the log asks for; None at the end of the log."""
        database = self._ledger.database
        with database.read() as connection:
            if _position(connection) == event_log.head(connection).number:
                return None
        with database.write() as connection:
            position = _position(connection)
            if position is None:  # CAP was just switched on: what happened before is not told
                connection.execute(insert(CAP_POSITION), {"id": 1, "number": event_log.head(connection).number})
                return 0
            later = select(EVENTS.c.number, EVENTS.c.incident).where(EVENTS.c.number > position)
            rows = connection.execute(later.order_by(EVENTS.c.number).limit(_BATCH)).all()
            numbers = dict.fromkeys(row.incident for row in rows if row.incident is not None)
            published = sum(self._say_incident(connection, number) for number in numbers)
            if rows:
                published += self._say_warnings(connection, rows[0].number, rows[-1].number)
                connection.execute(update(CAP_POSITION), {"number": rows[-1].number})
        return published

    def _say_warnings(self, connection: Connection, first: int, last: int) -> int:
        """Publish every issue of a warning that these entries of the log tell of."""
        query = (
            select(WARNING_ISSUES, WARNINGS.c.category, WARNINGS.c.drill)
            .join(WARNINGS, WARNINGS.c.id == WARNING_ISSUES.c.warning)
            .where(WARNING_ISSUES.c.event.between(first, last))
            .order_by(WARNING_ISSUES.c.event)
        )
        notices = [
            about_warning(dict(row), self._ledger.book.atlas) for row in connection.execute(query).mappings().all()
        ]
        now_ns = self._ledger.clock.now_ns()
        return sum(self._publisher.publish(connection, notice, now_ns) is not None for notice in notices)

    def _say_incident(self, connection: Connection, number: int) -> bool:
        if not self._settings.incidents:
            return False
        row = connection.execute(select(INCIDENTS).where(INCIDENTS.c.id == number)).mappings().one()
        incident = cases.incident_of(row)
        if self._ledger.untold(incident):
            return False
        notice = about_incident(incident, self._event(incident), self._ledger.book.atlas, self._settings.radius_km)
        return self._publisher.publish(connection, notice, self._ledger.clock.now_ns()) is not None

    def _event(self, incident: IncidentRecord) -> dict[str, str]:
        book = self._ledger.book
        known = incident.incident_class in book.standards
        return dict(book.standards.of(incident.incident_class).name) if known else dict(incident.title)


def _position(connection: Connection) -> int | None:
    """Return the last entry that was looked at; None when none ever was."""
    return connection.execute(select(CAP_POSITION.c.number)).scalar_one_or_none()
