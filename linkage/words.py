"""The words of open incidents, kept in memory beside the database, so that a search reads no table from end to end."""

from collections.abc import Sequence
from threading import Lock

from sqlalchemy import Connection, select

from linkage import event_log
from linkage.tables import EVENTS, INCIDENTS

#: Incidents whose words are read with one query; SQLite allows 32,766 parameters.
_AT_ONCE = 1000

#: Of more changed incidents than this, all are read again: that is then the shorter way.
_MOST_CHANGED = 20_000


class OpenWords:
    """What can be searched for in open incidents; safe between threads.

    It follows the event log: whatever changes an incident is an entry there. Some 300 bytes an open incident.
    """

    def __init__(self) -> None:
        self._texts: dict[int, str] = {}
        self._upto = 0
        self._lock = Lock()

    def matching(self, connection: Connection, words: Sequence[str], most: int) -> list[int]:
        """Return the ids of open incidents in which all `words` stand, at most `most` of them, in no order."""
        with self._lock:
            self._catch_up(connection)
            found = list(self._texts.items())
            # One comprehension a word, the longest and so the rarest first: some 5 ms for 100,000 incidents.
            for word in sorted(words, key=len, reverse=True):
                found = [(number, text) for number, text in found if word in text]
            return [number for number, _ in found[:most]]

    def _catch_up(self, connection: Connection) -> None:
        newest = event_log.head(connection).number
        if newest <= self._upto:
            return
        changed = _changed(connection, self._upto)
        if len(changed) > _MOST_CHANGED:
            self._texts = _all(connection)
        else:
            for number in changed:
                self._texts.pop(number, None)
            self._texts.update(_some(connection, changed))
        self._upto = newest


def _changed(connection: Connection, number: int) -> list[int]:
    later = select(EVENTS.c.incident).where(EVENTS.c.number > number, EVENTS.c.incident.is_not(None)).distinct()
    return list(connection.execute(later.limit(_MOST_CHANGED + 1)).scalars())


def _all(connection: Connection) -> dict[int, str]:
    rows = connection.execute(select(INCIDENTS.c.id, INCIDENTS.c.words).where(INCIDENTS.c.ended_ns.is_(None)))
    return {row.id: row.words for row in rows}


def _some(connection: Connection, numbers: Sequence[int]) -> dict[int, str]:
    texts: dict[int, str] = {}
    query = select(INCIDENTS.c.id, INCIDENTS.c.words).where(INCIDENTS.c.ended_ns.is_(None))
    for start in range(0, len(numbers), _AT_ONCE):
        some = numbers[start : start + _AT_ONCE]
        texts |= {row.id: row.words for row in connection.execute(query.where(INCIDENTS.c.id.in_(some)))}
    return texts
