"""The incidents and alarms that a batch may concern: read at once, changed in memory, written at once."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields, replace
from typing import Any

from sqlalchemy import RowMapping, and_, bindparam, func, insert, select, tuple_, update

from city.alarm import AlarmTransition, Change
from city.level import Level
from city.sensor import Sensor
from linkage import cases
from linkage.admission.asset import is_explained
from linkage.admission.evidence import is_drill
from linkage.admission.grace import Grace
from linkage.ledger import Page, Sheet
from linkage.merging.moving import move_alarms
from linkage.record import Case
from linkage.states import CLOSED
from linkage.tables import HELD, INCIDENTS, KEYS, MEMBERS

#: A rule and a target; those of an exercise have a rule of their own, so that it never meets the real ones.
Key = tuple[str, str]

_DRILL = "drill:"


@dataclass(frozen=True, slots=True)
class Member:
    """An alarm of an incident, as it stands now, and where it burns."""

    alarm: str
    incident: int
    rule: str
    target: str
    level: int
    active: bool
    since_ns: int
    site: str = ""
    upstream: str = ""
    grid: str = ""
    district: str = ""
    with_asset: bool = False
    unconfirmed: bool = False


_FIELDS = tuple(field.name for field in fields(Member))

# Built once: building a statement anew costs as much as running it.
_MEMBERS = select(MEMBERS).where(MEMBERS.c.alarm.in_(bindparam("alarms", expanding=True)))
_OPEN = select(KEYS.c.rule, KEYS.c.target, KEYS.c.incident).where(
    tuple_(KEYS.c.rule, KEYS.c.target).in_(bindparam("keys", expanding=True)), HELD
)
# Asked of each key's incident rather than joined: with statistics from before a storm PostgreSQL's plan of the join
# reads every incident there is.
_CLOSED_SINCE = (
    select(and_(INCIDENTS.c.ended_ns > bindparam("since"), INCIDENTS.c.state.in_([str(state) for state in CLOSED])))
    .where(INCIDENTS.c.id == KEYS.c.incident)
    .scalar_subquery()
)
_ENDED = (
    select(KEYS.c.rule, KEYS.c.target, func.max(KEYS.c.incident).label("incident"))
    .where(tuple_(KEYS.c.rule, KEYS.c.target).in_(bindparam("keys", expanding=True)), _CLOSED_SINCE)
    .group_by(KEYS.c.rule, KEYS.c.target)
)
_CASES = select(INCIDENTS).where(INCIDENTS.c.id.in_(bindparam("numbers", expanding=True)))
_BURNING = (
    select(MEMBERS.c.incident, MEMBERS.c.level, MEMBERS.c.unconfirmed, func.count().label("alarms"))
    .where(MEMBERS.c.incident.in_(bindparam("numbers", expanding=True)), MEMBERS.c.active)
    .group_by(MEMBERS.c.incident, MEMBERS.c.level, MEMBERS.c.unconfirmed)
)
#: What changes of an alarm that is known.
_MOVED = ("incident", "level", "active", "unconfirmed")
_CHANGE_MEMBER = (
    update(MEMBERS)
    .where(MEMBERS.c.alarm == bindparam("alarm_"))
    .values({name: bindparam(f"{name}_") for name in _MOVED})
)
_REOPEN_KEY = (
    update(KEYS)
    .where(
        KEYS.c.incident == bindparam("incident_"),
        KEYS.c.rule == bindparam("rule_"),
        KEYS.c.target == bindparam("target_"),
    )
    .values(open=True)
)


def key_of(transition: AlarmTransition, sensor: Sensor | None) -> Key:
    """Return the key under which an incident answers for this alarm."""
    return (f"{_DRILL}{transition.rule}" if is_drill(transition, sensor) else transition.rule, transition.target)


def is_drill_key(rule: str) -> bool:
    """Tell whether a key's rule is of an exercise."""
    return rule.startswith(_DRILL)


