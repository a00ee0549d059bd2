"""Does what was decided about an alarm: on the batch's board, to be written with it."""

from dataclasses import replace

from city.alarm import AlarmTransition
from city.sensor import Sensor
from linkage.admission.asset import ASSET_RULE
from linkage.admission.board import Board, key_of
from linkage.admission.decision import Action, Decision, Reason, Standing
from linkage.admission.evidence import is_drill
from linkage.admission.gathering import about_asset, gathered
from linkage.admission.joining import Run, changed_case, joined, reopened
from linkage.admission.nearness import Neighbour
from linkage.admission.overflow import Cap, begun
from linkage.admission.proposing import propose
from linkage.admission.surroundings import Surroundings
from linkage.by_itself import reopened_by_itself
from linkage.deed import Outcome
from linkage.ledger import Ledger
from linkage.opening import opened_by_alarm
from linkage.record import Case
from linkage.tables import INCIDENTS

_JOINING = frozenset({Action.JOIN, Action.RISE, Action.FALL, Action.RECOVER, Action.DOUBTED, Action.CONFIRMED})


class Effects:
    """Changes cases, keys and members as decisions say. `settle` before the board is written, `propose` after."""

    def __init__(self, board: Board, surroundings: Surroundings, ledger: Ledger) -> None:
        self._board, self._surroundings, self._ledger = board, surroundings, ledger
        self._runs: dict[int, Run] = {}
        self._near: list[tuple[int, Neighbour]] = []

    def take(
        self,
        transition: AlarmTransition,
        sensor: Sensor | None,
        decision: Decision,
        standing: Standing,
        released: str = "",
    ) -> int | None:
        """Do what the decision says; return the incident it concerns. `released` is what held the alarm back."""
        number: int | None
        if decision.action is Action.OPEN:
            number = self._open(transition, sensor, decision, released)
        elif decision.action is Action.REOPEN and decision.incident is not None:
            number = self._reopen(transition, sensor, decision.incident, standing)
        elif decision.action in _JOINING and decision.incident is not None:
            number = self._join(transition, decision, standing)
        else:
            self._board.count_out(transition)
            return decision.incident
        if decision.action in {Action.OPEN, Action.REOPEN, Action.JOIN, Action.RISE} or standing.active:
            self._follow(transition, sensor, number, decision)
        return number

    def near(self, number: int, neighbours: list[Neighbour]) -> None:
        """Note that an incident that was opened may be one with others; a person is asked."""
        self._near += [(number, neighbour) for neighbour in neighbours]

    def write(self, before: Case | None, outcome: Outcome) -> Case:
        """Write an outcome on the board's sheet, after what was joined before it."""
        number = outcome.case.incident.id
        current = self._ended_run(number)
        return self._board.put(self._board.sheet.write(before if current is None else current, outcome))

    def settle(self) -> None:
        """Finish what was still being joined."""
        for number in list(self._runs):
            self._ended_run(number)

    def propose(self) -> None:
        """Ask people about incidents that may be one; all of them are written by now."""
        for number, neighbour in self._near:
            propose(self._board.page, number, neighbour)
        self._near = []

    def _follow(self, transition: AlarmTransition, sensor: Sensor | None, number: int, decision: Decision) -> None:
        """Count the alarm among its incident's, and let those around it know."""
        if decision.action in {Action.FALL, Action.RECOVER} and transition.change == "cleared":
            self._board.count_out(transition)
        else:
            self._board.count_in(transition, sensor, number)
        self._surroundings.followed(transition, sensor, number)

    def _open(self, transition: AlarmTransition, sensor: Sensor | None, decision: Decision, released: str) -> int:
        page, ledger = self._board.page, self._ledger
        number = page.next_id(INCIDENTS)
        scene = page.scene(transition.response.incident_class)
        outcome = opened_by_alarm(transition, number, scene, ledger.book, ledger.settings.confirm_within_s)
        drill = is_drill(transition, sensor)
        asset = self._surroundings.failed(transition, sensor) if decision.reason is Reason.SIBLINGS else ""
        if asset:
            outcome = about_asset(outcome, asset, ledger.book.sensor(asset))
        self.write(None, _with_why(outcome, decision, drill=drill, released=released))
        self._board.answer(key_of(transition, sensor), number)
        if asset:
            self._gather(asset, number, drill=drill)
        self._board.opened.append(number)
        return number

    def open_overflow(self, transition: AlarmTransition, cap: Cap) -> int:
        """Open the incident of a cap that begins to hold back with this alarm; return its id."""
        page, ledger = self._board.page, self._ledger
        number = page.next_id(INCIDENTS)
        scene = page.scene(transition.response.incident_class)
        plain = replace(transition, recorded=False, late=False, unconfirmed=False)
        opening = opened_by_alarm(plain, number, scene, ledger.book, ledger.settings.confirm_within_s)
        self.write(None, begun(opening, cap))
        self._board.answer(cap.key, number)
        return number

    def _gather(self, asset: str, number: int, *, drill: bool) -> None:
        """Let the incident about an asset take in those about its children."""
        rule = f"drill:{ASSET_RULE}" if drill else ASSET_RULE
        if (rule, asset) not in self._board.keys:
            self._board.answer((rule, asset), number)
        self._surroundings.opened(asset, number, drill=drill)
        for sibling in self._surroundings.children(asset, drill=drill):
            source, target = gathered(self._board.case(sibling), self._board.case(number), self._board.page.now_ns)
            self.write(self._board.case(sibling), source)
            self.write(self._board.case(number), target)
            self._board.move(sibling, number)
            self._surroundings.moved(sibling, number)

    def _reopen(self, transition: AlarmTransition, sensor: Sensor | None, number: int, standing: Standing) -> int:
        case = self._board.case(number)
        scene = self._board.page.scene(case.incident.incident_class)
        burning = self._board.burning_beside(number, transition.alarm)
        outcome = reopened(case, transition, standing, burning, scene)
        if transition.response.life_safety:
            outcome = reopened_by_itself(outcome, scene, self._ledger.settings.confirm_within_s)
        self.write(case, outcome)
        self._board.reopen(key_of(transition, sensor), number)
        return number

    def _join(self, transition: AlarmTransition, decision: Decision, standing: Standing) -> int:
        assert decision.incident is not None
        number = decision.incident
        case = self._board.case(number)
        scene = self._board.page.scene(case.incident.incident_class)
        after = changed_case(case, transition, decision, standing, scene)
        if not Run.takes(case, after, decision.action):
            self.write(case, joined(case, after, transition, decision, scene))
            return number
        run = self._runs.get(number)
        if run is not None and run.action is not decision.action:
            case = self._ended_run(number) or case
            after = replace(after, incident=replace(after.incident, version=case.incident.version))
            run = None
        if run is None:
            run = self._runs[number] = Run(decision.action)
        run.add(transition, decision)
        self._board.put(self._board.sheet.write(case, Outcome(after, ())))
        return number

    def _ended_run(self, number: int) -> Case | None:
        """Write the alarms that only joined, or only cleared, as one entry of the log; return the case after it."""
        run = self._runs.pop(number, None)
        if run is None:
            return None
        case = self._board.case(number)
        return self._board.put(self._board.sheet.write(case, run.outcome(case)))


def _with_why(outcome: Outcome, decision: Decision, *, drill: bool, released: str) -> Outcome:
    """Return the opening with its reason, marked as an exercise's if it is."""
    first, *more = outcome.deeds
    data = {**first.data, "reason": decision.reason}
    if released:
        data["released"] = released
    if drill:
        data["drill"] = True
    case = Case(replace(outcome.case.incident, drill=drill), outcome.case.tasks)
    return Outcome(case, (replace(first, data=data), *more))
