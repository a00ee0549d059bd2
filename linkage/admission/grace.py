"""How long after its closing the same alarm opens an incident again: as its class's standard says, else as all do."""

from city.clock import SECOND_NS
from linkage.opening import CityBook
from linkage.record import Case


class Grace:
    """Since when an incident must have ended to be opened again, as things stand at one moment."""

    def __init__(self, book: CityBook, now_ns: int, usual_s: int) -> None:
        self._usual_ns = now_ns - usual_s * SECOND_NS
        self._own = {one.id: book.calendar.before(now_ns, one.reopen) for one in book.standards if one.reopen}

    @property
    def longest_ns(self) -> int:
        """Return the earliest of these moments: what ended before it is opened again by no alarm."""
        return min([self._usual_ns, *self._own.values()])

    def covers(self, case: Case) -> bool:
        """Tell whether a case that has ended is still opened again."""
        since_ns = self._own.get(case.incident.incident_class, self._usual_ns)
        return case.incident.ended_ns is not None and case.incident.ended_ns > since_ns
