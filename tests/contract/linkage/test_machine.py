"""Whatever alarms come and whoever acts, crashes and waits: nothing is lost, doubled or out of line."""

from collections import Counter
from datetime import timedelta
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import delete, func, inspect, select

from city.alarm import AlarmTransition, Change
from city.clock import SECOND_NS
from city.errors import BadRequest, IllegalTransition, NotFound, NotPermitted
from city.level import Level
from linkage import cases
from linkage.acting import Order
from linkage.admission.decision import Action, Reason
from linkage.admission.releasing import Releaser
from linkage.admission.tables import HELD_ALARMS
from linkage.clocks import running
from linkage.event_log import verify
from linkage.finding import QueueFilter
from linkage.merging.merging import Asked, Merging
from linkage.merging.parting import Chosen
from linkage.person import Person
from linkage.silences.keeping import SilenceKeeper
from linkage.silences.matching import Matchers
from linkage.silences.silence import SilenceKind, SilenceState
from linkage.silences.silences import NewSilence, Silences
from linkage.states import ENDED, FOLLOWING, SPANNING, TASK_MOVES, Disposition, Step, followed
from linkage.tables import (
    ADMISSIONS,
    EVENTS,
    INCIDENTS,
    MEMBERS,
    NEVER_NS,
)
from linkage.views import Incident, NextStep
from storage.sql import METADATA, Database
from tests.support.linkage import (
    ACCEPTOR,
    COLLECTOR,
    DISPATCHER,
    FOREMAN,
    MONITOR,
    POLICE_OFFICER,
    WATER_HANDLER,
    WATER_OFFICER,
    Town,
    alarm,
    life_safety,
)
from tests.support.rebuilding import unlike_the_log
from tests.support.tampering import unprotected

PEOPLE = (ACCEPTOR, FOREMAN, COLLECTOR, DISPATCHER, WATER_OFFICER, WATER_HANDLER, POLICE_OFFICER, MONITOR)
JOINING = (ACCEPTOR, FOREMAN, DISPATCHER)
TARGETS = ("underpass/1", "underpass/2")

#: Relief of what was held back is with no incident.
_UNSEEN = (Reason.HELD_CLEARED, Reason.HELD_FELL)


