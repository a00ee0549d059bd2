"""Admits the alarms of a back-test by the linkage queue's own admission, on a queue that is thrown away.

Nobody is told, no clock of a case runs, and nobody works on cases: an incident is closed some time after its last
alarm cleared.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import func, select, update

from city.alarm import AlarmTransition, Change
from city.clock import SECOND_NS
from linkage.admission.admit import Admitter
from linkage.admission.batch import Admission
from linkage.admission.decision import Action, Reason
from linkage.admission.releasing import Releaser
from linkage.admission.tables import HELD_ALARMS
from linkage.bell import Bell
from linkage.config import LinkageSettings
from linkage.ledger import Ledger
from linkage.opening import CityBook
from linkage.states import IncidentState
from linkage.tables import ADMISSIONS, INCIDENTS, KEYS
from storage.sql import METADATA, Database

#: What holds an alarm back is looked at once a minute: in the city it is every few seconds.
_LOOK_S = 60.0

#: When held alarms are due by themselves, and whether some wait for room in a storm.
_WAKES = select(func.min(HELD_ALARMS.c.wake_ns), func.max(HELD_ALARMS.c.reason == str(Reason.STORM))).where(
    HELD_ALARMS.c.ended_ns.is_(None)
)
_CLOSE = update(INCIDENTS).values(state=str(IncidentState.CLOSED))
_DECIDED = select(ADMISSIONS.c.action, ADMISSIONS.c.reason, func.count()).group_by(
    ADMISSIONS.c.action, ADMISSIONS.c.reason
)


@dataclass(slots=True)
class Then:
    """The clock of a back-test: it shows when what is judged arrived."""

    time_ns: int

    def now_ns(self) -> int:
        """Return UTC nanoseconds since 1970."""
        return self.time_ns


@dataclass(frozen=True, slots=True)
class Opened:
    """An incident that would have been opened; `ended_ns` is None while it stands at the end of the span."""

    rule: str
    target: str
    incident_class: str
    domain: str
    district: str
    opened_ns: int
    ended_ns: int | None
    level: int
    alarms: int
    reopened: int
    proposed: tuple[str, ...]


class Queue:
    """The queue of one back-test; belongs to one thread."""

    def __init__(self, database: Database, book: CityBook, settings: LinkageSettings, closes_after_ns: int) -> None:
        looking = settings.admission.model_copy(update={"look_s": _LOOK_S})
        self._clock, self._closes_after_ns = Then(0), closes_after_ns
        chosen = settings.model_copy(update={"admission": looking, "failpoints": ()})
        self._ledger = Ledger(database, book, self._clock, chosen, Bell())
        self._admitter, self._releaser = Admitter(self._ledger), Releaser(self._ledger)
        self._database = database
        #: When incidents are to be closed: what recovered, and since when.
        self._over: list[tuple[int, int]] = []
        self._wakes_ns: int | None = None
        #: When it is next looked whether there is room for what a storm holds back.
        self._room_ns: int | None = None

    def admit(self, transitions: Iterable[AlarmTransition]) -> None:
        """Admit what changed, in order; what arrived within one second is decided on together."""
        for second, together in groupby(transitions, key=lambda one: one.arrival_ns // SECOND_NS):
            self.pass_until(second * SECOND_NS)
            some = list(together)
            self._clock.time_ns = max(self._clock.time_ns, max(one.arrival_ns for one in some))
            self._follow(zip(some, self._admitter.admit(some), strict=True))

    def pass_until(self, time_ns: int) -> None:
        """Let time pass: close what is over, and let come up what is held back no more."""
        while (next_ns := self._next_ns()) is not None and next_ns <= time_ns:
            self._clock.time_ns = max(self._clock.time_ns, next_ns)
            self._close()
            if self._wakes_ns is not None and self._wakes_ns <= self._clock.time_ns:
                self._releaser.take()
                self._look_when_to_wake()
                least_ns = self._clock.time_ns + SECOND_NS
                self._wakes_ns = None if self._wakes_ns is None else max(self._wakes_ns, least_ns)
        self._clock.time_ns = max(self._clock.time_ns, time_ns)

    def opened(self) -> Iterator[Opened]:
        """Yield the incidents, in the order in which they were opened; what joined another one is not there."""
        with self._database.read() as connection:
            query = select(INCIDENTS).where(INCIDENTS.c.state != str(IncidentState.MERGED)).order_by(INCIDENTS.c.id)
            rows = connection.execute(query).mappings().all()
        for row in rows:
            yield Opened(
                rule=row["rule"],
                target="" if row["sensor"] is None else row["sensor"],
                incident_class=row["incident_class"],
                domain=row["domain"],
                district=row["district"],
                opened_ns=row["opened_ns"],
                ended_ns=row["ended_ns"],
                level=row["worst_level"],
                alarms=row["alarms"],
                reopened=row["reopened"],
                proposed=tuple(row["proposed"]),
            )

    def decided(self, from_ns: int, until_ns: int) -> Mapping[tuple[str, str], int]:
        """Return how many changes of alarms in [from_ns, until_ns) were decided on which way, and why."""
        arrived = ADMISSIONS.c.arrival_ns
        with self._database.read() as connection:
            rows = connection.execute(_DECIDED.where(arrived >= from_ns, arrived < until_ns))
            return {(action, reason): count for action, reason, count in rows}

    def _follow(self, admitted: Iterable[tuple[AlarmTransition, Admission]]) -> None:
        held = self._wakes_ns is not None
        for transition, admission in admitted:
            held |= admission.decision.action is Action.HOLD
            if transition.change is Change.CLEARED and admission.incident is not None:
                heappush(self._over, (self._clock.time_ns + self._closes_after_ns, admission.incident))
        if held:
            self._look_when_to_wake()

    def _look_when_to_wake(self) -> None:
        with self._database.read() as connection:
            self._wakes_ns, waiting = connection.execute(_WAKES).one()
        now_ns = self._clock.time_ns
        if not waiting:
            self._room_ns = None
        elif self._room_ns is None or self._room_ns <= now_ns:
            self._room_ns = now_ns + round(_LOOK_S * SECOND_NS)
        if self._wakes_ns is not None and self._room_ns is not None:
            self._wakes_ns = min(self._wakes_ns, self._room_ns)

    def _next_ns(self) -> int | None:
        times = [*([self._over[0][0]] if self._over else []), *([] if self._wakes_ns is None else [self._wakes_ns])]
        return min(times, default=None)

    def _close(self) -> None:
        """Close incidents that have been over for long enough, and are still."""
        now_ns, due = self._clock.time_ns, []
        while self._over and self._over[0][0] <= now_ns:
            due.append(heappop(self._over)[1])
        if not due:
            return
        over = (INCIDENTS.c.id.in_(due), INCIDENTS.c.recovered_ns <= now_ns - self._closes_after_ns)
        with self._database.write() as connection:
            query = select(INCIDENTS.c.id).where(*over, INCIDENTS.c.ended_ns.is_(None))
            numbers = list(connection.execute(query).scalars())
            connection.execute(_CLOSE.where(INCIDENTS.c.id.in_(numbers)).values(ended_ns=now_ns))
            connection.execute(update(KEYS).where(KEYS.c.incident.in_(numbers)).values(open=False))


@contextmanager
def queue(book: CityBook, settings: LinkageSettings, closes_after_ns: int) -> Iterator[Queue]:
    """Yield an empty queue in a file of its own, which is gone after the block."""
    with TemporaryDirectory(prefix="liandong-backtest-") as folder:
        database = Database(f"sqlite:///{Path(folder) / 'queue.sqlite'}", readers=1, kept=False)
        try:
            with database.write() as connection:
                METADATA.create_all(connection)
            yield Queue(database, book, settings, closes_after_ns)
        finally:
            database.close()
