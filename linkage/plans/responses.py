"""Responses: the system proposes, a person starts, raises, lowers and ends them, departments acknowledge and report."""

from dataclasses import dataclass, replace

from city.clock import SECOND_NS, from_ns
from city.errors import BadRequest, Conflict, IllegalTransition, NotFound, NotPermitted
from linkage import cases
from linkage.deed import Deed, Outcome
from linkage.departments import Axis
from linkage.ledger import Ledger, Page
from linkage.opening import Report, opened_by_person
from linkage.person import Person, Role
from linkage.plans import activation as rows
from linkage.plans import proposals
from linkage.plans.activation import Activation
from linkage.plans.calling import called_up, filed
from linkage.plans.orders import Change, Content, Start
from linkage.plans.plan import Plan
from linkage.plans.proposal import Place, ProposalState
from linkage.record import Case
from linkage.scales import rank
from linkage.tables import INCIDENTS

#: A response is started, changed and ended by the government (Emergency Response Law 2024 Art. 71): the leader on duty.
DECIDING = frozenset({Role.LEADER})

_HOUR_NS = 3600 * SECOND_NS


@dataclass(frozen=True, slots=True)
class _Decided:
    """What was decided: from which level, and which departments hear of it beside the desks."""

    step: str
    note: str
    before: str = ""
    told: tuple[str, ...] = ()


