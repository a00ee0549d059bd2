"""Drills (演练): a person plays a scenario; the same chain runs, marked, and apart from what is real."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace

from sqlalchemy import Connection, RowMapping, func, insert, select, update

from city.clock import SECOND_NS, from_ns, iso
from city.errors import Conflict, IllegalTransition, NotFound, NotPermitted
from linkage import cases
from linkage.deed import Deed, Outcome
from linkage.ledger import Ledger, Page
from linkage.opening import Report, opened_by_person
from linkage.person import Person, Role
from linkage.plans.plan import Plan
from linkage.plans.scenario import Scenario
from linkage.plans.tables import ACTIVATIONS, DRILLS, RUNNING
from linkage.plans.track import Play, script_of
from linkage.record import Case
from linkage.tables import INCIDENTS, NEVER_NS
from linkage.viewing import moment
from linkage.views import Moment, View
from linkage.waking import Due
from linkage.warnings.issuing import WarningContent, Warnings

#: Who may play: those who would lead in earnest.
DRILLING = frozenset({Role.LEADER, Role.FOREMAN, Role.DISPATCHER})

_MINUTE_NS = 60 * SECOND_NS

#: Exercises that are told something in one transaction.
_DUE = Due(select(DRILLS), DRILLS.c.wake_ns, 50)


class DrillView(View):
    """An exercise: what is played, by whom, and how far it has come."""

    id: str
    plan: str
    scenario: str
    name: dict[str, str]
    incident: str
    injects: int
    given: int
    started_at: Moment
    started_by: str
    ended_at: Moment | None
    note: str
    sensors: tuple[str, ...]
    played: int
    plays_until: Moment | None


class Drills:
    """Starts and ends exercises. Calls block on the database: call from a thread."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._warnings = Warnings(ledger)

    def start(self, plan_id: str, scenario_id: str, person: Person) -> int:
        """Begin an exercise: its incident is opened, its warning issued, its injects wait; return its number.

        Raises:
            NotPermitted: this person starts no exercises.
            NotFound: there is no such plan in force, or it has no such scenario.
            Conflict: an exercise of this plan is being played.
        """
        _permit("start_drill", person)
        with self._ledger.writing() as page:
            plan, scenario = self._scenario(page, plan_id, scenario_id)
            played = select(DRILLS.c.id).where(DRILLS.c.plan == plan.id, DRILLS.c.ended_ns.is_(None))
            if page.connection.execute(played).first() is not None:
                raise Conflict(found=f"an exercise of plan `{plan.id}` is being played", at="plan")
            case = self._opened(page, plan, scenario, person)
            warning = self._warned(page, scenario, case, person)
            return self._kept(page, plan, scenario, case, person, warning)

    def end(self, number: int, note: str, person: Person) -> None:
        """End an exercise; its response must have been ended before, its incident is closed as any other.

        Raises:
            NotPermitted: as for `start`.
            NotFound: there is no such exercise.
            IllegalTransition: it has ended, or its response still runs.
        """
        _permit("end_drill", person)
        with self._ledger.writing() as page:
            row = _row(page.connection, number)
            if row["ended_ns"] is not None:
                raise IllegalTransition("end_drill", state="ended", legal=(), at=f"drill {number}")
            running = select(ACTIVATIONS.c.id).where(RUNNING, ACTIVATIONS.c.incident == row["incident"])
            if page.connection.execute(running).first() is not None:
                raise IllegalTransition("end_drill", state="running", legal=("end_response",), at=f"drill {number}")
            ended = {"ended_ns": page.now_ns, "note": note, "wake_ns": NEVER_NS}
            page.connection.execute(update(DRILLS).where(DRILLS.c.id == number).values(ended))
            data: dict[str, object] = {"drill": True, "exercise": number, "given": row["given"]}
            _say(page, row["incident"], Deed(step="end_drill", note=note, data=data), person)

    def page(self, *, running: bool | None = None, limit: int = 100) -> list[DrillView]:
        """Return exercises, newest first; only those that run, only those that ended, or (None) both."""
        query = select(DRILLS).order_by(DRILLS.c.id.desc()).limit(limit)
        if running is not None:
            query = query.where(DRILLS.c.ended_ns.is_(None) if running else DRILLS.c.ended_ns.is_not(None))
        with self._ledger.database.read() as connection:
            return [_view(row) for row in connection.execute(query).mappings()]

    def one(self, number: int) -> DrillView:
        """Return an exercise.

        Raises:
            NotFound: there is none with this number.
        """
        with self._ledger.database.read() as connection:
            return _view(_row(connection, number))

    def _scenario(self, page: Page, plan_id: str, scenario_id: str) -> tuple[Plan, Scenario]:
        book = self._ledger.book
        plan = book.plans.find(plan_id, from_ns(page.now_ns).astimezone(book.zone).date())
        if plan is None:
            raise NotFound("plan", plan_id)
        scenario = plan.scenario(scenario_id)
        if scenario is None:
            raise NotFound("scenario", scenario_id)
        return plan, scenario

    def _opened(self, page: Page, plan: Plan, scenario: Scenario, person: Person) -> Case:
        note = "\n".join(scenario.note.values())
        # In the title itself, so that no list, wall, sound or message shows it without the mark.
        names = {"zh": f"【演练】{scenario.title['zh']}", "en": f"[DRILL] {scenario.title['en']}"}
        report = Report(
            title=names["zh"],
            names=names,
            incident_class=plan.incident_class,
            priority=scenario.priority,
            source="leader",
            note=note,
            longitude=scenario.longitude,
            latitude=scenario.latitude,
            district=scenario.district,
            place=scenario.place,
        )
        scene = page.scene(plan.incident_class)
        opened = opened_by_person(report, person, page.next_id(INCIDENTS), scene, self._ledger.book)
        case = Case(replace(opened.case.incident, drill=True), opened.case.tasks)
        deeds = tuple(replace(deed, data={**deed.data, "drill": True}) for deed in opened.deeds)
        return page.write(None, Outcome(case, deeds), person)

    def _warned(self, page: Page, scenario: Scenario, case: Case, person: Person) -> int | None:
        if not scenario.warning:
            return None
        content = WarningContent(
            level=scenario.warning["level"],
            starts_ns=page.now_ns,
            area=scenario.place if scenario.place else "全市 / whole city",
            cautions="演练 / exercise",
            measures="演练 / exercise",
            issuer=person.name,
        )
        return self._warnings.put(page, scenario.warning["category"], content, person, case, drill=True)

    def _kept(self, page: Page, plan: Plan, scenario: Scenario, case: Case, person: Person, warning: int | None) -> int:
        last = page.connection.execute(select(func.max(DRILLS.c.id))).scalar_one()
        injects = [{**asdict(inject), "text": dict(inject.text)} for inject in scenario.injects]
        known = {sensor.id: sensor for sensor in map(self._ledger.book.sensor, _named(scenario)) if sensor is not None}
        script = script_of(plan.id, scenario.tracks, known)
        # Sensors of the plan's last exercise may still be going home: they are this one's now.
        stopped = update(DRILLS).where(DRILLS.c.plan == plan.id, DRILLS.c.play_ns != NEVER_NS)
        page.connection.execute(stopped.values(play_ns=NEVER_NS))
        row = {
            "id": 1 if last is None else int(last) + 1,
            "plan": plan.id,
            "plan_version": plan.version,
            "scenario": scenario.id,
            "name": dict(scenario.name),
            "injects": injects,
            "given": 0,
            "wake_ns": _wake(injects, 0, page.now_ns),
            "incident": case.incident.id,
            "warning": warning,
            "started_ns": page.now_ns,
            "started_by": person.id,
            "started_name": person.name,
            "note": "",
            "script": script,
            "play_ns": page.now_ns if script else NEVER_NS,
            "played": 0,
        }
        page.connection.execute(insert(DRILLS), row)
        data: dict[str, object] = {
            "drill": True,
            "exercise": row["id"],
            "plan": plan.id,
            "scenario": scenario.id,
            "warning": warning,
        }
        if script:
            data["sensors"] = sorted({str(one["sensor"]) for one in script})
        _say(page, case.incident.id, Deed(step="start_drill", data=data), person)
        return int(str(row["id"]))


