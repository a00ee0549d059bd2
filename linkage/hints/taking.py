"""Takes alarms about equipment into the lane: several of one sensor are one hint, which ends when all have cleared."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Table, bindparam, func, insert, select, update

from city.alarm import AlarmTransition, Change, Lane
from city.clock import SECOND_NS
from city.level import Level
from city.sensor import Sensor
from linkage.admission.decision import Action, Decision, Reason
from linkage.admission.evidence import evidence_text, finite, is_drill
from linkage.deed import Deed
from linkage.departments import Directory
from linkage.hints.tables import HINT_ALARMS, HINTS
from linkage.ledger import Page
from linkage.opening import priority_of

Row = dict[str, Any]

#: A hint that ended by itself is opened again by what comes within a day: the same fault, by day and by night.
_AGAIN_NS = 86_400 * SECOND_NS

#: How a hint ends of which every alarm has cleared.
RECOVERED = "recovered"

_ALARMS = select(HINT_ALARMS).where(HINT_ALARMS.c.alarm.in_(bindparam("alarms", expanding=True)))
_NEWEST = select(func.max(HINTS.c.id)).where(HINTS.c.target.in_(bindparam("targets", expanding=True)))
_HINTS = select(HINTS).where(
    HINTS.c.id.in_(_NEWEST.group_by(HINTS.c.target)) | HINTS.c.id.in_(bindparam("hints", expanding=True))
)
_ACTIVE = select(HINT_ALARMS).where(HINT_ALARMS.c.hint.in_(bindparam("hints", expanding=True)), HINT_ALARMS.c.active)
_BURNING, _RELIEVING = frozenset({Change.RAISED, Change.RISEN}), frozenset({Change.FALLEN, Change.CLEARED})


def is_hint(transition: AlarmTransition) -> bool:
    """Tell whether the alarm is about equipment, and opens no incident."""
    return transition.response.lane is Lane.EQUIPMENT


class Taking:
    """The hints around one batch: read at once, changed in memory, written at once with their entries of the log."""

    def __init__(self, page: Page, directory: Directory) -> None:
        self._page, self._directory = page, directory
        self._hints: dict[int, Row] = {}
        self._newest: dict[str, int] = {}
        self._alarms: dict[str, Row] = {}
        self._known: tuple[set[int], set[str]] = (set(), set())
        self._deeds: list[Deed] = []
        self._changed: tuple[set[int], set[str]] = (set(), set())

    def read(self, transitions: Sequence[AlarmTransition]) -> None:
        """Read what is known of these alarms and their sensors."""
        if not transitions:
            return
        connection = self._page.connection
        named = {"alarms": sorted({one.alarm for one in transitions})}
        rows = [dict(row) for row in connection.execute(_ALARMS, named).mappings()]
        asked = {"targets": sorted({one.target for one in transitions}), "hints": sorted({row["hint"] for row in rows})}
        for row in connection.execute(_HINTS, asked).mappings():
            self._hints[row["id"]] = dict(row)
            self._newest[row["target"]] = max(row["id"], self._newest.get(row["target"], 0))
        rows += [dict(row) for row in connection.execute(_ACTIVE, {"hints": sorted(self._hints)}).mappings()]
        self._alarms = {row["alarm"]: row for row in rows}
        self._known = (set(self._hints), set(self._alarms))

    def take(self, transition: AlarmTransition, sensor: Sensor | None) -> Decision:
        """Decide about one change of an alarm, and note what it makes of the sensor's hint."""
        if is_drill(transition, sensor):
            return Decision(Action.IGNORE, Reason.DRILL)
        known = self._alarms.get(transition.alarm)
        if transition.change in _BURNING:
            return Decision(Action.HINT, self._burns(transition, sensor, known))
        if transition.change not in _RELIEVING or known is None or not known["active"]:
            return Decision(Action.IGNORE, Reason.UNKNOWN)
        return self._relieved(transition, known)

    def flush(self) -> None:
        """Write everything that was noted."""
        self._write(HINTS, self._hints, self._known[0], self._changed[0])
        self._write(HINT_ALARMS, self._alarms, self._known[1], self._changed[1])
        for deed in self._deeds:
            self._page.note(deed)
        self._deeds = []

    def _write(self, table: Table, rows: Mapping[Any, Row], known: set[Any], changed: set[Any]) -> None:
        """Write the rows that changed, those first that are new."""
        key = next(iter(table.primary_key))
        new = [rows[one] for one in sorted(changed - known)]
        if new:
            self._page.connection.execute(insert(table), new)
        for one in sorted(changed & known):
            self._page.connection.execute(update(table).where(key == one).values(rows[one]))
        known |= changed
        changed.clear()

    def _burns(self, transition: AlarmTransition, sensor: Sensor | None, known: Row | None) -> Reason:
        hint = self._hints.get(self._newest.get(transition.target, 0))
        reason = Reason.SAME_RULE_AND_TARGET if known is not None else Reason.SAME_SENSOR
        if hint is None or hint["ended_ns"] is not None:
            hint, reason = self._opened(transition, sensor, hint)
        elif int(transition.level) > hint["level"]:
            reason = Reason.HIGHER_LEVEL
        self._count_in(transition, hint, known)
        self._settle(hint)
        step = "hint" if reason in {Reason.NEW, Reason.CAME_BACK} else "hint_changed"
        self._tell(step, hint, {"rule": transition.rule, "reason": str(reason), "transition": transition.id})
        return reason

    def _opened(self, transition: AlarmTransition, sensor: Sensor | None, last: Row | None) -> tuple[Row, Reason]:
        """Return a hint that is open again, or a new one; what a person ended stays ended."""
        now_ns = self._page.now_ns
        if last is not None and last["ended_how"] == RECOVERED and now_ns - last["ended_ns"] <= _AGAIN_NS:
            last.update(ended_ns=None, ended_how="", times=last["times"] + 1, level=0)
            return last, Reason.CAME_BACK
        hint = _hint(transition, sensor, self._department(sensor))
        hint |= {"id": self._next_id(), "opened_ns": now_ns, "changed_ns": now_ns}
        self._hints[hint["id"]], self._newest[transition.target] = hint, hint["id"]
        return hint, Reason.NEW

    def _department(self, sensor: Sensor | None) -> str:
        """Return who looks after a sensor: its maintainer, else its owner, as far as the city knows them."""
        named = (sensor.maintainer, sensor.owner) if sensor is not None else ()
        return next(iter(self._directory.handling(named)), "")

    def _next_id(self) -> int:
        last = self._page.connection.execute(select(func.max(HINTS.c.id))).scalar_one()
        return max([0 if last is None else int(last), *self._hints]) + 1

    def _count_in(self, transition: AlarmTransition, hint: Row, known: Row | None) -> None:
        row = _alarm(transition) if known is None else known | _now(transition)
        self._alarms[transition.alarm] = row | {"hint": hint["id"], "active": True}
        self._changed[1].add(transition.alarm)

    def _relieved(self, transition: AlarmTransition, known: Row) -> Decision:
        known["level"] = int(transition.level)
        if transition.change is Change.CLEARED:
            known |= {"active": False, "cleared_ns": transition.time_ns}
        self._changed[1].add(transition.alarm)
        hint = self._hints[known["hint"]]
        if hint["ended_ns"] is not None:
            return Decision(Action.IGNORE, Reason.NOT_OPEN)
        active = self._settle(hint)
        if active:
            reason = Reason.LOWER_LEVEL if transition.change is Change.FALLEN else Reason.OTHERS_BURN
            self._tell("hint_changed", hint, {"rule": transition.rule, "reason": str(reason)})
            return Decision(Action.HINT, reason)
        hint.update(ended_ns=self._page.now_ns, ended_how=RECOVERED)
        self._tell("hint_ended", hint, {"how": RECOVERED, "rule": transition.rule})
        return Decision(Action.HINT, Reason.LAST_CLEARED)

    def _settle(self, hint: Row) -> int:
        """Set a hint's level to that of its worst active alarm; return how many are active."""
        levels = [row["level"] for row in self._alarms.values() if row["hint"] == hint["id"] and row["active"]]
        if levels:
            hint.update(level=max(levels), worst=max(hint["worst"], *levels))
        hint["changed_ns"] = self._page.now_ns
        self._changed[0].add(hint["id"])
        return len(levels)

    def _tell(self, step: str, hint: Row, data: dict[str, object]) -> None:
        about = {"hint": hint["id"], "sensor": hint["target"], "level": Level(hint["level"]).word}
        self._deeds.append(Deed(step=step, data={**about, **data}))


