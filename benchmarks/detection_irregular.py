"""The recorded series with clocks and gaps that they did not have: how even the baseline kind's score is."""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import mean, median, pstdev

import numpy as np
from numpy.typing import NDArray

from benchmarks.detection_nab import detected, raised
from benchmarks.nab import Series, judged, read_nab, score
from rules.baseline.stage import RAISED

Random = np.random.Generator
Mask = NDArray[np.bool_]
Times = NDArray[np.int64]
Floats = NDArray[np.float64]

#: What remains of a series, and when its readings are said to have been taken.
Change = Callable[[Random, Series, Times], tuple[Mask, Times]]


def _missing(share: float) -> Change:
    return lambda random, series, time_ns: (random.random(len(time_ns)) >= share, time_ns)


def _outages(random: Random, series: Series, time_ns: Times) -> tuple[Mask, Times]:
    """Leave out two to twelve readings at a time, a fifth in all."""
    there, row = np.ones(len(time_ns), dtype=np.bool_), 0
    while row < len(time_ns):
        row += 1 + int(random.exponential(28))
        length = int(random.integers(2, 13))
        there[row : row + length] = False
        row += length
    return there, time_ns


def _gaps(random: Random, series: Series, time_ns: Times) -> tuple[Mask, Times]:
    """Leave out five gaps of three hundredths each, none of which touches a labelled window."""
    rows, there = len(time_ns), np.ones(len(time_ns), dtype=np.bool_)
    length = int(0.03 * rows)
    for _ in range(5):
        begin = int(random.integers(int(0.1 * rows), int(0.95 * rows)))
        if not any(begin < last and begin + length > first for first, last in series.windows):
            there[begin : begin + length] = False
    return there, time_ns


def _unsteady(random: Random, series: Series, time_ns: Times) -> tuple[Mask, Times]:
    """Move each reading by up to half of the usual interval."""
    interval_ns = median(np.diff(time_ns).tolist())
    moved = random.uniform(-0.4999, 0.4999, len(time_ns)) * interval_ns
    return np.ones(len(time_ns), dtype=np.bool_), time_ns + moved.astype(np.int64)


def _bursts(random: Random, series: Series, time_ns: Times) -> tuple[Mask, Times]:
    """Send six readings within half of the usual interval, and then nothing until the next six are due."""
    row, interval_ns = np.arange(len(time_ns)), median(np.diff(time_ns).tolist())
    return np.ones(len(row), dtype=np.bool_), time_ns[row - row % 6] + (row % 6 * (interval_ns / 10)).astype(np.int64)


