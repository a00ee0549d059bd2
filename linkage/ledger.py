"""Writes outcomes: the case, its events and its messages in one transaction, and rings the bell after the commit."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from prometheus_client import Counter
from sqlalchemy import Connection

from city.clock import Clock
from linkage import cases, event_log
from linkage.acting import Scene
from linkage.bell import Bell
from linkage.config import LinkageSettings
from linkage.deed import Deed, Outcome
from linkage.event_log import Stamp
from linkage.opening import CityBook
from linkage.person import Person
from linkage.record import Case, IncidentRecord
from linkage.tables import TASKS
from linkage.telling import messages
from storage.sql import Database

EVENTS_WRITTEN = Counter("linkage_events_written_total", "Entries of the event log, by step.", ["step"])
MESSAGES_WITHHELD = Counter("linkage_messages_withheld_total", "Deeds of which nobody was told, by reason.", ["reason"])

#: A recorded sensor with this tag tells departments as if it were live.
TELL_TAG = "tell"


@dataclass(frozen=True, slots=True)
class Ledger:
    """What every writer of the queue needs: the database, the city's book, the clock and the bell.

    Attributes:
        console_url: where people open the console, for the link in a message; empty for no link.
    """

    database: Database
    book: CityBook
    clock: Clock
    settings: LinkageSettings
    bell: Bell
    console_url: str = ""

    @contextmanager
    def writing(self) -> Iterator["Page"]:
        """Yield a page to write on; it is committed at the end, or nothing of it is."""
        with self.database.write() as connection:
            page = Page(connection, self)
            yield page
        if page.last:
            self.bell.ring(page.last)
        for step in page.steps:
            EVENTS_WRITTEN.labels(step).inc()

    def untold(self, incident: IncidentRecord) -> str:
        """Return why nobody is told of this incident; empty when they are."""
        if not incident.recorded or self.settings.tell_recorded:
            return ""
        sensor = None if incident.sensor is None else self.book.sensor(incident.sensor)
        return "" if sensor is not None and TELL_TAG in sensor.tags else "recorded"


class Page:
    """One write transaction. `last` is the newest event number it wrote, 0 for none."""

    def __init__(self, connection: Connection, ledger: Ledger) -> None:
        self.connection = connection
        self.now_ns = ledger.clock.now_ns()
        self.last = 0
        self.steps: list[str] = []
        self._ledger = ledger

    def scene(self, incident_class: str) -> Scene:
        """Return what decisions about an incident of this class may know."""
        book = self._ledger.book
        return Scene(
            now_ns=self.now_ns,
            directory=book.directory,
            standard=book.standards.of(incident_class),
            next_task=cases.next_id(self.connection, TASKS),
        )

    def write(self, before: Case | None, outcome: Outcome, actor: Person | None = None) -> Case:
        """Write an outcome; return the case with its new version."""
        version = 0 if before is None else before.incident.version
        incident = replace(outcome.case.incident, version=version + len(outcome.deeds))
        case = Case(incident, outcome.case.tasks)
        book = self._ledger.book
        cases.save(self.connection, before, case, book.standards.of(incident.incident_class))
        stamped = [
            (self._telling(deed, incident), self._stamp(incident.id, version + offset, actor))
            for offset, deed in enumerate(outcome.deeds, 1)
        ]
        entries = event_log.append(self.connection, stamped)
        url = self._ledger.console_url
        messages.put(self.connection, entries, case, book, now_ns=self.now_ns, console_url=url)
        if entries:
            self.last = entries[-1].number
            self.steps += [str(entry.deed.step) for entry in entries]
        return case

    def note(self, deed: Deed, actor: Person | None = None) -> int:
        """Write a deed that concerns no single incident, such as a silence or a handover; return its number."""
        stamp = Stamp(at_ns=self.now_ns, actor=actor.id, actor_name=actor.name) if actor else Stamp(at_ns=self.now_ns)
        (entry,) = event_log.append(self.connection, [(deed, stamp)])
        self.last = entry.number
        self.steps.append(str(deed.step))
        return entry.number

    def _telling(self, deed: Deed, incident: IncidentRecord) -> Deed:
        """Write into the deed who is told, or why nobody is."""
        if not deed.told:
            return deed
        reason = self._ledger.untold(incident)
        if reason:
            MESSAGES_WITHHELD.labels(reason).inc()
            return replace(deed, told=(), data={**deed.data, "untold": reason})
        return replace(deed, data={**deed.data, "told": list(deed.told)})

    def _stamp(self, incident: int, version: int, actor: Person | None) -> Stamp:
        if actor is None:
            return Stamp(incident=incident, version=version, at_ns=self.now_ns)
        return Stamp(incident=incident, version=version, at_ns=self.now_ns, actor=actor.id, actor_name=actor.name)