class Board:
    """Cases, keys and members around one batch; `sheet` collects what is to be written of the cases.

    `grace` says which of the incidents that were closed lately are opened again.
    """

    def __init__(self, page: Page, grace: Grace) -> None:
        self.page, self.sheet = page, Sheet(page)
        self.keys: dict[Key, int] = {}
        self.ended: dict[Key, int] = {}
        self.members: dict[str, Member] = {}
        self.burning: defaultdict[int, defaultdict[int, int]] = defaultdict(lambda: defaultdict(int))
        self.doubted: defaultdict[int, int] = defaultdict(int)
        self.opened: list[int] = []
        self._cases: dict[int, Case] = {}
        self._grace = grace
        self._known: set[str] = set()
        self._changed: set[str] = set()
        self._new_keys: list[dict[str, Any]] = []
        self._again: list[dict[str, Any]] = []
        self._moves: list[tuple[int, int]] = []

    def read(self, alarms: Collection[str], keys: Collection[Key]) -> None:
        """Read what is known of these alarms and keys, and the cases behind them."""
        connection = self.page.connection
        for row in connection.execute(_MEMBERS, {"alarms": list(alarms)}).mappings():
            self.members[row["alarm"]] = Member(**row)
        self._known = set(self.members)
        for found in connection.execute(_OPEN, {"keys": list(keys)}):
            self.keys[found.rule, found.target] = found.incident
        shut = [key for key in keys if key not in self.keys]
        if shut:
            for found in connection.execute(_ENDED, {"keys": shut, "since": self._grace.longest_ns}):
                self.ended[found.rule, found.target] = found.incident
        numbers = {*self.keys.values(), *self.ended.values()}
        self.fetch(numbers | {member.incident for member in self.members.values()})
        self.ended = {key: number for key, number in self.ended.items() if self._grace.covers(self.case(number))}

    def fetch(self, numbers: Iterable[int]) -> None:
        """Read cases that are not on the board yet, and how many alarms of each level burn in them."""
        missing = sorted(set(numbers) - self._cases.keys())
        if not missing:
            return
        connection = self.page.connection
        rows: list[RowMapping] = list(connection.execute(_CASES, {"numbers": missing}).mappings())
        self._cases |= cases.load_all(connection, rows)
        for row in connection.execute(_BURNING, {"numbers": missing}):
            self.burning[row.incident][row.level] += row.alarms
            self.doubted[row.incident] += row.alarms if row.unconfirmed else 0

    def case(self, number: int) -> Case:
        """Return a case as it stands now; it must be on the board."""
        return self._cases[number]

    def others(self, number: int, alarm: str) -> int:
        """Return the highest level of the incident's active alarms but this one; 0 for none."""
        own = self.members.get(alarm)
        counts = self.burning[number]
        for level in sorted(Level, reverse=True):
            mine = own is not None and own.incident == number and own.active and own.level == level
            if counts[level] > mine:
                return int(level)
        return 0

    def burning_beside(self, number: int, alarm: str) -> int:
        """Return how many active alarms the incident has but this one."""
        own = self.members.get(alarm)
        mine = own is not None and own.incident == number and own.active
        return sum(self.burning[number].values()) - mine

    def doubted_beside(self, number: int, alarm: str) -> int:
        """Return how many of the incident's active alarms but this one are unconfirmed."""
        own = self.members.get(alarm)
        mine = own is not None and own.incident == number and own.active and own.unconfirmed
        return self.doubted[number] - mine

    def put(self, case: Case) -> Case:
        """Note how a case stands now, after `sheet` wrote it."""
        self._cases[case.incident.id] = case
        return case

    def answer(self, key: Key, number: int) -> None:
        """Let an incident answer for a key from now on, which must be free."""
        self.keys[key] = number
        self.ended.pop(key, None)
        self._new_keys.append({"incident": number, "rule": key[0], "target": key[1], "open": True})

    def reopen(self, key: Key, number: int) -> None:
        """Let an incident that is opened again answer for its key."""
        self.keys[key] = number
        self.ended.pop(key, None)
        self._again.append({"incident_": number, "rule_": key[0], "target_": key[1]})

    def move(self, source: int, target: int) -> None:
        """Let every alarm and key of one incident belong to another from now on."""
        self._moves.append((source, target))
        for key in [key for key, number in self.keys.items() if number == source]:
            self.keys[key] = target
        for member in [one for one in self.members.values() if one.incident == source]:
            self.members[member.alarm] = replace(member, incident=target)
            self._changed.add(member.alarm)
        for level, alarms in self.burning.pop(source, {}).items():
            self.burning[target][level] += alarms
        self.doubted[target] += self.doubted.pop(source, 0)

    def count_in(self, transition: AlarmTransition, sensor: Sensor | None, number: int) -> None:
        """Make the alarm an active member of an incident."""
        known = self.members.get(transition.alarm)
        if known is None:
            member = _member(transition, sensor, number)
        else:
            unconfirmed = transition.unconfirmed
            member = replace(known, incident=number, level=int(transition.level), active=True, unconfirmed=unconfirmed)
        self._replace(known, member)

    def count_out(self, transition: AlarmTransition) -> None:
        """Let the alarm burn no more, if it ever did."""
        known = self.members.get(transition.alarm)
        if known is not None and transition.change is Change.CLEARED:
            self._replace(known, replace(known, active=False))

    def flush(self) -> None:
        """Write the cases, their keys and their members."""
        self.sheet.flush()
        connection = self.page.connection
        if self._new_keys:
            connection.execute(insert(KEYS), self._new_keys)
        changed = [self.members[alarm] for alarm in sorted(self._changed)]
        new = [_row(member) for member in changed if member.alarm not in self._known]
        if new:
            connection.execute(insert(MEMBERS), new)
        old = [_values(member) for member in changed if member.alarm in self._known]
        if old:
            connection.execute(_CHANGE_MEMBER, old)
        if self._again:
            connection.execute(_REOPEN_KEY, self._again)
        for source, target in self._moves:
            move_alarms(connection, source, target)
        self._new_keys, self._changed, self._again, self._moves = [], set(), [], []
        self._known |= self.members.keys()

    def _replace(self, before: Member | None, after: Member) -> None:
        if before is not None and before.active:
            self.burning[before.incident][before.level] -= 1
            self.doubted[before.incident] -= before.unconfirmed
        if after.active:
            self.burning[after.incident][after.level] += 1
            self.doubted[after.incident] += after.unconfirmed
        self.members[after.alarm] = after
        self._changed.add(after.alarm)


def _member(transition: AlarmTransition, sensor: Sensor | None, number: int) -> Member:
    member = Member(
        alarm=transition.alarm,
        incident=number,
        rule=transition.rule,
        target=transition.target,
        level=int(transition.level),
        active=True,
        since_ns=transition.arrival_ns,
        with_asset=is_explained(transition),
        unconfirmed=transition.unconfirmed,
    )
    if sensor is None:
        return member
    return replace(member, site=sensor.site, upstream=sensor.upstream, grid=sensor.grid, district=sensor.district)


def _row(member: Member) -> dict[str, object]:
    return {name: getattr(member, name) for name in _FIELDS}


def _values(member: Member) -> dict[str, object]:
    return {f"{name}_": getattr(member, name) for name in ("alarm", *_MOVED)}