class Responses:
    """What a leader decides about responses. Calls block on the database: call from a thread."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def start(self, order: Start, person: Person) -> int:
        """Start a response and call up its departments; return its number.

        Raises:
            NotPermitted: this person does not decide on responses.
            NotFound: no such plan is in force, or no such incident or proposal is there.
            BadRequest: the level, the area or what the law asks for is missing or wrong.
            Conflict: one runs there already.
        """
        _permit("start_response", person)
        order.content.check()
        with self._ledger.writing() as page:
            plan = self._plan(order, page)
            host = self._host(page, plan, order, person)
            return self._started(page, plan, order, host, person)

    def raise_(self, number: int, order: Change, person: Person) -> None:
        """Raise a response; what the lower levels do goes on, and everybody acknowledges anew.

        Raises:
            NotPermitted, NotFound, BadRequest: as for `start`.
            IllegalTransition: it has ended, or the level is not above it.
            Conflict: somebody else changed it first.
        """
        _permit("raise_response", person)
        if order.content is None:
            raise BadRequest(expected="what Art. 72 asks for", got="nothing", at="content")
        order.content.check()
        with self._ledger.writing() as page:
            before = self._running(page, number, order.version, "raise_response")
            plan = before.plan_copy()
            _check_level(order.level, plan.above(before.level), before)
            after = replace(_stated(before, order.content, page.now_ns), level=order.level)
            after = replace(after, highest=max(after.highest, order.level, key=rank))
            case = self._open_host(page, after, plan, person)
            after = replace(after, incident=case.incident.id)
            rows.save(page.connection, after)
            rows.call_again(page.connection, number)
            rows.call_parts(page.connection, after, plan, page.now_ns)
            told = tuple(plan.rhythms_min(before.level))
            case = self._say(page, case, after, person, _Decided("raise_response", order.note, before.level, told))
            self._call_up(page, case, after, plan, person)
            proposals.settle(page.connection, _place(after), person, page.now_ns)

    def lower(self, number: int, order: Change, person: Person) -> None:
        """Lower a response: tasks that were given stay to be finished, reporting falls to the lower level's rhythm.

        Raises:
            NotPermitted, NotFound, IllegalTransition, Conflict: as for `raise_`.
        """
        _permit("lower_response", person)
        with self._ledger.writing() as page:
            before = self._running(page, number, order.version, "lower_response")
            plan = before.plan_copy()
            _check_level(order.level, plan.below(before.level), before)
            after = replace(before, level=order.level, changed_ns=page.now_ns, calm_ns=None, version=before.version + 1)
            rows.save(page.connection, after)
            rows.call_parts(page.connection, after, plan, page.now_ns)
            case = self._case(page, after)
            told = tuple(plan.rhythms_min(before.level))
            self._say(page, case, after, person, _Decided("lower_response", order.note, before.level, told))
            proposals.settle(page.connection, _place(after), person, page.now_ns)

    def end(self, number: int, version: int, note: str, person: Person) -> None:
        """End a response; its incident stays open until supervision closes it.

        Raises:
            NotPermitted, NotFound, IllegalTransition, Conflict: as for `raise_`.
        """
        _permit("end_response", person)
        with self._ledger.writing() as page:
            before = self._running(page, number, version, "end_response")
            now_ns = page.now_ns
            after = replace(before, ended_ns=now_ns, changed_ns=now_ns, calm_ns=None, version=before.version + 1)
            rows.save(page.connection, after)
            rows.stop_parts(page.connection, number)
            told = tuple(before.plan_copy().rhythms_min(before.level))
            self._say(page, self._case(page, after), after, person, _Decided("end_response", note, before.level, told))
            proposals.settle(page.connection, _place(after), person, now_ns)

    def dismiss(self, proposal: int, note: str, person: Person) -> None:
        """Decide against a proposal; it comes up again when more is called for.

        Raises:
            NotPermitted, NotFound: as for `start`.
            IllegalTransition: it was decided before, or ceased.
        """
        _permit("dismiss", person)
        with self._ledger.writing() as page:
            row = proposals.decide(page.connection, proposal, ProposalState.DISMISSED, person, note, page.now_ns)
            said = {name: row[name] for name in ("plan", "area", "drill", "level", "kind")}
            page.note(Deed(step="dismiss_proposal", note=note, data={"proposal": proposal, **said}), person)

    def _plan(self, order: Start, page: Page) -> Plan:
        book = self._ledger.book
        plan = book.plans.find(order.plan, from_ns(page.now_ns).astimezone(book.zone).date())
        if plan is None:
            raise NotFound("plan", order.plan)
        if plan.level(order.level) is None:
            levels = ", ".join(f"`{level.level}`" for level in plan.levels)
            raise BadRequest(expected=f"one of {levels}", got=order.level, at="level")
        areas = ("",) if plan.area == "city" else book.districts
        if order.area not in areas:
            raise BadRequest(expected="an area of the plan", got=order.area, at="area")
        return plan

    def _host(self, page: Page, plan: Plan, order: Start, person: Person) -> Case:
        """Return the open incident that the response hangs on; one is opened when none is given."""
        if order.incident is None:
            return self._opened(page, _report(plan, order.content.matter, order.area, order.priority), person)
        case = cases.load(page.connection, order.incident)
        if case is None:
            raise NotFound("incident", order.incident)
        if not case.incident.is_open:
            at = f"incident {case.incident.number}"
            raise IllegalTransition("start_response", state=case.incident.state, legal=(), at=at)
        return case

    def _opened(self, page: Page, report: Report, person: Person) -> Case:
        number = page.next_id(INCIDENTS)
        scene = page.scene(report.incident_class)
        return page.write(None, opened_by_person(report, person, number, scene, self._ledger.book), person)

    def _open_host(self, page: Page, activation: Activation, plan: Plan, person: Person) -> Case:
        """Return the incident that the response hangs on, or a new one when that has ended meanwhile."""
        case = self._case(page, activation)
        if case.incident.is_open:
            return case
        report = _report(plan, activation.matter, activation.area, case.incident.priority)
        return self._opened(page, report, person)

    def _case(self, page: Page, activation: Activation) -> Case:
        case = cases.load(page.connection, activation.incident)
        assert case is not None  # the foreign key says so
        return case

    def _started(self, page: Page, plan: Plan, order: Start, host: Case, person: Person) -> int:
        drill = host.incident.drill
        if rows.running_at(page.connection, plan.id, order.area, drill=drill) is not None:
            raise Conflict(found=f"a response by plan `{plan.id}` runs there", at="plan")
        now_ns = page.now_ns
        activation = Activation(
            id=rows.next_id(page.connection),
            plan=plan.id,
            plan_version=plan.version,
            plan_text=plan.text,
            area=order.area,
            drill=drill,
            level=order.level,
            highest=order.level,
            matter=order.content.matter,
            measures=order.content.measures,
            expected_ns=now_ns + round(order.content.expected_h * _HOUR_NS),
            incident=host.incident.id,
            started_ns=now_ns,
            started_by=person.id,
            started_name=person.name,
            changed_ns=now_ns,
        )
        rows.save(page.connection, activation, new=True)
        self._span(page, activation, order, person)
        rows.call_parts(page.connection, activation, plan, now_ns)
        case = self._say(page, host, activation, person, _Decided("start_response", order.note))
        self._call_up(page, case, activation, plan, person)
        return activation.id

    def _span(self, page: Page, activation: Activation, order: Start, person: Person) -> None:
        """Note the incidents that the proposal named, and what became of the proposal."""
        rows.span(page.connection, activation.id, activation.incident, page.now_ns)
        if order.proposal is None:
            proposals.settle(page.connection, _place(activation), person, page.now_ns)
            return
        state = ProposalState.TAKEN
        row = proposals.decide(page.connection, order.proposal, state, person, order.note, page.now_ns)
        if Place(row["plan"], row["area"], row["drill"]) != _place(activation):
            raise BadRequest(expected="a proposal of this plan, area and mode", got=order.proposal, at="proposal")
        for incident in row["incidents"]:
            rows.span(page.connection, activation.id, incident, page.now_ns)

    def _say(self, page: Page, case: Case, activation: Activation, person: Person, decided: "_Decided") -> Case:
        """Write what was decided into the incident's log, for the desks and those who are in it."""
        level = "" if activation.ended_ns is not None else activation.level
        standing = rows.level_at(page.connection, case.incident.id)
        incident = replace(case.incident, response_level=standing, plan=activation.plan)
        directory = self._ledger.book.directory
        desks = [desk for axis in (Axis.COMMAND, Axis.SUPERVISION) for desk in directory.desks(axis, incident.district)]
        deed = Deed(
            step=decided.step,
            from_state=case.incident.state,
            to_state=case.incident.state,
            note=decided.note,
            data=_said(activation, decided.before, level),
            told=tuple(dict.fromkeys([*desks, *decided.told])),
        )
        return page.write(case, Outcome(Case(incident, case.tasks), (deed,)), person)

    def _call_up(self, page: Page, case: Case, activation: Activation, plan: Plan, person: Person) -> None:
        by_system = filed(case, activation.id, page.now_ns)
        if by_system is not None:
            case = page.write(case, by_system)
        scene = page.scene(case.incident.incident_class)
        outcome = called_up(case, activation, plan, scene, self._ledger.book.calendar)
        if outcome is not None:
            page.write(case, outcome, person)

    def _running(self, page: Page, number: int, version: int, step: str) -> Activation:
        found = rows.load(page.connection, number)
        if found.ended_ns is not None:
            raise IllegalTransition(step, state="ended", legal=(), at=f"activation {number}")
        if found.version != version:
            raise Conflict(found=f"the response is now at level {found.level}", at=f"activation {number}")
        return found


