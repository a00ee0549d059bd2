"""Follows the event log and answers from memory what is asked about open incidents: pages, words and counts."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from threading import Lock

import numpy as np
from sqlalchemy import Connection

from city.level import PRIORITIES
from linkage import cursor, event_log
from linkage.finding import Cut, Found, QueueFilter
from linkage.overview import reading
from linkage.overview.choosing import chosen, visible
from linkage.overview.columns import Columns
from linkage.overview.ranking import Places, after, first
from linkage.overview.reading import Change
from linkage.person import Person
from linkage.tables import QUEUE_ORDER
from linkage.views import IncidentSummary, QueueCounts
from storage.sql import Database

#: Lines of the queue that are kept once read; the newest of a storm push out all.
_MOST_LINES = 5000

#: People whose own steps are kept once they were asked for.
_MOST_PEOPLE = 1000

#: Reads lines of the queue by the ids of their incidents.
Reader = Callable[[Connection, Sequence[int]], Iterable[IncidentSummary]]


@dataclass(frozen=True, slots=True)
class Seen:
    """One page: where it lies in the list, and its lines."""

    found: Found
    lines: tuple[IncidentSummary, ...]


class Overview:
    """Everything that is open, as far as the event log tells; whatever changes an incident is an entry there.

    Each answer holds what was committed before it was asked for. Safe between threads; calls block on the database.
    """

    def __init__(self, database: Database, read: Reader) -> None:
        self._database, self._read = database, read
        self._columns = Columns()
        self._lines: dict[int, IncidentSummary] = {}
        self._acted: dict[str, set[int]] = {}
        self._upto: int | None = None
        self._looks, self._caught_up = 0, 0
        self._lock = Lock()

    def follow(self) -> None:
        """Catch up with the event log; the first time that reads all that is open.

        Raises:
            StoreUnavailable: the database does not answer.
        """
        arrived = self._looks
        with self._lock:
            self._catch_up(arrived)

    def page(self, person: Person, wanted: QueueFilter, cut: Cut) -> Seen:
        """Return the open incidents that `person` may see of those wanted, in queue order, as far as `cut` goes.

        Raises:
            BadRequest: the cursor is not one of this list.
        """
        start = None if cut.after is None else cursor.decode(cut.after, len(QUEUE_ORDER))
        arrived = self._looks
        with self._lock:
            self._catch_up(arrived)
            places = self._chosen(person, wanted)
            later = places if start is None else after(self._columns.key, places, start)
            shown = first(self._columns.key, later, cut.limit + 1)
            keys = np.stack([column[shown] for column in self._columns.key], axis=1).tolist()
            ids = tuple(key[-1] for key in keys[: cut.limit])
            lines = self._lined(ids)
        following = cursor.encode(tuple(keys[cut.limit - 1])) if len(keys) > cut.limit else None
        return Seen(Found(ids, following, len(places), exact=True), lines)

    def matching(self, words: Sequence[str], most: int) -> list[int]:
        """Return the ids of open incidents in which all `words` stand, at most `most` of them, in no order."""
        arrived = self._looks
        with self._lock:
            self._catch_up(arrived)
            found = self._columns.saying(np.flatnonzero(self._columns.there), words)
            ids: list[int] = self._columns.number("id")[found[:most]].tolist()
            return ids

    def counts(self, person: Person, now_ns: int) -> QueueCounts:
        """Return how many open incidents `person` may see: all, unacknowledged, overdue, and of each priority."""
        arrived = self._looks
        with self._lock:
            self._catch_up(arrived)
            columns = self._columns
            places = np.flatnonzero(visible(columns, person))
            priorities = np.bincount(columns.number("priority")[places], minlength=max(PRIORITIES) + 1)
            return QueueCounts(
                open=len(places),
                unacknowledged=int(np.count_nonzero(columns.number("acknowledged")[places] == 0)),
                overdue=int(np.count_nonzero(columns.number("due_ns")[places] < now_ns)),
                by_priority={str(priority): int(priorities[priority]) for priority in PRIORITIES},
            )

    def _chosen(self, person: Person, wanted: QueueFilter) -> Places:
        acted = self._steps_of(person) if wanted.mine else ()
        places = np.flatnonzero(chosen(self._columns, person, wanted, acted))
        return self._columns.saying(places, wanted.words) if wanted.words else places

    def _catch_up(self, arrived: int) -> None:
        """Catch up, unless that was begun and done since this caller arrived: then all that it may expect is here."""
        if self._caught_up > arrived:
            return
        self._looks += 1
        with self._database.read() as connection:
            newest = event_log.head(connection).number
            if newest != self._upto:
                upto = self._upto if self._upto is not None and self._upto < newest else None
                changes = None if upto is None else reading.changed(connection, upto)
                if changes is None:
                    self._begin_anew(connection)
                else:
                    self._change(connection, changes)
                self._upto = newest
        self._caught_up = self._looks

    def _begin_anew(self, connection: Connection) -> None:
        self._upto, self._columns, self._lines, self._acted = None, Columns(), {}, {}
        for line in reading.everything(connection):
            self._columns.put(*line)

    def _change(self, connection: Connection, changes: Sequence[Change]) -> None:
        first_version: dict[int, int] = {}
        for change in changes:
            first_version[change.incident] = min(change.version, first_version.get(change.incident, change.version))
        away = [number for number in first_version if number not in self._columns]
        for number in first_version:
            self._columns.drop(number)
            self._lines.pop(number, None)
        for line in reading.some(connection, list(first_version)):
            self._columns.put(*line)
        if any(first_version[number] > 1 and number in self._columns for number in away):
            self._acted.clear()  # reopened: who took a step in it before is known to the log only
        for change in changes:
            if change.actor in self._acted:
                self._acted[change.actor].add(change.incident)

    def _steps_of(self, person: Person) -> set[int]:
        """Return the open incidents in which a person took a step; others may be among them."""
        known = self._acted.get(person.id)
        if known is None:
            with self._database.read() as connection:
                known = reading.acted(connection, person.id)
            if len(self._acted) >= _MOST_PEOPLE:
                self._acted.clear()
            self._acted[person.id] = known
        return known

    def _lined(self, ids: Sequence[int]) -> tuple[IncidentSummary, ...]:
        missing = [number for number in ids if number not in self._lines]
        if missing:
            if len(self._lines) + len(missing) > _MOST_LINES:
                self._lines.clear()
                missing = list(ids)
            with self._database.read() as connection:
                self._lines |= {int(line.id): line for line in self._read(connection, missing)}
        return tuple(self._lines[number] for number in ids)
