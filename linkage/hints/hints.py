"""The service behind the equipment lane: hints listed and answered; one becomes an incident only by a person."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, func, literal, select, tuple_, update

from city.errors import IllegalTransition, NotFound
from linkage import cursor
from linkage.deed import Deed
from linkage.hints.permissions import ANSWERING, OPENING, check, may_answer, may_open, visible
from linkage.hints.tables import HINT_ALARMS, HINTS
from linkage.hints.viewing import hint_of
from linkage.hints.views import HintPage, HintView
from linkage.idempotency import asking, done_before, mark_done
from linkage.ledger import Ledger, Page
from linkage.opening import Report, opened_by_person, titled
from linkage.person import Person
from linkage.rows import row_number
from linkage.tables import INCIDENTS

Row = RowMapping

#: What a step writes: its entry of the log, and the hint's new values.
Written = tuple[Deed, dict[str, object]]


class Hints:
    """Hints in SQL. Calls block on the database: call from a thread."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def page(
        self,
        person: Person,
        *,
        ended: bool = False,
        sensor: str | None = None,
        limit: int = 50,
        after: str | None = None,
    ) -> HintPage:
        """Return hints that `person` may see: open ones, the worst first, or ended ones, those that ended last first.

        Raises:
            BadRequest: `after` is not a cursor of this list.
        """
        first = HINTS.c.ended_ns if ended else HINTS.c.level
        where = [visible(person), HINTS.c.ended_ns.is_not(None) if ended else HINTS.c.ended_ns.is_(None)]
        where += [] if sensor is None else [HINTS.c.target == sensor]
        query = select(HINTS).where(*where).order_by(first.desc(), HINTS.c.id.desc())
        if after is not None:
            most, number = cursor.decode(after, 2)
            query = query.where(tuple_(first, HINTS.c.id) < tuple_(literal(most), literal(number)))
        with self._ledger.database.read() as connection:
            rows = list(connection.execute(query.limit(limit + 1)).mappings())
            total = connection.execute(select(func.count()).select_from(HINTS).where(*where)).scalar_one()
            items = self._views(connection, rows[:limit], person)
        last = rows[limit - 1] if len(rows) > limit else None
        following = None if last is None else cursor.encode((last[first.name], last["id"]))
        return HintPage(items=items, next=following, total=total)

    def one(self, hint: str, person: Person) -> HintView:
        """Return a hint; raises NotFound where it is not, or not this person's to see."""
        with self._ledger.database.read() as connection:
            return self._views(connection, [_row(connection, hint, person)], person)[0]

    def order(self, hint: str, person: Person, note: str, key: str = "") -> HintView:
        """Note that maintenance was ordered; the hint stays until the sensor is right again.

        Raises:
            NotFound, NotPermitted: there is no such hint for this person, or it is not theirs to answer.
            IllegalTransition: it has ended, or maintenance was ordered already.
        """
        return self._act(hint, person, "order", note, key)

    def dismiss(self, hint: str, person: Person, note: str, key: str = "") -> HintView:
        """End a hint because the sensor is right; raises as `order` does."""
        return self._act(hint, person, "dismiss", note, key)

    def open_incident(self, hint: str, person: Person, note: str, key: str = "") -> HintView:
        """End a hint by an incident that this person reports, for the reason in `note`; raises as `order` does."""
        return self._act(hint, person, "open_incident", note, key)

    def _act(self, hint: str, person: Person, step: str, note: str, key: str) -> HintView:
        with self._ledger.writing() as page:
            ask = asking(person.id, key, step, hint, note)
            if not done_before(page.connection, ask):
                row = _row(page.connection, hint, person)
                self._check(row, person, step)
                deed, values = _STEPS[step](_Scene(self._ledger, page, row, person), note)
                page.connection.execute(update(HINTS).where(HINTS.c.id == row["id"]).values(values))
                page.note(deed, person)
                mark_done(page.connection, ask, page.now_ns)
        return self.one(hint, person)

    def _check(self, row: Row, person: Person, step: str) -> None:
        allowed, roles = (may_open, OPENING) if step == "open_incident" else (may_answer, ANSWERING)
        check(allowed=allowed(person, row["department"]), step=step, roles=roles)
        state = "ended" if row["ended_ns"] is not None else "ordered"
        if row["ended_ns"] is not None or (step == "order" and row["ordered_ns"] is not None):
            legal = () if state == "ended" else ("dismiss", "open_incident")
            raise IllegalTransition(step, state=state, legal=legal, at=f"hint {row['id']}")

    def _views(self, connection: Connection, rows: Sequence[Row], person: Person) -> tuple[HintView, ...]:
        of_hint: dict[int, list[Row]] = defaultdict(list)
        query = select(HINT_ALARMS).where(HINT_ALARMS.c.hint.in_([row["id"] for row in rows]))
        for alarm in connection.execute(query).mappings():
            of_hint[alarm["hint"]].append(alarm)
        sensor = self._ledger.book.sensor
        return tuple(hint_of(row, of_hint[row["id"]], sensor(row["target"]), person) for row in rows)


