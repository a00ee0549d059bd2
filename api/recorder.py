"""The queue's event log as changes for live streams, each encoded once."""

from collections.abc import Sequence

from api.live import Change
from api.sessions import Session
from api.sse import encoded
from linkage.live import Live, sees
from linkage.views import LiveEvent


class EventLog:
    """Implements `api.live.Recorder` on linkage's event log. Calls block."""

    def __init__(self, live: Live) -> None:
        self._live = live

    def newest(self) -> int:
        """Return the number of the newest event; 0 before the first."""
        return self._live.last()

    def after(self, number: int, limit: int) -> Sequence[Change]:
        """Return the changes after `number`, oldest first."""
        return [change_of(event) for event in self._live.events_after(number, limit=limit)]


def change_of(event: LiveEvent) -> Change:
    """Return what the streams of those who may see it are told of an event."""
    data = {
        **event.summary.model_dump(mode="json", by_alias=True),
        "event": event.event.model_dump(mode="json", by_alias=True),
    }

    def may_see(session: Session) -> bool:
        return sees(session.user.person, event)

    return Change(encoded("incident", data, number=event.number), event.number, may_see)
