"""What has happened since: entries of the event log with their incidents, for live streams that resume by number."""

from sqlalchemy import select

from linkage import event_log, viewing
from linkage.announcing import LISTS
from linkage.permissions import may_see_one
from linkage.person import Person
from linkage.queue import summaries
from linkage.scope import visible
from linkage.tables import EVENTS, INCIDENTS, MESSAGES
from linkage.views import LiveEvent, MessageView
from storage.sql import Database


def sees(person: Person, event: LiveEvent) -> bool:
    """Tell whether the event has an incident, and it is this person's to see."""
    if event.summary is None:
        return False
    departments = {leg.department for leg in event.summary.departments}
    return may_see_one(person, event.summary.district, event.reporter, departments)


class Live:
    """Reads the event log forwards. Calls block on the database: call from a thread."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def last(self) -> int:
        """Return the newest event's number; 0 for none."""
        with self._database.read() as connection:
            return event_log.head(connection).number

    def events_after(self, number: int, *, limit: int = 500) -> list[LiveEvent]:
        """Return events after `number`, in order: those of incidents, which `sees` judges, and those of `LISTS`."""
        later = (EVENTS.c.number > number) & (EVENTS.c.incident.is_not(None) | EVENTS.c.step.in_(LISTS))
        query = select(EVENTS).where(later).order_by(EVENTS.c.number).limit(limit)
        with self._database.read() as connection:
            events = list(connection.execute(query).mappings())
            wanted = select(INCIDENTS).where(INCIDENTS.c.id.in_({event["incident"] for event in events}))
            rows = {row["id"]: row for row in connection.execute(wanted).mappings()}
            lines = {int(line.id): line for line in summaries(connection, list(rows.values()))}
        return [
            LiveEvent(
                number=event["number"],
                summary=lines.get(event["incident"]),
                event=viewing.event_of(event),
                reporter=rows[event["incident"]]["reporter"] if event["incident"] in rows else "",
                listed=LISTS.get(event["step"]),
            )
            for event in events
        ]

    def messages(self, person: Person, *, incident: str | None = None, limit: int = 100) -> list[MessageView]:
        """Return messages of incidents that `person` may see, newest first."""
        query = (
            select(MESSAGES)
            .join(INCIDENTS, INCIDENTS.c.id == MESSAGES.c.incident)
            .where(visible(person))
            .order_by(MESSAGES.c.id.desc())
            .limit(limit)
        )
        if incident is not None:
            if not (incident.isascii() and incident.isdigit() and len(incident) <= 18):
                return []
            query = query.where(MESSAGES.c.incident == int(incident))
        with self._database.read() as connection:
            return [viewing.message_of(row) for row in connection.execute(query).mappings()]