@dataclass(frozen=True, slots=True)
class _Scene:
    """Where a step is taken: the page it is written on, the hint, and who takes it."""

    ledger: Ledger
    page: Page
    row: Row
    person: Person


def _ordered(scene: _Scene, note: str) -> Written:
    page, person = scene.page, scene.person
    by = {"ordered_ns": page.now_ns, "ordered_by": person.id, "ordered_by_name": person.name}
    return Deed(step="hint_ordered", note=note, data=_about(scene.row)), {
        **by,
        "order_note": note,
        "changed_ns": page.now_ns,
    }


def _dismissed(scene: _Scene, note: str) -> Written:
    deed = Deed(step="hint_ended", note=note, data={**_about(scene.row), "how": "dismissed"})
    return deed, _ended(scene, "dismissed", note)


def _made_an_incident(scene: _Scene, note: str) -> Written:
    """Write the incident, with the title of the worst alarm and for the department that looks after the sensor."""
    page, row, book = scene.page, scene.row, scene.ledger.book
    sensor = book.sensor(row["target"])
    alarms = page.connection.execute(select(HINT_ALARMS).where(HINT_ALARMS.c.hint == row["id"])).mappings()
    worst = max(alarms, key=lambda one: (one["active"], one["level"], one["alarm"]))
    names = titled(worst["rule_name"], worst["rule"], row["target"], sensor)
    report = Report(
        title=names["en"],
        names=names,
        incident_class=row["incident_class"],
        priority=row["priority"],
        source="sensor",
        note=note,
        sensor=None if sensor is None else sensor.id,
        proposed=book.directory.handling([row["department"]]),
    )
    number = page.next_id(INCIDENTS)
    outcome = opened_by_person(report, scene.person, number, page.scene(report.incident_class), book)
    case = page.write(None, outcome, scene.person)
    data = {**_about(row), "how": "incident", "number": case.incident.number}
    values = {**_ended(scene, "incident", note), "incident": case.incident.id}
    return Deed(step="hint_ended", note=note, data=data), values


_STEPS: Mapping[str, Callable[[_Scene, str], Written]] = {
    "order": _ordered,
    "dismiss": _dismissed,
    "open_incident": _made_an_incident,
}


def _row(connection: Connection, hint: str, person: Person) -> Row:
    query = select(HINTS).where(HINTS.c.id == row_number(hint, "hint"), visible(person))
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        raise NotFound("hint", hint)
    return row


def _about(row: Row) -> dict[str, object]:
    return {"hint": row["id"], "sensor": row["target"]}


def _ended(scene: _Scene, how: str, note: str) -> dict[str, object]:
    return {
        "ended_ns": scene.page.now_ns,
        "ended_how": how,
        "ended_by": scene.person.id,
        "ended_by_name": scene.person.name,
        "end_note": note,
        "changed_ns": scene.page.now_ns,
    }
