"""The recorded series with clocks and gaps that they did not have: how even the baseline kind's score is."""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import mean, median, pstdev

import numpy as np
from numpy.typing import NDArray

from benchmarks.detection_nab import detected
from benchmarks.nab import Series, judged, read_nab, score

Random = np.random.Generator
Mask = NDArray[np.bool_]
Times = NDArray[np.int64]

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
    "5 % of the rows missing": (_missing(0.05), 3),
    "20 % missing": (_missing(0.2), 5),
    "50 % missing": (_missing(0.5), 2),
    "outages of 2 to 12 rows": (_outages, 2),
    "five gaps of 3 %": (_gaps, 3),
    "clocks half an interval off": (_unsteady, 2),
    "half as often from midway on": (_half_as_often, 1),
    "one and two intervals by turns": (_by_turns, 1),
    "six at once": (_bursts, 1),
}


def irregular_figures(folder: Path) -> dict[str, object]:
    """Return for each change mean and spread of the scores on the series below `folder`, and what the scorer takes."""
    series = list(read_nab(folder))
    alarms, _ = detected(series)
    versions = {"begun later or a little noisier": [[_copy(one, *copy) for one in series] for copy in _COPIES]}
    for name, (change, times) in CHANGES.items():
        versions[name] = [[changed(one, change, seed) for one in series] for seed in range(times)]
    return {"alarms of all rows on 20 % missing": known_alarms_on_what_is_left(series, alarms), **_figures(versions)}


def _figures(versions: Mapping[str, Sequence[Sequence[Series]]]) -> dict[str, object]:
    """Return mean and spread of the scores on the versions of all series, all of them judged side by side."""
    alarms, _ = detected([one for several in versions.values() for version in several for one in version])
    figures: dict[str, object] = {}
    for name, several in versions.items():
        scores = []
        for version in several:
            rows, alarms = alarms[: len(version)], alarms[len(version) :]
            scores.append(score(version, [judged(one, found) for one, found in zip(version, rows, strict=True)]))
        figures[name] = {"mean": mean(scores), "deviation": pstdev(scores), "versions": len(scores)}
    return figures


def known_alarms_on_what_is_left(series: Sequence[Series], alarms: Sequence[Sequence[int]]) -> float:
    """Return what the alarms of the whole series would score where a fifth is missing, each at the next row left."""
    left = [changed(one, _missing(0.2), 0) for one in series]
    verdicts = []
    for whole, one, rows in zip(series, left, alarms, strict=True):
        at = {min(bisect_left(one.time_ns, whole.time_ns[row]), len(one.time_ns) - 1) for row in rows}
        verdicts.append(judged(one, sorted(at)))
    return score(left, verdicts)


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
