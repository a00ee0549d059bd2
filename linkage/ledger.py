"""Writes outcomes: the case, its events and its messages in one transaction, and rings the bell after the commit."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from prometheus_client import Counter
from sqlalchemy import Connection, Table

from city.clock import SECOND_NS, Clock
from linkage import cases, event_log
from linkage.acting import Scene
from linkage.bell import Bell
from linkage.changes import Known
from linkage.clocks import given
from linkage.closing import Sense, unknown
from linkage.config import LinkageSettings
from linkage.deed import Deed, Outcome
from linkage.event_log import Entry, Stamp
from linkage.failpoint import Failpoints, Work
from linkage.opening import CityBook
from linkage.person import Person
from linkage.plans import upward_clock
from linkage.record import Case, IncidentRecord
from linkage.tables import INCIDENTS, TASKS
from linkage.telling import following, messages, outbox
from linkage.telling.following import Change
from linkage.telling.messages import Sending
from linkage.witness import asking
from storage.sql import Database

EVENTS_WRITTEN = Counter("linkage_events_written_total", "Entries of the event log, by step.", ["step"])
MESSAGES_WITHHELD = Counter("linkage_messages_withheld_total", "Deeds of which nobody was told, by reason.", ["reason"])

#: A recorded sensor with this tag tells departments as if it were live.
TELL_TAG = "tell"


@dataclass(frozen=True, slots=True)
class Ledger:
    """What every writer of the queue needs: the database, the city's book, the clock and the bell.

    Attributes:
        photos: the folder of photos; None where there is none to be swept.
        console_url: where people open the console, for the link in a message; empty for no link.
        sense: says a sensor's state.
        anchors: file in which the ends of the event log are noted; None for nowhere.
    """

    database: Database
    book: CityBook
    clock: Clock
    settings: LinkageSettings
    bell: Bell
    console_url: str = ""
    failpoints: Failpoints = field(default_factory=Failpoints)
    anchors: Path | None = None
    photos: Path | None = None
    sense: Sense = unknown

    @contextmanager
    def writing(self, work: Work | None = None) -> Iterator["Page"]:
        """Yield a page to write on; it is committed at the end, or nothing of it is. `work` names it for failpoints."""
        with self.database.write() as connection:
            page = Page(connection, self)
            yield page
            self.failpoints.before(work)
        self.failpoints.after(work)
        if page.last:
            self.bell.ring(page.last)
        for step in page.steps:
            EVENTS_WRITTEN.labels(step).inc()
        for say in page.afterwards:
            say()

    def sending(self, now_ns: int) -> Sending:
        """Return what messages written at `now_ns` have in common."""
        life_ns = self.settings.messages.link_life_s * SECOND_NS
        return Sending(now_ns=now_ns, console_url=self.console_url, link_life_ns=life_ns)

    def untold(self, incident: IncidentRecord) -> str:
        """Return why nobody is told of this incident; empty when they are."""
        if not incident.recorded or self.settings.tell_recorded:
            return ""
        sensor = None if incident.sensor is None else self.book.sensor(incident.sensor)
        return "" if sensor is not None and TELL_TAG in sensor.tags else "recorded"


class Page:
    """One write transaction.

    Attributes:
        last: the newest event number it wrote, 0 for none.
        known: what the log tells.
        afterwards: what is to be said once it is committed.
    """

    def __init__(self, connection: Connection, ledger: Ledger) -> None:
        self.connection = connection
        self.now_ns = ledger.clock.now_ns()
        self.last = 0
        self.steps: list[str] = []
        self.known = Known()
        self.afterwards: list[Callable[[], None]] = []
        self._ledger = ledger
        self._free: dict[str, int] = {}

    def scene(self, incident_class: str) -> Scene:
        """Return what decisions about an incident of this class may know."""
        book = self._ledger.book
        return Scene(
            now_ns=self.now_ns,
            directory=book.directory,
            calendar=book.calendar,
            standard=book.standards.of(incident_class),
            person=book.person,
            next_task=self.next_id(TASKS),
            table=book.reports.department,
        )

    def next_id(self, table: Table) -> int:
        """Return the first id of `incidents` or `tasks` that is free, also of what was not written yet."""
        if table.name not in self._free:
            self._free[table.name] = cases.next_id(self.connection, table)
        return self._free[table.name]

    def write(self, before: Case | None, outcome: Outcome, actor: Person | None = None) -> Case:
        """Write an outcome; return the case with its new version."""
        sheet = Sheet(self)
        case = sheet.write(before, outcome, actor)
        sheet.flush()
        return case

    def note(self, deed: Deed, actor: Person | None = None) -> int:
        """Write a deed that concerns no single incident, such as a silence or a handover; return its number."""
        stamp = Stamp(at_ns=self.now_ns, actor=actor.id, actor_name=actor.name) if actor else Stamp(at_ns=self.now_ns)
        (entry,) = event_log.append(self.connection, [(deed, stamp)])
        self.last = entry.number
        self.steps.append(str(deed.step))
        return entry.number

    def numbered(self, case: Case) -> None:
        """Take note of the ids that a case uses."""
        self._free[INCIDENTS.name] = max(self.next_id(INCIDENTS), case.incident.id + 1)
        if case.tasks:
            self._free[TASKS.name] = max(self.next_id(TASKS), max(task.id for task in case.tasks) + 1)

    def flush(self, cases_: Iterable[tuple[Case | None, Case]], written: Iterable["Written"]) -> None:
        """Write cases as they stood before and stand now, and what was done, in order; `Sheet` calls this."""
        book = self._ledger.book
        pairs = list(cases_)
        standards = [book.standards.of(case.incident.incident_class) for _, case in pairs]
        saved = [(before, case, standard) for (before, case), standard in zip(pairs, standards, strict=True)]
        cases.save_all(self.connection, saved, book.calendar)
        for before, case in pairs:
            upward_clock.follow(self.connection, before, case, self.now_ns, self._ledger.book.upward)
        lines = [(replace(one, deed=self._telling(one.deed, one.case.incident))) for one in written]
        entries = event_log.append(self.connection, [(line.deed, line.stamp) for line in lines])
        found = [(entry, line.case) for line, entry in zip(lines, entries, strict=True)]
        age_ns = self._ledger.settings.snapshots.age_s * SECOND_NS
        asking.ask(self.connection, found, self.now_ns, age_ns)
        sending = self._ledger.sending(self.now_ns)
        drafts = [
            draft
            for line, entry in zip(lines, entries, strict=True)
            for draft in messages.drafts(entry, line.case, book, sending)
        ]
        outbox.put(self.connection, drafts, book.telling.quotas, self.now_ns)
        for before, case in pairs:
            self._follow(before, case, [pair for pair in zip(lines, entries, strict=True) if _is_about(pair[0], case)])
        if entries:
            self.last = entries[-1].number
            self.steps += [str(entry.deed.step) for entry in entries]

    def stamp(self, incident: int, version: int, actor: Person | None) -> Stamp:
        """Return by whom and when something is done on this page."""
        if actor is None:
            return Stamp(incident=incident, version=version, at_ns=self.now_ns)
        return Stamp(incident=incident, version=version, at_ns=self.now_ns, actor=actor.id, actor_name=actor.name)

    def clocked(self, before: Case | None, outcome: Outcome) -> tuple[Deed, ...]:
        """Return an outcome's deeds; the last one tells every deadline given, so that the log alone suffices."""
        book = self._ledger.book
        standard = book.standards.of(outcome.case.incident.incident_class)
        clocks = given(before, outcome.case, standard, book.calendar)
        if not clocks or not outcome.deeds:
            return outcome.deeds
        *first, last = outcome.deeds
        return (*first, replace(last, data={**last.data, "clocks": clocks}))

    def _follow(self, before: Case | None, case: Case, written: list[tuple["Written", Entry]]) -> None:
        """Move the escalations of a case and tell departments' systems; a case of which nobody is told has none."""
        if self._ledger.untold(case.incident):
            return
        book, systems = self._ledger.book, self._ledger.settings.systems
        change = Change(before, case, [entry for _, entry in written], [line.stamp for line, _ in written])
        following.follow(self.connection, change, book.chains, systems, self.now_ns)

    def _telling(self, deed: Deed, incident: IncidentRecord) -> Deed:
        """Write into the deed who is told, or why nobody is."""
        if not deed.told:
            return deed
        reason = self._ledger.untold(incident)
        if reason:
            MESSAGES_WITHHELD.labels(reason).inc()
            return replace(deed, told=(), data={**deed.data, "untold": reason})
        return replace(deed, data={**deed.data, "told": list(deed.told)})


