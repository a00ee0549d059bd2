"""The queue's event log as changes for live streams, each encoded once."""

from collections.abc import Iterator, Mapping, Sequence

from api.live import Change
from api.permissions import HOLDERS, Right
from api.sessions import Session
from api.sse import encoded
from linkage.announcing import Listed
from linkage.live import Live, sees
from linkage.views import IncidentSummary, LiveEvent

#: The right that the route of each list asks for.
READERS: Mapping[Listed, Right] = {
    "drills": Right.SIGNED_IN,
    "responses": Right.SEE_RESPONSES,
    "duty": Right.SEE_DUTY,
    "hints": Right.SEE_HINTS,
}


class EventLog:
    """Implements `api.live.Recorder` on linkage's event log. Calls block."""

    def __init__(self, live: Live) -> None:
        self._live = live

    def newest(self) -> int:
        """Return the number of the newest event; 0 before the first."""
        return self._live.last()

    def after(self, number: int, limit: int) -> Sequence[Change]:
        """Return the changes after `number`, oldest first."""
        return [change for event in self._live.events_after(number, limit=limit) for change in changes_of(event)]


def changes_of(event: LiveEvent) -> Iterator[Change]:
    """Yield what streams are told: the incident to those who may see it, a list to those who may read it."""
    if event.summary is not None:
        yield _of_incident(event, event.summary)
    if event.listed is not None:
        yield _of_list(event.number, event.listed)


def _of_list(number: int, listed: Listed) -> Change:
    """Return that a list has changed; what has is for the list's own route to say."""
    readers = HOLDERS[READERS[listed]]

    def may_read(session: Session) -> bool:
        return session.user.person.holds(readers)

    return Change(encoded("list", {"list": listed}, number=number), number, may_read)


def _of_incident(event: LiveEvent, summary: IncidentSummary) -> Change:
    data = {
        **summary.model_dump(mode="json", by_alias=True),
        "event": event.event.model_dump(mode="json", by_alias=True),
    }

    def may_see(session: Session) -> bool:
        return sees(session.user.person, event)

    return Change(encoded("incident", data, number=event.number), event.number, may_see)
