"""Many silent sensors behind one gateway or feeder are one alarm about it, and none of their own.

An asset is held to have failed when enough of those behind it are silent, and of all that could have been heard since,
all but a few were not. Whoever was heard after the silent ones should have spoken shows that it lives, and so does what
lies between it and the one heard. Of assets that feed each other the topmost that explains all has failed.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from city.clock import SECOND_NS
from rules.alarms import ALARM_COLUMNS, NEVER_NS, Alarms, Seen
from rules.assets import Assets
from rules.kind import OpenAlarm, Verdict
from rules.pairs import Pairs
from rules.patience import SilenceTerms
from rules.standing import Standing
from rules.table import StateTable

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Levels = NDArray[np.int8]

#: So many silent sensors are named in the evidence; the number tells of the rest.
_NAMED = 20


class Hush(NamedTuple):
    """How silent each pair is.

    Attributes:
        level: that its silence reaches by itself.
        silent_ns: the silence that counts.
        word_ns, next_ns: in listening time, its last word, and when it should have spoken again.
        spoken: it was heard at least once, so that it can show that others live.
    """

    level: Levels
    silent_ns: Ints
    word_ns: Ints
    next_ns: Ints
    spoken: Flags


class Cover(NamedTuple):
    """What failed assets make of each pair.

    Attributes:
        level: of the alarm about an asset above it; 0 for none.
        onset_ns: in listening time, the last word from behind that asset.
        freed: an asset above it has just come back.
    """

    level: Levels
    onset_ns: Ints
    freed: Flags


class _Census(NamedTuple):
    """Of each asset at one level: how many behind it are silent, and how many live."""

    silent: Ints
    alive: Ints


class Upstream:
    """Keeps the alarms about assets, and says which pairs they explain."""

    def __init__(self, pairs: Pairs, share: Sequence[float], least: Sequence[int]) -> None:
        """Take of each rule the share in percent and the least number that must be silent; 0 for no assets at all."""
        self._pairs = pairs
        self.assets = Assets(pairs, np.array(least, dtype=np.int64))
        self._share = np.array(share, dtype=np.float64)[self.assets.rule]
        self._least = np.array(least, dtype=np.int64)[self.assets.rule]
        self.table = StateTable("upstream", self.assets.keys, ALARM_COLUMNS)
        self._alarms = Alarms(self.assets, self.table)
        self._by_depth = [
            np.flatnonzero(self.assets.depth == depth) for depth in range(int(self.assets.depth.max(initial=-1)) + 1)
        ]

    def adopt(self, old: Self, time_ns: int) -> list[Verdict]:
        """Take over the alarms about assets that are judged as before, and clear the others."""
        return self._alarms.adopt(old._alarms, time_ns)[1]

    def open_alarms(self) -> list[OpenAlarm]:
        """Return what stands open."""
        return [alarm._replace(asset=True) for alarm in self._alarms.open_alarms()]

    def watched(self) -> Flags:
        """Return the pairs behind assets about which an alarm stands open: a word from them may end it."""
        found = np.zeros(len(self._pairs), dtype=np.bool_)
        found[self.assets.member] = np.repeat(self.table["level"] > 0, self.assets.size)
        return found

    def failed(self, pair: int) -> str:
        """Return the asset that has failed and explains a pair's silence; empty where none does."""
        seats = np.flatnonzero(self.assets.member == pair)
        above = np.searchsorted(self.assets.first, seats, side="right") - 1
        open_ = above[self.table["level"][above] > 0]
        return self.assets.name(int(open_[0])) if len(open_) else ""

    def concerning(self, rule: str, sensor: str, pairs: Sequence[int]) -> list[int]:
        """Return the assets of a rule that are so called, or that these of its pairs depend on."""
        seats = np.flatnonzero(np.isin(self.assets.member, pairs))
        above = np.searchsorted(self.assets.first, seats, side="right") - 1
        return [*dict.fromkeys([*self.assets.concerning(rule, sensor), *above.tolist()])]

    def standing(self, row: int, hush: Hush, needed_ns: Ints, time_ns: int) -> Standing:
        """Return how many are silent behind an asset, and how the alarm about it stands."""
        wanted, censuses = self._wanted(hush)
        told = _Told(hush, needed_ns, censuses, time_ns)
        value_s, _, evidence = self._measured(row, max(int(wanted[row]), 1) - 1, told)
        level, since_ns = self._alarms.standing(row)
        terms = self.assets.terms(row)
        assert isinstance(terms, SilenceTerms)  # no other kind has assets
        asked = f"at least {self._least[row]} and {self._share[row]:g} % behind it"
        conditions = [
            {
                "level": stage.level.word,
                "limit": f"{asked} {stage.shown}",
                "clear": "heard",
                "met": bool(wanted[row] > rank),
                "kept": bool(wanted[row] > rank),
                "hold_s": None,
                "since": None,
                "held_s": value_s,
                "left_s": None,
            }
            for rank, stage in enumerate(terms.stages)
        ]
        target = self.assets.target(row).id
        return Standing(target, level, since_ns, time_ns, value_s, terms.unit, conditions, evidence)

    def judge(self, hush: Hush, needed_ns: Ints, time_ns: int) -> tuple[Cover, list[Verdict]]:
        """Move the alarms about assets; return what they explain, and what changed."""
        assets, count = self.assets, len(self._pairs)
        cover = Cover(np.zeros(count, np.int8), np.full(count, NEVER_NS), np.zeros(count, np.bool_))
        before = self.table["level"].copy()
        if not len(assets) or not (before.any() or hush.level.any()):
            return cover, []
        wanted, censuses = self._wanted(hush)
        explained = self._explained(wanted)
        back = (before > 0) & (wanted == 0) & (explained == 0)
        # What lies below one that is back is given time to come back too.
        waits = (explained >= wanted) | (self._below(back) & (before == 0))
        after = np.where(waits, 0, wanted).astype(np.int8)
        changed = np.flatnonzero(after != before)
        self.table["level"][changed] = after[changed]
        self.table.touch(changed)
        seat = np.repeat(after, assets.size)
        np.maximum.at(cover.level, assets.member, seat)
        np.maximum.at(
            cover.onset_ns, assets.member, np.where(seat > 0, np.repeat(self._onset(hush), assets.size), NEVER_NS)
        )
        cover.freed[assets.member[np.repeat(back, assets.size)]] = True
        steps = [
            self._verdict(row, int(before[row]), int(after[row]), _Told(hush, needed_ns, censuses, time_ns))
            for row in changed.tolist()
        ]
        return cover, steps

    def _onset(self, hush: Hush) -> Ints:
        """Return the last word of the silent behind each asset."""
        assets = self.assets
        silent = hush.level[assets.member] > 0
        return np.maximum.reduceat(np.where(silent, hush.word_ns[assets.member], NEVER_NS), assets.first)

    def _wanted(self, hush: Hush) -> tuple[Levels, list[_Census]]:
        """Return the level at which each asset is held to have failed, and who was silent and alive at each level."""
        assets = self.assets
        wanted, censuses = np.zeros(len(assets), dtype=np.int8), []
        behind = hush.level[assets.member]
        for rank in range(max(1, int(behind.max()))):
            silent = behind > rank
            horizon_ns = np.maximum.reduceat(np.where(silent, hush.next_ns[assets.member], NEVER_NS), assets.first)
            count = np.add.reduceat(silent.astype(np.int64), assets.first)
            alive = self._alive(hush, silent, horizon_ns)
            censuses.append(_Census(count, alive))
            holds = (count >= self._least) & self._enough(count, alive)
            if not holds.any():
                break
            above_ns = np.where(assets.parent >= 0, horizon_ns[assets.parent], NEVER_NS)
            holds &= ~self._lives_below(~self._enough(count, self._alive(hush, silent, above_ns)))
            wanted[holds] = rank + 1
        return wanted, censuses

    def _alive(self, hush: Hush, silent: Flags, horizon_ns: Ints) -> Ints:
        """Return how many behind each asset were heard after a moment of listening time, and are not silent."""
        member = self.assets.member
        heard = hush.spoken[member] & ~silent & (hush.word_ns[member] > np.repeat(horizon_ns, self.assets.size))
        return np.add.reduceat(heard.astype(np.int64), self.assets.first)

    def _enough(self, silent: Ints, alive: Ints) -> Flags:
        enough: Flags = silent * 100.0 >= self._share * (silent + alive)
        return enough

    def _lives_below(self, lives: Flags) -> Flags:
        """Return which assets feed one that lives, by way of others or not."""
        found = np.zeros(len(lives), dtype=np.bool_)
        for rows in reversed(self._by_depth[1:]):
            np.logical_or.at(found, self.assets.parent[rows], (lives | found)[rows])
        return found

    def _below(self, picked: Flags) -> Flags:
        """Return which assets lie below one of these."""
        found = np.zeros(len(picked), dtype=np.bool_)
        for rows in self._by_depth[1:]:
            above = self.assets.parent[rows]
            found[rows] = picked[above] | found[above]
        return found

    def _explained(self, wanted: Levels) -> Levels:
        """Return the highest level at which an asset above each has failed."""
        explained = np.zeros_like(wanted)
        for rows in self._by_depth[1:]:
            above = self.assets.parent[rows]
            explained[rows] = np.maximum(explained[above], wanted[above])
        return explained

    def _verdict(self, row: int, before: int, after: int, told: "_Told") -> Verdict:
        value_s, limit_s, evidence = self._measured(row, max(after, 1) - 1, told)
        above = self._above(row)
        if not after and above:
            evidence["cleared"] = f"is now about `{above}`, which feeds it"
        seen = Seen(told.time_ns, told.time_ns, value_s, limit_s, evidence, asset=True)
        return self._alarms.verdict(0, row, self._alarms.move(row, before, after, seen))

    def _measured(self, row: int, rank: int, told: "_Told") -> tuple[float, float, dict[str, object]]:
        """Return the least silence at a level behind an asset, what that needs, and who is silent and who is not."""
        assets, hush = self.assets, told.hush
        behind = assets.behind(row)
        silent = behind[hush.level[behind] > rank]
        census = told.censuses[min(rank, len(told.censuses) - 1)]
        evidence: dict[str, object] = {
            "asset": assets.name(row),
            "silent": len(silent),
            "alive": int(census.alive[row]),
            "behind": int(assets.size[row]),
            "share_percent": float(self._share[row]),
            "sensors": [self._pairs.target(pair).id for pair in silent[:_NAMED].tolist()],
            "counted": "only time in which the broker was heard",
            **self._pairs.roll.circumstances(int(assets.term[row])),
        }
        value_s = int(hush.silent_ns[silent].min(initial=np.iinfo(np.int64).max)) / SECOND_NS if len(silent) else 0.0
        limit_ns = told.needed_ns[rank, silent if len(silent) else behind].min()
        return value_s, int(limit_ns) / SECOND_NS, evidence

    def _above(self, row: int) -> str:
        """Return the nearest asset above that has failed; empty where none has."""
        above = int(self.assets.parent[row])
        while above >= 0 and not self.table["level"][above]:
            above = int(self.assets.parent[above])
        return self.assets.name(above) if above >= 0 else ""


class _Told(NamedTuple):
    """What all verdicts of one tick are told by."""

    hush: Hush
    needed_ns: Ints
    censuses: Sequence[_Census]
    time_ns: int


def behind(asset: str) -> Mapping[str, object]:
    """Return the evidence of an alarm that is cleared because it is now about an asset."""
    return {"cleared": f"is now about `{asset}`, on which this sensor depends", "asset": asset}
