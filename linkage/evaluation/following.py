"""Keeps the tables of evaluation up with the event log, and makes them anew from it."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict
from typing import Any

import structlog
from prometheus_client import Counter
from sqlalchemy import Connection, delete, select, update

from linkage.evaluation.facts import Story
from linkage.evaluation.reading import stories_of
from linkage.evaluation.tables import BOOKMARK, FACTS, LEGS, STORIES
from linkage.tables import CHAIN, EVENTS
from storage.sql import Database, insert

log = structlog.get_logger()

#: Events that are followed in one transaction: some 20 ms, after which officers get their turn.
_BATCH = 500

STORIES_TOLD = Counter("linkage_evaluation_stories_written_total", "Incidents whose facts were derived from the log.")

_ID = 1


class Follower:
    """Follows the log event by event. Calls block on the database: call from a thread.

    Every touched incident is folded anew from all its events, so what is derived is the same whenever it is derived.
    """

    name = "evaluation"
    every_s = 2.0

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self) -> int:
        """Follow the log to its end; return how many events were new."""
        followed = 0
        while some := self.follow_some():
            followed += some
        return followed

    def follow_some(self) -> int:
        """Follow a batch of events; return how many there were."""
        with self._database.read() as connection:
            start = _bookmark(connection)
            last, touched = _touched(connection, start)
            if last == start:
                return 0
            stories = stories_of(connection, touched, last)
        with self._database.write() as connection:
            if _bookmark(connection) == start:  # else another desk was quicker
                _replace(connection, touched, stories)
                _put_bookmark(connection, last)
        STORIES_TOLD.inc(len(stories))
        return last - start

    def behind(self) -> int:
        """Return how many events have not been followed yet."""
        with self._database.read() as connection:
            end = connection.execute(select(CHAIN.c.number)).scalar_one_or_none()
            return max(0, (0 if end is None else end) - _bookmark(connection))

    def rebuild(self) -> None:
        """Forget everything that was derived; the next turns derive it anew."""
        with self._database.write() as connection:
            for table in (FACTS, LEGS, STORIES, BOOKMARK):
                connection.execute(delete(table))
        log.info("evaluation_rebuilt")


def _bookmark(connection: Connection) -> int:
    number = connection.execute(select(BOOKMARK.c.number)).scalar_one_or_none()
    return 0 if number is None else int(number)


def _put_bookmark(connection: Connection, number: int) -> None:
    if connection.execute(update(BOOKMARK).values(number=number)).rowcount == 0:
        connection.execute(insert(connection, BOOKMARK), {"id": _ID, "number": number})


def _touched(connection: Connection, start: int) -> tuple[int, set[int]]:
    """Return the last number of the next batch of events, and the incidents that they are about."""
    some = select(EVENTS.c.number, EVENTS.c.incident).where(EVENTS.c.number > start).order_by(EVENTS.c.number)
    rows = connection.execute(some.limit(_BATCH)).all()
    touched = {row.incident for row in rows if row.incident is not None}
    return (rows[-1].number if rows else start), touched


def _replace(connection: Connection, incidents: Collection[int], stories: Iterable[Story]) -> None:
    for table in (FACTS, LEGS, STORIES):
        connection.execute(delete(table).where(table.c.incident.in_(incidents)))
    told = list(stories)
    for table, rows in ((STORIES, _story_rows(told)), (FACTS, _fact_rows(told)), (LEGS, _leg_rows(told))):
        values = list(rows)
        if values:
            connection.execute(insert(connection, table), values)


_KEPT = tuple(column.name for column in STORIES.c)


def _story_rows(stories: Iterable[Story]) -> Iterator[dict[str, Any]]:
    return ({name: getattr(story, name) for name in _KEPT} for story in stories)


def _fact_rows(stories: Iterable[Story]) -> Iterator[dict[str, Any]]:
    for story in stories:
        shared = {
            "incident": story.incident,
            "source": story.source,
            "district": story.district,
            "grid": story.grid,
            "drill": story.drill,
        }
        for place, fact in enumerate(story.facts):
            yield {
                **shared,
                "place": place,
                "kind": fact.kind,
                "due_ns": fact.due_ns,
                "outcome": fact.outcome,
                "department": fact.department,
                "person": fact.person,
                "marks": " ".join(sorted(fact.marks)),
            }


def _leg_rows(stories: Iterable[Story]) -> Iterator[dict[str, Any]]:
    return ({"incident": story.incident, **asdict(leg)} for story in stories for leg in story.legs)
