"""Which sensors are beyond a limit of their own right now, kept for rules that count them."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from city.reading import ReadingBatch
from rules.alarms import NEVER_NS
from rules.bands import Band
from rules.limits import Limits
from rules.metered import Taken
from rules.ordering import begins, lengths, stable_order
from rules.pairs import Pairs
from rules.segment import Segments
from rules.series import SeriesIndex
from rules.table import StateTable

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


class Ballots(NamedTuple):
    """Readings by which a sensor says that it is beyond its limit, or no longer is; in order of their rows.

    Attributes:
        on, was: what it says now, and what it had said before.
    """

    member: Ints
    row: Ints
    on: Flags
    was: Flags

    def take(self, index: Ints) -> "Ballots":
        """Return some of them."""
        return Ballots(self.member[index], self.row[index], self.on[index], self.was[index])


#: Nobody says anything.
NO_BALLOTS = Ballots(*(np.array([], dtype=np.int64),) * 2, *(np.array([], dtype=np.bool_),) * 2)


class Votes:
    """Keeps the last word of each member: whether it is beyond, when it said so, and the value."""

    def __init__(self, name: str, members: Pairs, bands: list[tuple[Band, ...]]) -> None:
        self._term, self._limits = members.term, Limits(bands)
        columns = {"on": (np.int8, 0), "time_ns": (np.int64, NEVER_NS), "value": (np.float64, 0)}
        self.table = StateTable(name, members.keys, columns)

    def ballots(self, batch: ReadingBatch, seen: Taken, index: SeriesIndex) -> Ballots:
        """Return what readings say, without those of sensors that are within their limit and stay there."""
        start = begins(seen.series)
        value = batch.value[seen.row]
        fan = index.fan(seen.series[start])
        least, most = np.minimum.reduceat(value, start)[fan.of], np.maximum.reduceat(value, start)[fan.of]
        term = self._term[fan.pair]
        hot = (self.table["on"][fan.pair] > 0) | self._limits.met(0, term, least) | self._limits.met(0, term, most)
        member, stretch = fan.pair[hot], fan.of[hot]
        if not len(member):
            return NO_BALLOTS
        segments = Segments(lengths(start, len(value))[stretch])
        picked = segments.run(start[stretch])
        each, before = segments.spread(self._term[member]), self.table["on"][member] > 0
        met = self._limits.met(0, each, value[picked])
        on = segments.latch(met, met | self._limits.kept(0, each, value[picked]), before)
        cast = Ballots(segments.spread(member), seen.row[picked], on, segments.previous(on, before))
        said = np.flatnonzero(cast.on | cast.was)
        order = stable_order(cast.row[said])
        return cast.take(said if order is None else said[order])

    def beyond(self, member: Ints, batch: ReadingBatch, row: Ints, within_ns: Ints) -> Flags:
        """Return which readings go beyond the limit of a member whose vote stands, soon after it was cast."""
        met = self._limits.met(0, self._term[member], batch.value[row]) & (self.table["on"][member] > 0)
        soon: Flags = batch.time_ns[row] - self.table["time_ns"][member] <= within_ns
        return met & soon

    def keep(self, batch: ReadingBatch, cast: Ballots) -> None:
        """Remember the last word of each member."""
        self.table["on"][cast.member] = cast.on
        self.table["time_ns"][cast.member] = batch.time_ns[cast.row]
        self.table["value"][cast.member] = batch.value[cast.row]
        self.table.touch(cast.member)