class Queue(RuleBasedStateMachine):
    """Rules on the two targets, the people of a small city, and a desk that may die between any two of its acts."""

    database: ClassVar[Database]

    def __init__(self) -> None:
        super().__init__()
        with self.database.write() as connection, unprotected(connection):
            there = set(inspect(connection).get_table_names())
            for table in reversed(METADATA.sorted_tables):
                if table.name in there:
                    connection.execute(delete(table))
        self.town = Town(self.database)
        self.outbox: list[AlarmTransition] = []
        self.enqueued: list[AlarmTransition] = []
        self.burning: dict[str, Level] = {}
        self.runs: Counter[str] = Counter()
        self.steps: Counter[str] = Counter()

    @rule(sensor=st.sampled_from(TARGETS), level=st.sampled_from(Level), grave=st.booleans())
    def enqueue(self, sensor: str, level: Level, *, grave: bool) -> None:
        """Let the rule say what a rule can say: raised, risen, fallen, or cleared when the level is as it was."""
        before = self.burning.get(sensor)
        if before is None:
            self.runs[sensor] += 1
            change = Change.RAISED
        elif level == before:
            change = Change.CLEARED
        else:
            change = Change.RISEN if level > before else Change.FALLEN
        self.steps[sensor] += 1
        made = alarm(change, level, target=sensor, run=self.runs[sensor], step=self.steps[sensor])
        transition = life_safety(made) if grave else made
        if change is Change.CLEARED:
            del self.burning[sensor]
        else:
            self.burning[sensor] = level
        self.outbox.append(transition)
        self.enqueued.append(transition)

    @precondition(lambda self: self.outbox)
    @rule(count=st.integers(1, 4), settled=st.booleans())
    def admit(self, count: int, *, settled: bool) -> None:
        """Admit the first of the outbox; the desk may die before ingest forgets them."""
        self.town.admitter.admit(self.outbox[:count])
        if settled:
            del self.outbox[:count]

    @rule()
    def die(self) -> None:
        """Start the desk anew on what the database holds."""
        clock = self.town.ledger.clock
        self.town = Town(self.database)
        self.town.wait(seconds=(clock.now_ns() - self.town.ledger.clock.now_ns()) / 1e9)

    @rule(span=st.sampled_from([timedelta(minutes=1), timedelta(minutes=20), timedelta(hours=3)]))
    def wait(self, span: timedelta) -> None:
        """Let time pass and look at the clocks."""
        self.town.wait(seconds=span.total_seconds())
        self.town.ticker.take()
        SilenceKeeper(self.town.ledger).take()
        Releaser(self.town.ledger).take()

    @rule(who=st.sampled_from([ACCEPTOR, WATER_OFFICER]))
    def report(self, who: Person) -> None:
        """Let somebody report."""
        self.town.reported(who)

    @rule(who=st.sampled_from(PEOPLE), pick=st.integers(0, 50), choice=st.integers(0, 50))
    def take_an_offered_step(self, who: Person, pick: int, choice: int) -> None:
        """Take one of the steps that somebody is offered: it must be accepted."""
        shown = self._look(who, pick)
        if shown is None:
            return
        offered = [*shown.steps, *(step for task in shown.tasks for step in task.steps)]
        if offered:
            self._take(shown, offered[choice % len(offered)], who)

    @rule(who=st.sampled_from(PEOPLE), pick=st.integers(0, 50), step=st.sampled_from(Step), leg=st.integers(0, 3))
    def ask_for_any_step(self, who: Person, pick: int, step: Step, leg: int) -> None:
        """Ask for a step that is not offered: it must be refused and change nothing."""
        shown = self._look(who, pick)
        if shown is None:
            return
        task = shown.tasks[leg % len(shown.tasks)] if step in TASK_MOVES and shown.tasks else None
        if step in SPANNING:
            return
        if step in {one.step for one in (shown.steps if task is None else task.steps)}:
            return
        order = Order(step=step, version=shown.version, note="x", disposition=Disposition.CANCELLED)
        try:
            if task is None:
                self.town.incidents.act(shown.id, order, who)
            else:
                self.town.incidents.act_on_task(task.id, order, who)
        except (IllegalTransition, NotPermitted):  # closing in doubt is one of the former
            assert self.town.incidents.one(shown.id, who) == shown
        else:
            raise AssertionError(order)

    @rule(who=st.sampled_from(JOINING), pick=st.integers(0, 50), other=st.integers(0, 50))
    def merge(self, who: Person, pick: int, other: int) -> None:
        """Let one incident go on in another: both must be open, and two."""
        source, target = self._look(who, pick), self._look(who, other)
        if source is None or target is None:
            return
        asked = Asked(person=who, version=source.version, note="one cause")
        try:
            Merging(self.town.ledger).merge(source.id, target.id, asked)
        except (IllegalTransition, BadRequest):
            assert source == target or {source.state, target.state} & ENDED
            assert self.town.incidents.one(source.id, who) == source
        else:
            assert not {source.state, target.state} & ENDED

    @rule(who=st.sampled_from(JOINING), pick=st.integers(0, 50), alarm_=st.integers(0, 9), leg=st.integers(0, 3))
    def part(self, who: Person, pick: int, alarm_: int, leg: int) -> None:
        """Detach an alarm, or split off a leg with it where there is one; what goes is in the new incident only."""
        shown = self._look(who, pick)
        if shown is None or shown.state in ENDED:
            return
        alarms = _one_or_none([one.alarm for one in shown.alarms], alarm_)
        tasks = _one_or_none([task.id for task in shown.tasks], leg)
        step = Step.SPLIT if tasks else Step.DETACH
        asked = Asked(person=who, version=shown.version, note="two causes")
        try:
            number = Merging(self.town.ledger).split(shown.id, Chosen(alarms, tasks), asked, step)
        except BadRequest:  # nothing would go, or nothing stay
            assert self.town.incidents.one(shown.id, who) == shown
        else:
            new = self.town.incidents.one(number, MONITOR)
            assert {task.id for task in new.tasks} == set(tasks)

    @rule(sensor=st.sampled_from(TARGETS), span=st.sampled_from([timedelta(minutes=5), timedelta(hours=2)]))
    def silence(self, sensor: str, span: timedelta) -> None:
        """Keep a target quiet."""
        wanted = NewSilence(
            kind=SilenceKind.SILENCE,
            matchers=Matchers(sensors=(sensor,)),
            until_ns=self.town.ledger.clock.now_ns() + int(span.total_seconds()) * SECOND_NS,
            reason="works on the road",
        )
        Silences(self.town.ledger).make(wanted, FOREMAN)

    @rule()
    def end_a_silence(self) -> None:
        """End the newest silence: what it hid comes up at the next look, if it still burns."""
        silences = Silences(self.town.ledger)
        for one in silences.page().items[:1]:
            if one.state is not SilenceState.ENDED:
                silences.end(one.id, DISPATCHER)

    def _look(self, who: Person, pick: int) -> Incident | None:
        lines = self.town.queue.page(MONITOR, QueueFilter(open=None)).items
        if not lines:
            return None
        try:
            return self.town.incidents.one(lines[pick % len(lines)].id, who)
        except NotFound:
            return None

    def _nameable(self, offered: NextStep, shown: Incident) -> str:
        if offered.step is not Step.ASSIGN:
            return COLLECTOR.id
        department = next(task.department for task in shown.tasks if task.id == offered.task)
        return {"water": WATER_HANDLER.id, "police": POLICE_OFFICER.id}[department]

    def _take(self, shown: Incident, offered: NextStep, who: Person) -> None:
        busy = {task.department for task in shown.tasks if task.state not in {"returned", "cancelled", "transferred"}}
        free = [name for name in ("water", "police", "power") if name not in busy]
        if offered.step in {Step.DISPATCH, Step.TRANSFER} and not free:
            return
        order = Order(
            step=offered.step,
            version=shown.version,
            note="x" if "note" in offered.needs else "",
            departments=(free[0],) if offered.step in {Step.DISPATCH, Step.TRANSFER} else (),
            disposition=offered.dispositions[0] if offered.dispositions else None,
            person=self._nameable(offered, shown) if "person" in offered.needs else "",
            grade="II" if "grade" in offered.needs else "",
            override="seen by eye" if "override" in offered.needs else "",
        )
        if offered.task is None:
            self.town.incidents.act(shown.id, order, who)
        else:
            self.town.incidents.act_on_task(offered.task, order, who)

    @invariant()
    def at_most_one_is_open_for_each_rule_and_target(self) -> None:
        """Look at the keys of what is open."""
        query = (
            select(MEMBERS.c.target, func.count(MEMBERS.c.incident.distinct()))
            .join(INCIDENTS, INCIDENTS.c.id == MEMBERS.c.incident)
            .where(INCIDENTS.c.ended_ns.is_(None))
            .group_by(MEMBERS.c.target)
        )
        with self.town.database.read() as connection:
            assert all(count == 1 for _, count in connection.execute(query))

    @invariant()
    def no_alarm_is_lost(self) -> None:
        """Look for every transition that ingest was allowed to forget."""
        waiting = {transition.id for transition in self.outbox}
        with self.town.database.read() as connection:
            decided = {row.transition: row for row in connection.execute(select(ADMISSIONS))}
        for transition in self.enqueued:
            if transition.id not in waiting:
                row = decided[transition.id]
                assert row.incident is not None or row.action == Action.HOLD or row.reason in _UNSEEN

    @invariant()
    def what_burns_unseen_is_held_at_the_level_at_which_it_began(self) -> None:
        """Look at held alarms: none of them is worse than when it began to be held back."""
        with self.town.database.read() as connection:
            held = list(connection.execute(select(HELD_ALARMS).where(HELD_ALARMS.c.ended_ns.is_(None))))
        assert all(row.level <= row.began for row in held)

    @invariant()
    def log_is_whole(self) -> None:
        """Follow the chain; each incident's version counts its events."""
        assert verify(self.town.database) == []
        of_one = EVENTS.c.incident.is_not(None)  # silences are events of the city
        counted = select(EVENTS.c.incident, func.count()).where(of_one).group_by(EVENTS.c.incident)
        with self.town.database.read() as connection:
            versions = {row.id: row.version for row in connection.execute(select(INCIDENTS.c.id, INCIDENTS.c.version))}
            assert {row[0]: row[1] for row in connection.execute(counted)} == versions

    @invariant()
    def log_tells_every_row(self) -> None:
        """Fold each incident's events: they give its row and those of its tasks, column by column."""
        assert unlike_the_log(self.town.ledger) == []

    @invariant()
    def derived_columns_follow_from_the_rest(self) -> None:
        """Derive state, order and deadlines anew."""
        with self.town.database.read() as connection:
            rows = list(connection.execute(select(INCIDENTS)).mappings())
            found = [cases.load(connection, row["id"]) for row in rows]
            counted = select(MEMBERS.c.incident, func.count()).where(MEMBERS.c.active).group_by(MEMBERS.c.incident)
            active = {row[0]: row[1] for row in connection.execute(counted)}
        book = self.town.ledger.book
        for row, case in zip(rows, found, strict=True):
            assert case is not None
            clocks = running(case, book.standards.of(row["incident_class"]), book.calendar)
            assert row["due_ns"] == (clocks[0].due_ns if clocks else NEVER_NS)
            assert row["acknowledged"] == (row["acknowledged_ns"] is not None)
            if case.incident.state in FOLLOWING:
                assert case.incident.state is followed([task.state for task in case.legs])
            if case.incident.is_open and case.incident.by_alarm:
                assert case.incident.active == active.get(row["id"], 0)
                if case.incident.alarms:  # a part that was split off with tasks alone never burnt
                    assert (case.incident.recovered_ns is not None) == (case.incident.active == 0)


def _one_or_none(of: list[str], pick: int) -> tuple[str, ...]:
    return tuple([*of, ""][pick % (len(of) + 1)].split())


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_queue_holds_whatever_happens(database: Database):
    run_state_machine_as_test(
        type("QueueHere", (Queue,), {"database": database}),
        settings=settings(max_examples=10, stateful_step_count=25, suppress_health_check=list(HealthCheck)),
    )
