"""Looks at every plan's triggers when something has happened, and keeps what they call for as proposals."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import structlog
from prometheus_client import Counter
from sqlalchemy import Connection, RowMapping, select, update

from city.clock import SECOND_NS, from_ns
from linkage import cases, event_log
from linkage.deed import Deed, Outcome
from linkage.departments import Axis
from linkage.ledger import Ledger, Page
from linkage.plans import proposals
from linkage.plans.facts import gather, played
from linkage.plans.plan import Plan
from linkage.plans.proposal import Called, Place, ProposalState, Proposed, Standing, at_least, called, is_calm, proposed
from linkage.plans.tables import ACTIVATIONS, RUNNING

log = structlog.get_logger()

PROPOSALS_MADE = Counter("linkage_proposals_made_total", "Responses proposed by the system, by kind.", ["kind"])

#: Longest time without a look even when nothing happened, because durations run on by themselves.
_ANYWAY_NS = 15 * SECOND_NS


@dataclass(frozen=True, slots=True)
class _Change:
    """Where what is proposed differs from what should be, or a response has become calm or stopped being so."""

    place: Place
    version: str
    wanted: Proposed | None
    standing: Standing
    row: RowMapping | None
    differs: bool


class Proposer:
    """A turn; it writes proposals and starts nothing. Calls block: call from a thread."""

    name = "proposals"

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.every_s = ledger.settings.plans.look_s
        self._seen, self._looked_ns = -1, 0

    def take(self) -> int:
        """Look, if something has happened or enough time has passed; return how many proposals changed."""
        if not self._ledger.book.plans:
            return 0
        now_ns = self._ledger.clock.now_ns()
        with self._ledger.database.read() as connection:
            newest = event_log.head(connection).number
            if newest == self._seen and 0 <= now_ns - self._looked_ns < _ANYWAY_NS:
                return 0
            found = list(self._changes(connection, now_ns))
        self._seen, self._looked_ns = newest, now_ns
        return self._write() if found else 0

    def _write(self) -> int:
        with self._ledger.writing() as page:
            changes = list(self._changes(page.connection, page.now_ns))
            for change in changes:
                self._make(page, change)
        return len(changes)

    def _changes(self, connection: Connection, now_ns: int) -> Iterator[_Change]:
        """Yield what differs, and end what stands where no plan looks any more."""
        rows, running = proposals.standing(connection), _running(connection)
        for place, plan, what in self._calls(connection, now_ns):
            before, row = running.get(place, Standing()), rows.pop(place, None)
            calm_ns = (before.calm_ns or now_ns) if is_calm(before, what) else None
            standing = replace(before, calm_ns=calm_ns)
            wanted = proposed(plan, what, standing, now_ns)
            differs = _differs(row, wanted)
            if differs or standing != before:
                yield _Change(place, plan.version, wanted, standing, row, differs)
        for place, row in rows.items():
            yield _Change(place, "", None, Standing(), row, differs=True)

    def _calls(self, connection: Connection, now_ns: int) -> Iterator[tuple[Place, Plan, Called]]:
        """Yield what each plan in force calls for in each of its areas, in earnest and in exercises."""
        book = self._ledger.book
        plans = book.plans.in_force(from_ns(now_ns).astimezone(book.zone).date())
        classes = {name for plan in plans for name in plan.trigger_classes}
        earnest = gather(connection, classes, now_ns, drill=False)
        for plan in plans:
            for area in ("",) if plan.area == "city" else book.districts:
                yield Place(plan.id, area, drill=False), plan, called(plan, earnest.within(area) if area else earnest)
        games = played(connection)
        exercise = gather(connection, classes, now_ns, drill=True) if games else earnest
        for plan in plans:
            if plan.id not in games:
                continue
            scenario = plan.scenario(games[plan.id][0])
            found = at_least(called(plan, exercise), "" if scenario is None else scenario.level)
            hung = found if found.incidents else replace(found, incidents=(games[plan.id][1],))
            area = "" if plan.area == "city" or scenario is None else scenario.district
            yield Place(plan.id, area, drill=True), plan, hung

    def _make(self, page: Page, change: _Change) -> None:
        if change.standing.activation is not None:
            calm = update(ACTIVATIONS).where(ACTIVATIONS.c.id == change.standing.activation)
            page.connection.execute(calm.values(calm_ns=change.standing.calm_ns))
        if not change.differs:
            return
        if change.row is not None:
            proposals.cease(page.connection, change.row, page.now_ns)
        if change.wanted is None:
            self._let_cease(page, change.row)
            return
        activation = change.standing.activation
        data = proposals.put(page.connection, change.place, change.version, change.wanted, activation, page.now_ns)
        self._tell(page, data, change.standing.incident or next(iter(change.wanted.called.incidents), None))
        PROPOSALS_MADE.labels(change.wanted.kind).inc()
        log.info("response_proposed", plan=change.place.plan, level=change.wanted.level, kind=change.wanted.kind)

    def _let_cease(self, page: Page, row: RowMapping | None) -> None:
        """Write into the city's log that a proposal which still waited for a person is called for no more."""
        if row is not None and row["state"] == ProposalState.OPEN:
            said = {name: row[name] for name in ("plan", "area", "level", "drill")}
            page.note(Deed(step="cease_proposal", data={"proposal": row["id"], **said}))

    def _tell(self, page: Page, data: dict[str, object], incident: int | None) -> None:
        """Write it into the log of the incident that it hangs on; into the city's log when there is none."""
        case = None if incident is None else cases.load(page.connection, incident)
        if case is None:
            page.note(Deed(step="propose", data=data))
            return
        told = self._ledger.book.directory.desks(Axis.COMMAND, case.incident.district)
        state = case.incident.state
        page.write(case, Outcome(case, (Deed(step="propose", from_state=state, to_state=state, data=data, told=told),)))


def _differs(row: RowMapping | None, wanted: Proposed | None) -> bool:
    if row is None or wanted is None:
        return (row is None) is not (wanted is None)
    return (row["kind"], row["level"], row["from_level"]) != (wanted.kind, wanted.level, wanted.from_level)


def _running(connection: Connection) -> dict[Place, Standing]:
    table = ACTIVATIONS.c
    query = select(table.id, table.plan, table.area, table.drill, table.level, table.calm_ns, table.incident).where(
        RUNNING
    )
    return {
        Place(row.plan, row.area, row.drill): Standing(row.level, row.calm_ns, row.id, row.incident)
        for row in connection.execute(query)
    }
