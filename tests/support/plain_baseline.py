"""A baseline's score as plainly as can be, for one series: what the compiled pass is held against."""

from itertools import pairwise
from math import floor, log2, nan

import numpy as np

from city.clock import SECOND_NS
from rules.baseline import kernel_numbers as known
from rules.baseline import scale, scoring

LENGTHS = (6, 12, 24, 48, 50)


class PlainRanks:
    """Histograms of some numbers, each ranked among its own past."""

    def __init__(self, numbers: int = 23) -> None:
        self.bins = np.zeros((numbers, scale.BINS), np.int64)
        self.first: list[int | None] = [None] * numbers
        self._count = 0

    def push(self, numbers: list[float], weight: int = scale.WEIGHT, passed_over: range = range(0)) -> list[float]:
        """Return how rare each number is among those before, and remember it as `weight` unless it is `passed_over`."""
        weights = [0 if which in passed_over else weight for which in range(len(numbers))]
        found = [self._rank(which, number, weights[which]) for which, number in enumerate(numbers)]
        self._count += 1
        self._settle()
        return found

    def _rank(self, which: int, number: float, weight: int) -> float:
        place = scale.OCTAVE * log2(number) + scale.HALF_A_BIN if number >= scale.LEAST_NUMBER else -1e6
        if self.first[which] is None and place > -1e6:
            self.first[which] = floor(place) - scale.MIDDLE
        bin_ = floor(place) - (self.first[which] or 0)
        within = 0.0 if bin_ <= 0 else 1.0 if bin_ >= scale.BINS else place - floor(place)
        bin_ = min(max(bin_, 0), scale.BINS - 1)
        rare = self._rarity(self.bins[which], bin_, within)
        self.bins[which, bin_] += weight
        return min(max(rare, 0.0), scale.MOST)

    def _rarity(self, bins: np.ndarray, bin_: int, within: float) -> float:
        total = int(bins.sum())
        above = float(bins[bin_ + 1 :].sum()) + int(bins[bin_]) * (1 - within)
        if above >= scale.THIRD:
            return float(np.log10(total / above))
        if total < scale.THIRTIETH:
            return 0.0
        third, thirtieth = (self._place_below(bins, weight) for weight in (scale.THIRD, scale.THIRTIETH))
        beyond = max(bin_ + within - third, 0.0) / max(third - thirtieth, scale.LEAST_SLOPE)
        return beyond + float(np.log10(total / scale.THIRD))

    def _place_below(self, bins: np.ndarray, weight: int) -> float:
        """Return the place above which so much lies."""
        from_top = bins[::-1].cumsum()
        at = int(np.argmax(from_top >= weight))
        own = int(bins[::-1][at])
        return scale.BINS - 1 - at + (int(from_top[at]) - weight) / max(own, 1)

    def _settle(self) -> None:
        """Halve what is full, and move what has become typical to its place."""
        full = self.bins[0].sum() >= scale.MEMORY * scale.WEIGHT
        looks, rest = divmod(self._count, scale.FIRST_LOOK)
        if not full and (rest or looks & (looks - 1)):
            return
        self.bins //= 2 if full else 1
        for which, bins in enumerate(self.bins):
            typical = int(np.argmax(2 * bins.cumsum() >= bins.sum()))
            by = (typical - scale.MIDDLE + scale.BLOCK // 2) // scale.BLOCK * scale.BLOCK
            first = self.first[which]
            if typical and by and first is not None:
                moved = np.zeros_like(bins)
                for bin_, weight in enumerate(bins.tolist()):
                    moved[min(max(bin_ - by, 0), scale.BINS - 1)] += weight
                self.bins[which], self.first[which] = moved, first + by


class PlainBaseline:
    """One series, its numbers, and what it usually does."""

    def __init__(self) -> None:
        self.ranks = PlainRanks()
        self._count, self._began_ns, self._before_ns, self._origin = 0, 0, 0, 0.0
        self._interval_s, self._score = 0.0, np.float32(0)
        self._level, self._apart = [0.0] * 3, [0.0] * 2
        self._window = np.zeros(50, np.float32)
        self._departures = np.zeros((4, 24), np.float32)
        #: Of each hour of all days, of working days and of days of rest: mean, spread and count.
        self._habits = np.zeros((3, 24, 3), np.float32)

    def push(self, value: float, time_ns: int, hour: int, rest: int) -> float:
        """Return the score of a reading, and learn it."""
        if not self._count:
            self._origin, self._began_ns = value, time_ns
        pace, slots, paused, interval_s = self._paced(time_ns)
        value = min(max(value - self._origin, -1e30), 1e30)
        above = value - self._level[known.LONG]
        cells = (0, 1 + rest)
        usual = [self._expected(cell, hour, view) for view, cell in enumerate(cells)]
        if paused:
            self._window[:], self._departures[:] = self._level[known.LONG] + usual[1][0], 0
        departures = [above - mean for mean, _ in usual]
        spreads = [spread + known.LEAST_SPREAD * self._apart[view] for view, (_, spread) in enumerate(usual)]
        shares = [one / spread if spread > known.TINY else 0.0 for one, spread in zip(departures, spreads, strict=True)]
        rare = self.ranks.push(
            self._numbers(value, departures, shares),
            slots * (scale.WEIGHT // 2 if self._score > scoring.RARE else scale.WEIGHT),
            range(0) if float(self._habits[1 + rest, hour, 2]) * interval_s >= known.SEEN_S else range(6, 15),
        )
        edges = np.cumsum([0, *scoring.FAMILIES.values()]).tolist()
        families = [float(np.mean(np.square(rare[begin:end]))) for begin, end in pairwise(edges)]
        self._score = np.float32(np.mean(np.square(families)) ** 0.25)
        self._learn(value, departures, pace, cells, hour)
        self._before_ns, self._count = time_ns, self._count + 1
        return float(np.mean(np.square(families)) ** 0.25) if self._count > scoring.LEAST else nan

    def _paced(self, time_ns: int) -> tuple[float, int, bool, float]:
        passed_s = (time_ns - self._before_ns) / SECOND_NS if self._count else 0.0
        mean_s = (self._before_ns - self._began_ns) / SECOND_NS / max(self._count, 1)
        usual_s = self._interval_s
        interval_s = max(usual_s, known.OF_MEAN * mean_s, 1e-9)
        most = max(known.FOLLOWS, 1 / max(self._count, 1)) * usual_s
        self._interval_s = passed_s if self._count == 1 else usual_s + min(max(passed_s - usual_s, -most), most)
        paused = self._count >= scoring.LEAST and passed_s > known.PAUSE * interval_s
        slots = 1
        if self._count >= scoring.LEAST and not paused:
            slots = int(min(max(floor(passed_s / interval_s + known.NEARLY), 1), known.STANDS_FOR))
        return min(max(interval_s / 300, 1 / 300), 1) * slots, slots, paused, interval_s

    def _expected(self, cell: int, hour: int, view: int) -> tuple[float, float]:
        mean, spread, count = (float(one) for one in self._habits[cell, hour])
        believed = count / (count + known.DOUBT)
        return believed * mean, believed * spread + (1 - believed) * self._apart[view]

    def _numbers(self, value: float, departures: list[float], shares: list[float]) -> list[float]:
        filled = self._count + 1
        self._window = np.append(self._window[1:], np.float32(value))
        found = np.array([*departures, *shares], np.float32)[:, None]
        self._departures = np.append(self._departures[:, 1:], found, axis=1)
        lately = [self._window[-min(filled, length) :].astype(float) for length in LENGTHS]
        middle = [abs(one.mean() - self._level[known.MIDDLE]) for one in lately[:4]]
        short = [abs(one.mean() - self._level[known.SHORT]) for one in lately[1:3]]
        half, whole = (self._departures[:, -min(filled, length) :].astype(float) for length in (12, 24))
        means = [abs(one.mean(axis=1)) for one in (half, whole)]
        season = [means[0][0], means[0][1], means[1][0], means[1][1], abs(departures[1])]
        scaled = [means[0][2], means[0][3], means[1][2], means[1][3]]
        scaled_spread = [one[kind].std() for kind in (1, 3) for one in (half, whole)]
        spread = [lately[which].std() for which in (0, 1, 2, 4)]
        return [float(one) for one in (*middle, *short, *season, *scaled, *scaled_spread, *spread)]

    def _learn(self, value: float, departures: list[float], pace: float, cells: tuple[int, int], hour: int) -> None:
        first = 1 / (self._count + 1)
        for cell, departure in zip(cells, departures, strict=True):
            mean, spread, count = (float(one) for one in self._habits[cell, hour])
            step = max(known.STEP * pace, 1 / (count + 1))
            above = value - self._level[known.LONG]
            moved = mean + step * (above - mean), spread + step * (abs(departure) - spread), count + 1
            self._habits[cell, hour] = moved
        step = max(pace / known.MEMORIES[known.LONG], first)
        self._apart = [was + step * (abs(one) - was) for was, one in zip(self._apart, departures, strict=True)]
        steps = [max(pace / memory, first) for memory in known.MEMORIES]
        self._level = [was + step * (value - was) for was, step in zip(self._level, steps, strict=True)]
