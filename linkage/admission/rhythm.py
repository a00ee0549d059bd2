"""How often the alarms of each rule and target change."""

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import Connection, bindparam, func, select, tuple_

from city.alarm import AlarmTransition, Change, Flapping
from linkage.admission.holds import Rhythm
from linkage.tables import ADMISSIONS

#: Whether a reading says so is no change of what it says.
_STAYS = (Change.DOUBTED, Change.CONFIRMED)

_CHANGES = (
    select(
        ADMISSIONS.c.rule,
        ADMISSIONS.c.target,
        func.count().label("changes"),
        func.max(ADMISSIONS.c.level).label("worst"),
        func.max(ADMISSIONS.c.arrival_ns).label("last_ns"),
    )
    .where(
        tuple_(ADMISSIONS.c.rule, ADMISSIONS.c.target).in_(bindparam("keys", expanding=True)),
        ADMISSIONS.c.arrival_ns > bindparam("since"),
        ADMISSIONS.c.change.notin_([str(change) for change in _STAYS]),
    )
    .group_by(ADMISSIONS.c.rule, ADMISSIONS.c.target)
)


class Rhythms:
    """Changes of each rule and target in the time in which they would be flapping."""

    def __init__(self, city: Flapping) -> None:
        self._city = city
        self._found: defaultdict[tuple[str, str], Rhythm] = defaultdict(Rhythm)

    def limit(self, transition: AlarmTransition) -> Flapping:
        """Return what flaps: as the alarm's rule says, else as the city does."""
        own = transition.response.flapping
        return self._city if own is None else own

    def read(self, connection: Connection, transitions: Iterable[AlarmTransition], now_ns: int) -> None:
        """Read how the alarms of this batch have changed before it."""
        spans: defaultdict[int, set[tuple[str, str]]] = defaultdict(set)
        for transition in transitions:
            spans[self.limit(transition).within_ns].add((transition.rule, transition.target))
        for within_ns, keys in spans.items():
            for row in connection.execute(_CHANGES, {"keys": sorted(keys), "since": now_ns - within_ns}):
                self._found[row.rule, row.target] = Rhythm(row.changes, row.worst, row.last_ns)

    def of(self, transition: AlarmTransition) -> Rhythm:
        """Return how it changed lately, this change not counted."""
        return self._found[transition.rule, transition.target]

    def count(self, transition: AlarmTransition) -> None:
        """Count a change."""
        if transition.change in _STAYS:
            return
        before = self.of(transition)
        worst, last_ns = max(before.worst, int(transition.level)), max(before.last_ns, transition.arrival_ns)
        self._found[transition.rule, transition.target] = Rhythm(before.changes + 1, worst, last_ns)