def _permit(step: str, person: Person) -> None:
    if not person.holds(DECIDING):
        raise NotPermitted(step, allowed=" or ".join(sorted(DECIDING)), at="activations")


def _place(activation: Activation) -> Place:
    return Place(activation.plan, activation.area, activation.drill)


def _report(plan: Plan, matter: str, area: str, priority: int) -> Report:
    """Return what an incident is opened with that a response hangs on."""
    return Report(
        title=matter.strip().splitlines()[0][:200],
        incident_class=plan.incident_class,
        priority=priority,
        source="leader",
        note=matter,
        district=area,
    )


def _check_level(level: str, legal: tuple[str, ...], activation: Activation) -> None:
    if level not in legal:
        at = f"activation {activation.id}"
        raise IllegalTransition(level, state=activation.level, legal=legal, at=at)


def _stated(activation: Activation, content: Content, now_ns: int) -> Activation:
    return replace(
        activation,
        matter=content.matter,
        measures=content.measures,
        expected_ns=now_ns + round(content.expected_h * _HOUR_NS),
        changed_ns=now_ns,
        calm_ns=None,
        version=activation.version + 1,
    )


def _said(activation: Activation, before: str, level: str) -> dict[str, object]:
    """Return what the log keeps: all that Art. 72 asks for, and by which version of the plan."""
    return {
        "activation": activation.id,
        "plan": activation.plan,
        "plan_version": activation.plan_version,
        "area": activation.area,
        "drill": activation.drill,
        "level": level,
        "from_level": before,
        "matter": activation.matter,
        "measures": activation.measures,
        "expected_ns": activation.expected_ns,
    }