@dataclass(frozen=True, slots=True)
class Written:
    """A deed with its stamp, and the case as the deed left it."""

    case: Case
    deed: Deed
    stamp: Stamp


def _is_about(line: Written, case: Case) -> bool:
    return line.case.incident.id == case.incident.id


class Sheet:
    """Outcomes of one transaction that are written together: a case that many of them change is saved once."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._cases: dict[int, tuple[Case | None, Case]] = {}
        self._written: list[Written] = []

    def case(self, number: int) -> Case | None:
        """Return a case as it stands on this sheet; None for one that is not on it."""
        found = self._cases.get(number)
        return None if found is None else found[1]

    def write(self, before: Case | None, outcome: Outcome, actor: Person | None = None) -> Case:
        """Note an outcome; return the case with its new version."""
        version = 0 if before is None else before.incident.version
        number = outcome.case.incident.id
        incident = replace(outcome.case.incident, version=version + len(outcome.deeds))
        case = Case(incident, outcome.case.tasks)
        deeds = self._page.known.told(before, case, self._page.clocked(before, outcome))
        first = self._cases[number][0] if number in self._cases else before
        self._cases[number] = (first, case)
        self._page.numbered(case)
        self._written += [
            Written(case, deed, self._page.stamp(number, version + offset, actor))
            for offset, deed in enumerate(deeds, 1)
        ]
        return case

    def flush(self) -> None:
        """Write it all, once; every change must have had its deed by now."""
        assert all(self._page.known.tells(case) for _, case in self._cases.values()), "a change without a deed"
        self._page.flush(self._cases.values(), self._written)
        self._cases, self._written = {}, []
