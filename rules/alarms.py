"""The alarms of the pairs of one kind: their level, their ids, and the transitions they make."""

from collections.abc import Callable, Iterator, Mapping
from hashlib import blake2b
from typing import NamedTuple

import msgspec
import numpy as np

from city.alarm import AlarmTransition, Change
from city.clock import iso
from city.level import Level
from rules.kind import OpenAlarm, Verdict
from rules.pairs import Survivors, Targets
from rules.rule import Rule
from rules.table import StateTable

#: Before anything happened; far from every time, and safe to subtract from one.
NEVER_NS = -(1 << 62)

#: State of a pair's alarm. `level` counts the rule's levels from 1 (0: none open); `key_ns` names the alarm;
#: `turn` counts its transitions; `changed_ns` is the time of the last one.
ALARM_COLUMNS = {
    "level": (np.int8, 0),
    "key_ns": (np.int64, NEVER_NS),
    "turn": (np.int32, 0),
    "changed_ns": (np.int64, NEVER_NS),
}


class Seen(NamedTuple):
    """What a transition was decided by.

    Attributes:
        asset: it is about what sensors depend on, and stands for their alarms.
        unconfirmed: no reading that can be trusted says so.
        again: one does once more, of an alarm that was sure when it was raised.
    """

    time_ns: int
    arrival_ns: int
    value: float | None
    limit: float | None
    evidence: dict[str, object]
    late: bool = False
    recorded: bool = False
    asset: bool = False
    unconfirmed: bool = False
    again: bool = False


class Alarms:
    """Moves the alarms of `pairs`, whose state is in `table`."""

    def __init__(self, pairs: Targets, table: StateTable) -> None:
        self.pairs, self.table = pairs, table

    def move(self, pair: int, before: int, after: int, seen: Seen) -> AlarmTransition:
        """Return the transition of `pair` from level `before` to level `after`, and remember it, but for `level`."""
        table = self.table
        if before == 0:
            # Two alarms of a pair never share a name, even if both were raised at one and the same time.
            table["key_ns"][pair] = max(seen.time_ns, int(table["key_ns"][pair]) + 1)
            table["turn"][pair] = 0
        else:
            table["turn"][pair] += 1
        if before != after or not seen.unconfirmed:
            # A doubt is of no reading: history from before it may still raise the alarm.
            table["changed_ns"][pair] = seen.time_ns
        return self._transition(pair, before, after, seen)

    def _transition(self, pair: int, before: int, after: int, seen: Seen) -> AlarmTransition:
        rule, sensor = self.rule(pair), self.pairs.target(pair)
        alarm = _digest(rule.id, sensor.id, int(self.table["key_ns"][pair]))
        return AlarmTransition(
            id=_digest(alarm, int(self.table["turn"][pair])),
            alarm=alarm,
            rule=rule.id,
            rule_name=rule.name,
            kind=rule.kind,
            target=sensor.id,
            domain=sensor.domain,
            change=_change(before, after, unconfirmed=seen.unconfirmed),
            level=rule.terms.levels[(after or before) - 1],
            time_ns=seen.time_ns,
            arrival_ns=seen.arrival_ns,
            response=rule.response,
            quantity=rule.select.quantity,
            value=seen.value,
            limit=seen.limit,
            unit=self.pairs.terms(pair).unit,
            late=seen.late,
            recorded=seen.recorded or sensor.recorded,
            evidence=msgspec.json.encode(seen.evidence).decode(),
            asset=seen.asset,
            unconfirmed=seen.unconfirmed,
            again=seen.again,
        )

    def standing(self, pair: int) -> tuple[Level | None, int | None]:
        """Return the level of the alarm that stands open, and when it was raised; nothing where none does."""
        level = int(self.table["level"][pair])
        return (self.rule(pair).terms.levels[level - 1], int(self.table["key_ns"][pair])) if level else (None, None)

    def rule(self, pair: int) -> Rule:
        """Return the rule of a pair."""
        return self.pairs.rules[int(self.pairs.rule[pair])]

    def verdict(self, row: int, pair: int, transition: AlarmTransition) -> Verdict:
        """Return a transition with its place in the order of transitions."""
        return Verdict(row, self.pairs.places[self.pairs.rule[pair]], int(self.pairs.number[pair]), transition)

    def adopt(
        self, old: "Alarms", time_ns: int, doubt_of: Callable[[int], Mapping[str, object]] = lambda _: {}
    ) -> tuple[Survivors, list[Verdict]]:
        """Carry over the state of the pairs that live on; return them, and the clearing of those that do not.

        What stands open of a rule that went into shadow, or came out of it, ends there and begins here; `doubt_of`
        returns, of a pair of `old`, why its alarm is unconfirmed.
        """
        survivors = self.pairs.survivors(old.pairs)
        self.table.carry(old.table, survivors.old, survivors.new)
        open_ = survivors.gone[old.table["level"][survivors.gone] > 0]
        verdicts = [old.dismiss(pair, time_ns) for pair in open_.tolist()]
        stands = np.flatnonzero(self.table["level"][survivors.new])
        for before, pair in zip(survivors.old[stands].tolist(), survivors.new[stands].tolist(), strict=True):
            if old.in_shadow(before) != self.in_shadow(pair):
                verdicts += self._switched(old, before, pair, time_ns, doubt_of(before))
        return survivors, verdicts

    def in_shadow(self, pair: int) -> bool:
        """Tell whether the rule of a pair runs in shadow."""
        return self.rule(pair).response.shadow is not None

    def _switched(
        self, old: "Alarms", before: int, pair: int, time_ns: int, doubt: Mapping[str, object]
    ) -> list[Verdict]:
        """Return the end of an alarm under the response that its rule had, and its beginning under that which it has.

        It burns since it was raised; its arrival is the switch, from which response clocks count.
        """
        level, raised_ns = int(self.table["level"][pair]), int(self.table["key_ns"][pair])
        word = "the rule runs in shadow" if self.in_shadow(pair) else "the rule came out of shadow"
        ended = old.move(before, level, 0, Seen(time_ns, time_ns, None, None, {"cleared": word}))
        evidence: dict[str, object] = {"switched": word, "burns_since": iso(raised_ns), **doubt}
        begun = self.move(pair, 0, level, Seen(raised_ns, time_ns, None, None, evidence, unconfirmed=bool(doubt)))
        return [self.verdict(0, pair, ended), self.verdict(0, pair, begun)]

    def dismiss(self, pair: int, time_ns: int) -> Verdict:
        """Return the clearing of an alarm whose pair is gone."""
        evidence: dict[str, object] = {"cleared": "the rule was changed or removed, or no longer selects this sensor"}
        seen = Seen(time_ns, time_ns, None, None, evidence)
        return self.verdict(0, pair, self.move(pair, int(self.table["level"][pair]), 0, seen))

    def open_alarms(self) -> Iterator[OpenAlarm]:
        """Yield what stands open."""
        for pair in np.flatnonzero(self.table["level"]).tolist():
            rule = self.rule(pair)
            level = rule.terms.levels[self.table["level"][pair] - 1]
            yield OpenAlarm(rule, self.pairs.target(pair).id, level)


def _digest(*parts: object) -> str:
    return blake2b("\0".join(map(str, parts)).encode(), digest_size=16).hexdigest()


def _change(before: int, after: int, *, unconfirmed: bool) -> Change:
    if before == 0:
        return Change.RAISED
    if after == 0:
        return Change.CLEARED
    if after == before:
        return Change.DOUBTED if unconfirmed else Change.CONFIRMED
    return Change.RISEN if after > before else Change.FALLEN