def _hint(transition: AlarmTransition, sensor: Sensor | None, department: str) -> Row:
    nobody = dict.fromkeys(("ordered_by", "ordered_by_name", "order_note", "ended_by", "ended_by_name", "end_note"), "")
    return {
        **nobody,
        "target": transition.target,
        "domain": str(transition.domain),
        "district": "" if sensor is None else sensor.district,
        "department": department,
        "level": int(transition.level),
        "worst": int(transition.level),
        "incident_class": transition.response.incident_class,
        "priority": priority_of(transition),
        "recorded": transition.recorded,
        "times": 1,
        "ordered_ns": None,
        "ended_ns": None,
        "ended_how": "",
        "incident": None,
    }


def _alarm(transition: AlarmTransition) -> Row:
    return {
        "alarm": transition.alarm,
        "rule": transition.rule,
        "rule_name": transition.rule_name,
        "kind": transition.kind,
        "raised_ns": transition.time_ns,
        "quantity": transition.quantity,
        "unit": transition.unit,
        **_now(transition),
    }


def _now(transition: AlarmTransition) -> Row:
    return {
        "level": int(transition.level),
        "cleared_ns": None,
        "value": finite(transition.value),
        "limit_value": finite(transition.limit),
        "evidence": evidence_text(transition),
    }
