"""Alarms held back, in SQL: one row for each rule, target and cause, read and written with a batch."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, RowMapping, bindparam, func, insert, select, tuple_, update

from city.alarm import AlarmTransition
from city.sensor import Sensor
from linkage.admission.board import Key, key_of
from linkage.admission.decision import Hold, Reason
from linkage.admission.tables import HELD_ALARMS

Row = dict[str, Any]

_ROWS = select(HELD_ALARMS).where(
    tuple_(HELD_ALARMS.c.rule, HELD_ALARMS.c.target).in_(bindparam("keys", expanding=True))
)
_LAST = select(func.max(HELD_ALARMS.c.id))
_CHANGED = ("alarm", "level", "began", "since_ns", "times", "ended_ns", "ended_by", "wake_ns", "incident", "transition")
_CHANGE = (
    update(HELD_ALARMS)
    .where(HELD_ALARMS.c.id == bindparam("id_"))
    .values({name: bindparam(f"{name}_") for name in _CHANGED})
)


def text_of(transition: AlarmTransition) -> str:
    """Return a transition as text that `transition_of` reads."""
    return msgspec.json.encode(transition).decode()


def transition_of(row: RowMapping | Row) -> AlarmTransition:
    """Return the last worsening of a held alarm, at the level that it has now."""
    return msgspec.json.decode(row["transition"], type=AlarmTransition)


class Holding:
    """What is held back around a batch: by key to begin with, by alarm as the batch goes on."""

    def __init__(self, connection: Connection, now_ns: int) -> None:
        self._connection, self._now_ns = connection, now_ns
        self._rows: defaultdict[Key, dict[tuple[str, str], Row]] = defaultdict(dict)
        self._now: dict[str, Row] = {}
        self._new: dict[int, Row] = {}
        self._changed: dict[int, Row] = {}
        self._last: int | None = None

    def read(self, keys: Collection[Key]) -> None:
        """Read what is, or was, held back of these keys."""
        for found in self._connection.execute(_ROWS, {"keys": list(keys)}).mappings():
            row = dict(found)
            self._rows[row["rule"], row["target"]][row["reason"], row["cause"]] = row
            if row["ended_ns"] is None:
                self._now[row["alarm"]] = row

    def held_at(self, alarm: str) -> int:
        """Return the level at which the alarm began to be held back; 0 when it is not held back now."""
        row = self._now.get(alarm)
        return 0 if row is None else int(row["began"])

    def reason(self, alarm: str) -> str:
        """Return why the alarm is held back now; empty when it is not."""
        row = self._now.get(alarm)
        return "" if row is None else str(row["reason"])

    def began(self, key: Key) -> dict[tuple[str, str], int]:
        """Return at which level each cause began to hold this key back."""
        return {cause: row["began"] for cause, row in self._rows[key].items()}

    def hold(self, transition: AlarmTransition, hold: Hold, sensor: Sensor | None) -> None:
        """Hold an alarm back for this reason; what held it back before gives way."""
        rows = self._rows[key_of(transition, sensor)]
        before = self._now.get(transition.alarm)
        row = rows.get((hold.reason, hold.cause))
        if before is not None and before is not row:
            self._end(before, "other_reason")
        if row is None:
            row = rows[hold.reason, hold.cause] = self._row(transition, hold, sensor)
            self._new[row["id"]] = row
        else:
            self._again(row, transition, hold)
        self._now[transition.alarm] = row

    def fell(self, transition: AlarmTransition) -> None:
        """Note that a held alarm is less bad now."""
        row = self._now[transition.alarm]
        self._change(row, {"level": int(transition.level), "transition": text_of(transition)})

    def end(self, alarm: str, how: str) -> None:
        """Hold an alarm back no more, if it is."""
        row = self._now.pop(alarm, None)
        if row is not None:
            self._end(row, how)

    def flush(self) -> None:
        """Write what changed."""
        if self._new:
            self._connection.execute(insert(HELD_ALARMS), list(self._new.values()))
        if self._changed:
            rows: Sequence[Row] = list(self._changed.values())
            values = [{"id_": row["id"], **{f"{name}_": row[name] for name in _CHANGED}} for row in rows]
            self._connection.execute(_CHANGE, values)
        self._new, self._changed = {}, {}

    def _row(self, transition: AlarmTransition, hold: Hold, sensor: Sensor | None) -> Row:
        if self._last is None:
            self._last = self._connection.execute(_LAST).scalar_one() or 0
        self._last += 1
        rule, target = key_of(transition, sensor)
        return {
            "id": self._last,
            "rule": rule,
            "target": target,
            "reason": str(hold.reason),
            "cause": hold.cause,
            "alarm": transition.alarm,
            "rule_name": transition.rule_name,
            "incident_class": transition.response.incident_class,
            "domain": str(transition.domain),
            "district": "" if sensor is None else sensor.district,
            "level": int(transition.level),
            "began": hold.began if hold.began else int(transition.level),
            "first_ns": self._now_ns,
            "since_ns": self._now_ns,
            "times": 1,
            "ended_ns": None,
            "ended_by": "",
            "wake_ns": hold.wake_ns,
            "incident": hold.incident,
            "transition": text_of(transition),
        }

    def _again(self, row: Row, transition: AlarmTransition, hold: Hold) -> None:
        same = row["ended_ns"] is None and row["alarm"] == transition.alarm
        self._now.pop(row["alarm"], None)
        changes: Row = {
            "alarm": transition.alarm,
            "level": int(transition.level),
            "ended_ns": None,
            "ended_by": "",
            "wake_ns": hold.wake_ns,
            "incident": hold.incident,
            "transition": text_of(transition),
        }
        if not same:
            changes |= {"since_ns": self._now_ns, "times": row["times"] + 1}
        if hold.reason is Reason.FLAPPING:
            changes["began"] = hold.began
        self._change(row, changes)

    def _end(self, row: Row, how: str) -> None:
        self._change(row, {"ended_ns": self._now_ns, "ended_by": how})

    def _change(self, row: Row, changes: Row) -> None:
        row.update(changes)
        if row["id"] not in self._new:
            self._changed[row["id"]] = row