def _named(scenario: Scenario) -> Iterable[str]:
    return dict.fromkeys(track.sensor for track in scenario.tracks)


class Injects:
    """A turn: tells players what happens next, at its time. Calls block: call from a thread."""

    name = "injects"

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.every_s = ledger.settings.plans.rhythm_s

    def take(self) -> int:
        """Give the injects that are due; return how many were given."""
        return _DUE.take(self._ledger, self._give_all)

    def _give_all(self, page: Page, rows: Sequence[RowMapping]) -> None:
        for row in rows:
            self._give(page, row)

    def _give(self, page: Page, row: RowMapping) -> None:
        text = row["injects"][row["given"]]["text"]
        given = row["given"] + 1
        data: dict[str, object] = {"drill": True, "exercise": row["id"], "inject": given}
        _say(page, row["incident"], Deed(step="inject", note=f"{text['zh']}\n{text['en']}", data=data), None)
        wake_ns = _wake(row["injects"], given, row["started_ns"])
        change = update(DRILLS).where(DRILLS.c.id == row["id"])
        page.connection.execute(change.values(given=given, wake_ns=wake_ns))


def _permit(step: str, person: Person) -> None:
    if not person.holds(DRILLING):
        raise NotPermitted(step, allowed=" or ".join(sorted(DRILLING)), at="drills")


def _wake(injects: list[dict[str, object]], given: int, started_ns: int) -> int:
    """Return when the next inject is due."""
    if given >= len(injects):
        return NEVER_NS
    return started_ns + int(str(injects[given]["after_min"])) * _MINUTE_NS


def _row(connection: Connection, number: int) -> RowMapping:
    row = connection.execute(select(DRILLS).where(DRILLS.c.id == number)).mappings().one_or_none()
    if row is None:
        raise NotFound("drill", number)
    return row


def _say(page: Page, incident: int, deed: Deed, person: Person | None) -> None:
    case = cases.load(page.connection, incident)
    assert case is not None  # the foreign key says so
    state = case.incident.state
    page.write(case, Outcome(case, (replace(deed, from_state=state, to_state=state),)), person)


def _view(row: RowMapping) -> DrillView:
    play = Play(tuple(row["script"]), row["started_ns"], row["ended_ns"])
    return DrillView(
        id=str(row["id"]),
        plan=row["plan"],
        scenario=row["scenario"],
        name=row["name"],
        incident=str(row["incident"]),
        injects=len(row["injects"]),
        given=row["given"],
        started_at=iso(row["started_ns"]),
        started_by=row["started_name"],
        ended_at=moment(row["ended_ns"]),
        note=row["note"],
        sensors=tuple(sorted({one["sensor"] for one in row["script"]})),
        played=row["played"],
        plays_until=None if row["play_ns"] == NEVER_NS else iso(play.over_ns),
    )
