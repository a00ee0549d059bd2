"""Notes what rules in shadow found: one row for each alarm, as it stands now; a change that is told twice is one."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from city.alarm import AlarmTransition, Change
from city.sensor import Sensor
from linkage.admission.evidence import evidence_text, finite
from linkage.shadow.tables import SHADOW_ALARMS

Row = dict[str, Any]

_KNOWN = select(SHADOW_ALARMS).where(SHADOW_ALARMS.c.alarm.in_(bindparam("alarms", expanding=True)))
#: What changes in a row after its alarm was raised.
_CHANGING = ("level", "worst", "worst_ns", "ended_ns", "value", "limit_value", "late", "evidence")
_CHANGE = (
    update(SHADOW_ALARMS)
    .where(SHADOW_ALARMS.c.alarm == bindparam("alarm_"))
    .values({name: bindparam(f"{name}_") for name in _CHANGING})
)


def is_shadow(transition: AlarmTransition) -> bool:
    """Tell whether the alarm is of a rule that runs in shadow."""
    return transition.response.shadow is not None


class Recording:
    """The rows around one batch: read at once, changed in memory, written at once."""

    def __init__(self, connection: Connection, now_ns: int) -> None:
        self._connection, self._now_ns = connection, now_ns
        self._rows: dict[str, Row] = {}
        self._new: set[str] = set()
        self._changed: set[str] = set()

    def read(self, transitions: Sequence[AlarmTransition]) -> None:
        """Read what is known of these alarms."""
        if transitions:
            alarms = sorted({transition.alarm for transition in transitions})
            for row in self._connection.execute(_KNOWN, {"alarms": alarms}).mappings():
                self._rows[row["alarm"]] = dict(row)

    def note(self, transition: AlarmTransition, sensor: Sensor | None) -> None:
        """Note one change; the end of an alarm that is not known, or not any more, leaves nothing to note."""
        row = self._rows.get(transition.alarm)
        cleared = transition.change is Change.CLEARED
        if row is None:
            if not cleared:
                self._rows[transition.alarm] = self._row(transition, sensor)
                self._new.add(transition.alarm)
        elif cleared:
            self._change(row, {"ended_ns": transition.time_ns})
        elif transition.change is not Change.RAISED:
            self._change(row, {"level": int(transition.level)})
            if transition.level > row["worst"]:
                self._change(row, _worst(transition))

    def flush(self) -> None:
        """Write what changed."""
        if self._new:
            self._connection.execute(insert(SHADOW_ALARMS), [self._rows[alarm] for alarm in sorted(self._new)])
        old = [self._rows[alarm] for alarm in sorted(self._changed - self._new)]
        if old:
            values = [{"alarm_": row["alarm"], **{f"{name}_": row[name] for name in _CHANGING}} for row in old]
            self._connection.execute(_CHANGE, values)
        self._new, self._changed = set(), set()

    def _change(self, row: Row, changes: Row) -> None:
        row.update(changes)
        self._changed.add(row["alarm"])

    def _row(self, transition: AlarmTransition, sensor: Sensor | None) -> Row:
        return {
            "alarm": transition.alarm,
            "rule": transition.rule,
            "rule_name": transition.rule_name,
            "target": transition.target,
            "domain": str(transition.domain),
            "district": "" if sensor is None else sensor.district,
            "incident_class": transition.response.incident_class,
            "level": int(transition.level),
            "raised_ns": transition.time_ns,
            "ended_ns": None,
            "quantity": transition.quantity,
            "unit": transition.unit,
            "recorded": transition.recorded,
            "noted_ns": self._now_ns,
            **_worst(transition),
        }


def _worst(transition: AlarmTransition) -> Row:
    return {
        "worst": int(transition.level),
        "worst_ns": transition.time_ns,
        "value": finite(transition.value),
        "limit_value": finite(transition.limit),
        "late": transition.late,
        "evidence": evidence_text(transition),
    }
