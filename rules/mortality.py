"""Whose death matters, after how long a silence or by what reading somebody is dead, and how that is told."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from city.clock import SECOND_NS, iso
from city.quality import Quality
from city.reading import ReadingBatch
from rules.dying import OnDeath
from rules.levelled import SKIPPED
from rules.limits import ENDLESS_NS
from rules.pairs import Pairs
from rules.series import SeriesIndex

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

#: What is out of range, and nothing else of these, is beyond what its sensor can measure.
_UNSEEN = SKIPPED | int(Quality.LATE)


class Heard(NamedTuple):
    """Readings of members: whose they are, and their rows; those of one member in their order."""

    member: Ints
    row: Ints


class Last(NamedTuple):
    """Members that died, when each said its last good word, and whether it went beyond what it can measure then."""

    member: Ints
    time_ns: Ints
    by_range: Flags


class Mortality:
    """What a death means for each of some members.

    Attributes:
        mortal: whose death matters.
        dead_ns: after how long a silence each is dead, in listening time; endless where no interval is registered.
    """

    def __init__(self, members: Pairs, on_death: Sequence[OnDeath | None]) -> None:
        """Take what a death means under each of the terms of members."""
        self._members, population = members, members.population
        matters = np.array([one is not None for one in on_death], dtype=np.bool_)[members.term]
        self.mortal: Flags = matters & ~population.recorded[members.sensor]
        intervals = np.array([0.0 if one is None else one.intervals for one in on_death])
        dead_ns = intervals[members.term] * population.intervals_s[members.sensor] * SECOND_NS
        self.dead_ns: Ints = np.where(np.isnan(dead_ns), ENDLESS_NS, dead_ns).astype(np.int64)
        within_ns = np.array([0 if one is None else one.within_ns for one in on_death], dtype=np.int64)
        self._within_ns: Ints = within_ns[members.term]

    def matters(self, member: Ints, time_ns: int, last_ns: Ints) -> Flags:
        """Return of which of the dead the last good word, arrived at `last_ns`, is not too long ago to matter."""
        dead_ns = np.where(self.dead_ns[member] < ENDLESS_NS, self.dead_ns[member], 0)
        soon: Flags = time_ns - last_ns <= dead_ns + self._within_ns[member]
        return soon

    def is_soon(self, member: Ints, arrival_ns: Ints, last_ns: Ints) -> Flags:
        """Return whether something arrives soon after the last good word of each member."""
        soon: Flags = arrival_ns - last_ns <= self._within_ns[member]
        return soon

    def within(self, member: Ints) -> Ints:
        """Return how long after the last good word of each member a reading beyond its range is its death."""
        return self._within_ns[member]

    def beyond(self, batch: ReadingBatch, index: SeriesIndex) -> Heard:
        """Return who, of those whose death matters, says what is beyond what it can measure, and in which rows."""
        beyond = _rows_beyond(batch)
        series = index.series_of(batch.sensor[beyond], batch.quantity[beyond])
        known = np.flatnonzero(series >= 0)
        fan = index.fan(series[known])
        mine = np.flatnonzero(self.mortal[fan.pair])
        return Heard(fan.pair[mine], beyond[known][fan.of][mine])

    def told(self, last: Last) -> dict[str, object]:
        """Return why an alarm is unconfirmed, as evidence shows it: who is dead, and when each spoke last."""
        known = self.dead_ns[last.member]
        known = known[known < ENDLESS_NS]
        told: Iterable[tuple[int, int, bool]] = zip(*(column.tolist() for column in last), strict=True)
        return {
            "why": "no good reading since",
            "last_good": iso(int(last.time_ns.max())),
            "lost": [
                {
                    "sensor": self._members.target(member).id,
                    "time": iso(time_ns),
                    "by": "range" if by_range else "silence",
                }
                for member, time_ns, by_range in told
            ],
            "within_s": int(self._within_ns[last.member].max()) / SECOND_NS,
            "dead_after_s": int(known.max()) / SECOND_NS if len(known) else None,
        }


def goes_beyond(batch: ReadingBatch) -> bool:
    """Tell whether any reading is beyond what its sensor can measure."""
    return bool(len(_rows_beyond(batch)))


def first_beyond_ns(batch: ReadingBatch, index: SeriesIndex) -> int:
    """Return when the first reading beyond what a sensor can measure comes, of the series that are judged."""
    beyond = _rows_beyond(batch)
    judged = index.series_of(batch.sensor[beyond], batch.quantity[beyond]) >= 0
    return int(batch.arrival_ns[beyond[judged]].min(initial=ENDLESS_NS))


def last_rows(wanted: Ints, heard: Heard) -> Ints:
    """Return the last row at which each of `wanted` spoke in a batch, -1 where it did not; rows of a member rise."""
    last = dict(zip(heard.member.tolist(), heard.row.tolist(), strict=True))
    return np.array([last.get(one, -1) for one in wanted.tolist()], dtype=np.int64)


def _rows_beyond(batch: ReadingBatch) -> Ints:
    return np.flatnonzero(batch.quality & _UNSEEN == int(Quality.OUT_OF_RANGE))
