"""Judges all silence rules at each tick: who has not been heard for long enough, and what failed assets explain."""

from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Self

import numpy as np
from numpy.typing import NDArray

from city.clock import SECOND_NS, iso
from city.entry import Arrivals
from rules.alarms import ALARM_COLUMNS, NEVER_NS, Alarms, Seen
from rules.gates import Gates
from rules.hearing import NEVER_HEARD, Hearing
from rules.kind import ANYTHING, OpenAlarm, Verdict
from rules.limits import ENDLESS_NS
from rules.listening import Listening
from rules.pairs import Pairs
from rules.patience import SilenceTerms
from rules.population import Population
from rules.rule import Rule, Terms
from rules.standing import Standing
from rules.table import StateTable
from rules.upstream import Cover, Hush, Upstream, behind
from rules.waiting import Awaited, first_change_ns

Ints = NDArray[np.int64]
Levels = NDArray[np.int8]

#: Behind an asset with more sensors an answer about one of them looks at that one alone.
_COMPANY = 500


class SilencePass:
    """Judges all silence rules at each tick; between ticks it only notes who was heard."""

    def __init__(self, pairs: Pairs, population: Population) -> None:
        self._pairs, self._population = pairs, population
        terms = [_terms(one) for one in pairs.roll.terms]
        self._hearing = Hearing(pairs, population, [one.patience for one in terms])
        # `from_ns`: the listening time before which no silence counts, since the asset above came back only then.
        self._table = StateTable("silence", pairs.keys, ALARM_COLUMNS | {"from_ns": (np.int64, NEVER_NS)})
        self._alarms = Alarms(pairs, self._table)
        of_rule = [
            terms[base] if _folds(rule) else None for base, rule in zip(pairs.roll.base, pairs.rules, strict=True)
        ]
        self._upstream = Upstream(
            pairs,
            [0.0 if one is None else one.share for one in of_rule],
            [0 if one is None else one.least for one in of_rule],
        )
        self.tables = (*self._hearing.tables, self._table, self._upstream.table)
        self._gates = Gates(pairs.roll.schedules, population.calendar)
        #: Which pairs a failed asset explained at the last tick, and the ids of their sensors.
        self._hidden = np.zeros(len(pairs), dtype=np.bool_)
        self.explained: frozenset[str] = frozenset()

    def refresh(self) -> None:
        """Derive what is not kept in the tables, after they were loaded."""
        self._hearing.refresh()

    def begin(self, listening: Listening) -> None:
        """Start the timers of sensors that are new here: nobody could have heard them before."""
        self._hearing.begin(listening)

    def adopt(self, old: Self, time_ns: int) -> list[Verdict]:
        """Take over the state of pairs that judge as before, and clear what stood open on those that are gone."""
        self._hearing.adopt(old._hearing)
        return [*self._upstream.adopt(old._upstream, time_ns), *self._alarms.adopt(old._alarms, time_ns)[1]]

    def matched(self) -> Iterator[tuple[Rule, int]]:
        """Yield each rule with the number of sensors it judges."""
        return zip(self._pairs.rules, self._pairs.counts, strict=True)

    def open_alarms(self) -> Iterator[OpenAlarm]:
        """Yield what stands open."""
        yield from self._upstream.open_alarms()
        yield from self._alarms.open_alarms()

    def arrivals(self, arrivals: Arrivals, listening: Listening) -> list[Verdict]:
        """Note who was heard."""
        if len(self._pairs):
            self._hearing.hear(arrivals, listening)
        return []

    def tick(self, time_ns: int, listening: Listening) -> list[Verdict]:
        """Judge who was not heard; the silence of sensors not installed yet begins when they are."""
        if not len(self._pairs):
            return []
        self._hearing.settle(time_ns, listening)
        hush = self._hush(time_ns, listening)
        cover, verdicts = self._upstream.judge(hush, self._hearing.needed_ns, time_ns)
        before = self._table["level"].copy()
        level = self._beneath(hush, cover, before)
        freed = np.flatnonzero(cover.freed & (level == 0) & (cover.level == 0))
        if len(freed):
            self._table["from_ns"][freed] = listening.total_ns
            self._table.touch(freed)
        self._hide((cover.level > 0) & (hush.level > 0) & (level == 0))
        changed = np.flatnonzero(level != before)
        self._table["level"][changed] = level[changed]
        self._table.touch(changed)
        for pair in changed.tolist():
            absorbed = not level[pair] and bool(hush.level[pair]) and bool(cover.level[pair])
            evidence = behind(self._upstream.failed(pair)) if absorbed else {}
            silent_ns = int(hush.silent_ns[pair])
            verdicts.append(self._verdict(pair, int(before[pair]), int(level[pair]), time_ns, silent_ns, evidence))
        return verdicts

    def _hide(self, hidden: NDArray[np.bool_]) -> None:
        if not np.array_equal(hidden, self._hidden):
            self._hidden = hidden
            self.explained = frozenset(self._pairs.target(pair).id for pair in np.flatnonzero(hidden).tolist())

    def _hush(self, time_ns: int, listening: Listening) -> Hush:
        """Return how silent each pair is, and the level that this reaches by itself."""
        hearing = self._hearing
        word_ns = hearing.heard["total_ns"][hearing.place]
        silent_ns = listening.total_ns - np.maximum(word_ns, self._table["from_ns"])
        if self._gates:
            silent_ns = self._gated(silent_ns, time_ns)
        level = np.zeros(len(self._pairs), dtype=np.int8)
        for needed_ns in hearing.needed_ns:
            level += silent_ns >= needed_ns
        spoken = hearing.heard["arrived_ns"][hearing.place] != NEVER_HEARD
        return Hush(level, silent_ns, word_ns, hearing.next_ns(word_ns), spoken)

    def _beneath(self, hush: Hush, cover: Cover, before: Levels) -> Levels:
        """Return the levels of the pairs' own alarms: those that a failed asset explains have none.

        One that was raised goes on by itself if it is higher than the asset's, or was due before the asset fell silent.
        """
        explained = (cover.level > 0) & (hush.level > 0)
        freed = cover.freed & (before == 0)  # what the asset's return has not woken yet is given time
        if not (explained.any() or freed.any()):
            return hush.level
        fell_with = cover.onset_ns - hush.word_ns < self._hearing.needed_ns[0]
        kept = (before > 0) & ((hush.level > cover.level) | ~fell_with)
        return np.where((explained & ~kept) | freed, 0, hush.level).astype(np.int8)

    def _gated(self, silent_ns: Ints, time_ns: int) -> Ints:
        """Return the silence that counts: none outside a rule's hours, and none from before they began."""
        windows = self._gates.look(self._pairs.term, np.full(len(self._pairs), time_ns))
        return np.where(windows.open, np.minimum(silent_ns, time_ns - windows.start_ns), 0)

    def _verdict(
        self, pair: int, before: int, after: int, time_ns: int, silent_ns: int, more: Mapping[str, object]
    ) -> Verdict:
        evidence = {**self._evidence(pair, silent_ns), **more}
        limit_s = int(self._hearing.needed_ns[max(after, 1) - 1][pair]) / SECOND_NS
        seen = Seen(time_ns, time_ns, silent_ns / SECOND_NS, limit_s, evidence)
        return self._alarms.verdict(0, pair, self._alarms.move(pair, before, after, seen))

    def _evidence(self, pair: int, silent_ns: int) -> dict[str, object]:
        """Return when a sensor was last heard, and the silence that counts against what each level needs."""
        hearing = self._hearing
        arrived_ns, interval_s = int(hearing.heard["arrived_ns"][hearing.place[pair]]), float(hearing.interval_s[pair])
        return {
            "last_heard": iso(arrived_ns) if arrived_ns != NEVER_HEARD else None,
            "silent_s": silent_ns / SECOND_NS,
            "interval_s": interval_s if isfinite(interval_s) else None,
            **hearing.learned(pair),
            "counted": "only time in which the broker was heard",
            "conditions": self._conditions(pair, silent_ns),
            **self._pairs.roll.circumstances(int(self._pairs.term[pair])),
        }

    def _conditions(self, pair: int, silent_ns: int) -> list[dict[str, object]]:
        stages = _terms(self._pairs.terms(pair)).stages
        needed_ns = self._hearing.needed_ns[: len(stages), pair].tolist()
        return [
            {
                "level": stage.level.word,
                "limit": stage.shown + (f", {needed / SECOND_NS:g} s" if needed < ENDLESS_NS else ", not learned yet"),
                "clear": "heard",
                "met": silent_ns >= needed,
                "kept": silent_ns >= needed,
                "hold_s": needed / SECOND_NS if needed < ENDLESS_NS else None,
                "since": None,
                "held_s": silent_ns / SECOND_NS,
                "left_s": max(0, needed - silent_ns) / SECOND_NS if needed < ENDLESS_NS else None,
            }
            for stage, needed in zip(stages, needed_ns, strict=True)
        ]

    def watch(self) -> None:
        """Do nothing: who was heard when is kept anyway."""

    def reads(self, rule: str, sensor: str) -> list[tuple[str, str]]:
        """Return whatever a sensor says that is listened to, and all others behind what may explain its silence.

        Where these are too many to be judged again, a sensor is looked at by itself.
        """
        pairs = self._pairs.concerning(rule, sensor)
        assets = self._upstream.assets
        rows = self._upstream.concerning(rule, sensor, pairs)
        named = [name for row in rows if self._population.row_of(name := assets.name(row)) is not None]
        behind = [pair for row in rows for pair in assets.behind(row).tolist()]
        if pairs and len(behind) > _COMPANY:
            named, behind = [], []
        told = [*(self._pairs.target(pair).id for pair in (*pairs, *behind)), *named]
        return [(one, ANYTHING) for one in dict.fromkeys(told)]

    def standing(self, rule: str, sensor: str, now_ns: int, listening: Listening) -> list[Standing]:
        """Return how long a sensor has been silent for a rule, and how the assets stand that explain it.

        Nothing where it is a recording.
        """
        pairs = self._pairs.concerning(rule, sensor)
        assets = self._upstream.assets
        rows = self._upstream.concerning(rule, sensor, pairs)
        told = [row for row in rows if self._upstream.table["level"][row] or assets.name(row) == sensor]
        if not pairs and not told:
            return []
        self._hearing.settle(now_ns, listening)
        hush = self._hush(now_ns, listening)
        own = [self._standing(pair, now_ns, int(hush.silent_ns[pair])) for pair in pairs]
        return [*own, *(self._upstream.standing(row, hush, self._hearing.needed_ns, now_ns) for row in told)]

    def _standing(self, pair: int, now_ns: int, silent_ns: int) -> Standing:
        level, since_ns = self._alarms.standing(pair)
        evidence = self._evidence(pair, silent_ns)
        failed = self._upstream.failed(pair)
        if failed:
            evidence["held_back"] = f"`{failed}`, on which it depends, has failed"
        installed_ns = int(self._hearing.installed_ns[self._hearing.place[pair]])
        if installed_ns > now_ns:
            evidence["held_back"] = f"it is not installed before {iso(installed_ns)}"
        value, unit = silent_ns / SECOND_NS, self._pairs.terms(pair).unit
        conditions = self._conditions(pair, silent_ns)
        return Standing(self._pairs.target(pair).id, level, since_ns, now_ns, value, unit, conditions, evidence)

    def due_ns(self, arrivals: Arrivals, listening: Listening) -> int:
        """Return when somebody may count as silent, as more silent, or no longer."""
        if not listening.listening or not len(self._pairs):
            return ENDLESS_NS
        mark_ns, hearing = listening.mark_ns, self._hearing
        hearing.settle(mark_ns, listening)
        hush = self._hush(mark_ns, listening)
        since_ns = np.maximum(mark_ns - hush.silent_ns, hearing.installed_ns[hearing.place])
        endless = np.full((1, len(self._pairs)), ENDLESS_NS)
        soonest_ns = np.concatenate([hearing.soonest_ns(), endless])
        next_ns = soonest_ns[hush.level, np.arange(len(self._pairs))]
        edge_ns = hearing.edge_ns(mark_ns)
        if self._gates:
            windows = self._gates.look(self._pairs.term, np.full(len(self._pairs), mark_ns))
            next_ns = np.where(windows.open, next_ns, ENDLESS_NS)
            edge_ns = min(edge_ns, int(windows.end_ns.min()))
        rows = len(hearing.watched)
        over_ns, anew_ns = np.full((2, rows), ENDLESS_NS)
        np.minimum.at(over_ns, hearing.place, np.minimum(since_ns + next_ns, ENDLESS_NS))
        np.minimum.at(anew_ns, hearing.place, soonest_ns[0])
        silent = np.zeros(rows, dtype=np.bool_)
        silent[hearing.place[(hush.level > 0) | (self._table["level"] > 0) | self._upstream.watched()]] = True
        return min(edge_ns, first_change_ns(Awaited(over_ns, anew_ns, silent), arrivals, hearing.row_of))


def _folds(rule: Rule) -> bool:
    """Tell whether a rule's alarms are about an asset where it explains them: as linkage would, never a life."""
    return not rule.response.life_safety and rule.response.with_asset is not False


def _terms(terms: Terms) -> SilenceTerms:
    assert isinstance(terms, SilenceTerms)  # the book gives each kind the terms it read
    return terms