def _half_as_often(random: Random, series: Series, time_ns: Times) -> tuple[Mask, Times]:
    row = np.arange(len(time_ns))
    return (row < len(row) // 2) | (row % 2 == 0), time_ns


def _by_turns(random: Random, series: Series, time_ns: Times) -> tuple[Mask, Times]:
    return np.arange(len(time_ns)) % 3 != 2, time_ns


#: What is changed, and how often it is done anew with other chances.
CHANGES: dict[str, tuple[Change, int]] = {
    "5 % of the rows missing": (_missing(0.05), 10),
    "20 % missing": (_missing(0.2), 10),
    "50 % missing": (_missing(0.5), 10),
    "outages of 2 to 12 rows": (_outages, 10),
    "five gaps of 3 %": (_gaps, 10),
    "clocks half an interval off": (_unsteady, 10),
    "half as often from midway on": (_half_as_often, 1),
    "one and two intervals by turns": (_by_turns, 1),
    "six at once": (_bursts, 1),
}

#: Chances from this number on had no part in any choice.
_FIRST_SEED = 100

#: Of these is shown what the scorer takes, and what a detector would score that knew all and spoke at what is left.
_SHOWN = ("20 % missing", "outages of 2 to 12 rows")


def irregular_figures(folder: Path) -> dict[str, object]:
    """Return mean and spread of the scores on the series below `folder`, and what would come of knowing all."""
    series = list(read_nab(folder))
    alarms, rarity = detected(series)
    figures: dict[str, object] = {
        "begun later or a little noisier": _figures([[_copy(one, *copy) for one in series] for copy in _COPIES])
    }
    for name, (change, times) in CHANGES.items():
        seeds = range(_FIRST_SEED, _FIRST_SEED + times)
        figures[name] = _figures([[changed(one, change, seed) for one in series] for seed in seeds])
        if name in _SHOWN:
            figures[f"{name}: alarms of all rows, at the next row left"] = _spread(
                [known_alarms_on_what_is_left(series, alarms, change, seed) for seed in seeds]
            )
            figures[f"{name}: scores of all rows, at those left"] = _spread(
                [known_scores_on_what_is_left(series, rarity, change, seed) for seed in seeds]
            )
    return figures


def _figures(versions: Sequence[Sequence[Series]]) -> dict[str, float]:
    """Return mean and spread of the scores on versions of all series, which are judged side by side."""
    alarms, _ = detected([one for version in versions for one in version])
    return _spread(
        [
            _scored(version, alarms[number * len(version) : (number + 1) * len(version)])
            for number, version in enumerate(versions)
        ]
    )


def _scored(series: Sequence[Series], alarms: Sequence[Sequence[int]]) -> float:
    return score(series, [judged(one, found) for one, found in zip(series, alarms, strict=True)])


def _spread(scores: Sequence[float]) -> dict[str, float]:
    return {"mean": mean(scores), "deviation": pstdev(scores), "versions": len(scores)}


def known_alarms_on_what_is_left(
    series: Sequence[Series], alarms: Sequence[Sequence[int]], change: Change, seed: int
) -> float:
    """Return what the alarms of the whole series would score, each at the next row left."""
    left = [changed(one, change, seed) for one in series]
    at = [
        sorted({min(bisect_left(one.time_ns, whole.time_ns[row]), len(one.time_ns) - 1) for row in rows})
        for whole, one, rows in zip(series, left, alarms, strict=True)
    ]
    return _scored(left, at)


def known_scores_on_what_is_left(series: Sequence[Series], rarity: Floats, change: Change, seed: int) -> float:
    """Return what the scores of the whole series would come to, if only those of the rows left were heard."""
    left = [changed(one, change, seed) for one in series]
    heard = [
        rarity[number, np.flatnonzero(np.isin(whole.time_ns, one.time_ns))[: len(one.time_ns)]]
        for number, (whole, one) in enumerate(zip(series, left, strict=True))
    ]
    return _scored(left, raised(heard, RAISED))


def changed(series: Series, change: Change, seed: int) -> Series:
    """Return a series with rows left out or moved; its windows reach over the same time, of the clocks it had."""
    time_ns = np.array(series.time_ns)
    there, new_ns = change(np.random.default_rng((seed, len(time_ns))), series, time_ns)
    rows = np.flatnonzero(there)
    # As the engine does: what is not newer than what came before is passed over.
    newest = np.maximum.accumulate(new_ns[rows])
    rows = rows[np.append(True, newest[1:] > newest[:-1])]
    windows = []
    for first, last in series.windows:
        inside = np.flatnonzero((rows >= first) & (rows <= last))
        windows.append((int(inside[0]), int(inside[-1])))
    value = tuple(series.value[row] for row in rows.tolist())
    return Series(series.name, tuple(new_ns[rows].tolist()), value, tuple(windows))


#: The readings of a copy begin later, and are noisier by a share of what they usually move.
_COPIES = ((8, 0.0), (16, 0.0), (29, 0.0), (45, 0.0), (0, 0.05), (11, 0.1))


def _copy(series: Series, later: int, noise: float) -> Series:
    random = np.random.default_rng((later, len(series.value)))
    value = np.array(series.value[later:])
    value += noise * np.std(np.diff(value[:200])) * random.normal(size=len(value))
    windows = tuple((first - later, last - later) for first, last in series.windows)
    return Series(series.name, series.time_ns[later:], tuple(value.tolist()), windows)
