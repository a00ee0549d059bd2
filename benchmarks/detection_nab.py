"""How well and how fast the baseline kind detects on the Numenta Anomaly Benchmark, with one setting for all series."""

import time
from collections.abc import Sequence
from pathlib import Path
from statistics import mean, stdev
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from benchmarks.nab import PROFILES, Series, Verdict, judged, read_nab, score
from city.clock import SECOND_NS
from liandong.detecting import Detecting
from rules.baseline.stage import CLEARED, RAISED, Stage

Floats = NDArray[np.float64]

#: Rows of each series in a batch.
_ROWS = 256

#: Thresholds among which halves of the series choose; the one in force is not always theirs.
_THRESHOLDS = np.arange(1.2, 2.05, 0.05)
_SPLITS = 50

#: What is measured for speed: so many series, each with so many readings a batch, after so many batches of learning.
_SIDE_BY_SIDE, _EACH, _LEARNED, _BATCHES = 1_000, 10, 40, 40


def nab_figures(folder: Path) -> dict[str, object]:
    """Return all figures about the series below `folder`."""
    series = list(read_nab(folder))
    alarms, rarity = detected(series)
    verdicts = [judged(one, rows) for one, rows in zip(series, alarms, strict=True)]
    found, false = sum(one.found for one in verdicts), sum(one.false for one in verdicts)
    windows = sum(len(one.windows) for one in series)
    groups = sorted({one.group for one in series})
    return {
        "series": len(series),
        "readings": sum(len(one.value) for one in series),
        "threshold": RAISED,
        **{one.name: score(series, verdicts, one) for one in PROFILES},
        "windows": windows,
        "found": found,
        "recall": found / windows,
        "precision": found / (found + false),
        "false_alarms": false,
        "false_a_series": false / len(series),
        "groups": {group: of_group(series, verdicts, group) for group in groups},
        "held_out": held_out(series, rarity),
        "us_a_reading": us_a_reading(series),
        "missed": _missed(series, alarms),
    }


def detected(series: Sequence[Series]) -> tuple[list[list[int]], Floats]:
    """Return the rows at which alarms are raised in each series, and the rarity of each row, a line a series."""
    detecting, longest = Detecting(len(series), ZoneInfo("UTC")), max(len(one.value) for one in series)
    alarms: list[list[int]] = [[] for _ in series]
    rarity = np.full((len(series), longest), np.nan)
    for begin in range(0, longest, _ROWS):
        rows = [
            (number, row)
            for number, one in enumerate(series)
            for row in range(begin, min(begin + _ROWS, len(one.value)))
        ]
        found = detecting.push(
            [number for number, _ in rows],
            [series[number].time_ns[row] for number, row in rows],
            [series[number].value[row] for number, row in rows],
        )
        for (number, row), raised, rare in zip(rows, found.alarm.tolist(), found.rarity.tolist(), strict=True):
            rarity[number, row] = rare
            if raised:
                alarms[number].append(row)
    return alarms, rarity


def held_out(series: Sequence[Series], rarity: Floats) -> dict[str, float]:
    """Choose the threshold on half of the series of each group, score the other half; return the mean and its spread.

    The halves are drawn anew many times, and each is once the one that is judged.
    """
    worth = np.array([[one.worth["standard"] for one in _at(series, rarity, float(at))] for at in _THRESHOLDS])
    windows = np.array([len(one.windows) for one in series])
    random, scores = np.random.default_rng(0), []
    for _ in range(_SPLITS):
        half = _half(series, random)
        for chosen, other in ((half, ~half), (~half, half)):
            best = int(np.argmax(worth[:, chosen].sum(axis=1)))
            scores.append(_normalised(float(worth[best, other].sum()), int(windows[other].sum())))
    curve = [_normalised(float(one.sum()), int(windows.sum())) for one in worth]
    return {
        "mean": mean(scores),
        "deviation": stdev(scores),
        **{f"at_{at:.2f}": value for at, value in zip(_THRESHOLDS.tolist(), curve, strict=True)},
    }


def _normalised(worth: float, windows: int) -> float:
    nothing = Series("", (), (), tuple((0, 1) for _ in range(windows)))
    return score([nothing], [Verdict(0, 0, {"standard": worth})])


def _half(series: Sequence[Series], random: np.random.Generator) -> NDArray[np.bool_]:
    half = np.zeros(len(series), dtype=np.bool_)
    for group in sorted({one.group for one in series}):
        members = random.permutation([number for number, one in enumerate(series) if one.group == group])
        half[members[: (len(members) + int(random.integers(2))) // 2]] = True
    return half


def _at(series: Sequence[Series], rarity: Floats, threshold: float) -> list[Verdict]:
    """Return what would have come of all series with another threshold, were no reading missing."""
    alarms = raised([rarity[number, : len(one.value)] for number, one in enumerate(series)], threshold)
    return [judged(one, rows) for one, rows in zip(series, alarms, strict=True)]


def raised(scores: Sequence[Floats], threshold: float) -> list[list[int]]:
    """Return the rows at which alarms are raised in series with such scores, were no reading missing."""
    limits = np.full(len(scores), threshold)
    stage, alarms = Stage("other", np.arange(len(scores)), limits, CLEARED * limits), []
    for number, of_series in enumerate(scores):
        staged = stage.push(np.full(len(of_series), number), of_series, np.ones(len(of_series), np.int64))
        ended, rows = np.flatnonzero(staged.keeping <= CLEARED * threshold), [-1]
        for row in np.flatnonzero(staged.reaching > threshold).tolist():
            if rows[-1] < 0 or np.searchsorted(ended, rows[-1], "right") < np.searchsorted(ended, row, "right"):
                rows.append(row)
        alarms.append(rows[1:])
    return alarms


def us_a_reading(series: Sequence[Series]) -> float:
    """Return the CPU time of one reading in microseconds where many series run side by side, clocks apart."""
    detecting, every = Detecting(_SIDE_BY_SIDE, ZoneInfo("UTC")), np.arange(_SIDE_BY_SIDE)
    values = [np.array(one.value) for one in series]
    began = 0.0
    for batch in range(_LEARNED + _BATCHES):
        if batch == _LEARNED:
            began = time.process_time()
        rows = batch * _EACH + np.arange(_EACH)
        value = np.stack(
            [values[one % len(values)][(rows + 7 * one) % len(values[one % len(values)])] for one in every]
        )
        time_ns = (rows * 300 + every[:, None] % 300) * SECOND_NS
        detecting.push(np.repeat(every, _EACH).tolist(), time_ns.ravel().tolist(), value.ravel().tolist())
    return (time.process_time() - began) * 1e6 / (_BATCHES * _EACH * _SIDE_BY_SIDE)


def of_group(series: Sequence[Series], verdicts: Sequence[Verdict], group: str) -> dict[str, float]:
    """Return what was found in the series of a group, with the scores where there is something to find."""
    members = [(one, verdict) for one, verdict in zip(series, verdicts, strict=True) if one.group == group]
    those, found = [one for one, _ in members], [verdict for _, verdict in members]
    figures: dict[str, float] = {
        "series": len(those),
        "windows": sum(len(one.windows) for one in those),
        "found": sum(one.found for one in found),
        "false_alarms": sum(one.false for one in found),
    }
    return figures | ({one.name: score(those, found, one) for one in PROFILES} if figures["windows"] else {})


def _missed(series: Sequence[Series], alarms: Sequence[Sequence[int]]) -> dict[str, int]:
    """Return how many windows of which series were not found."""
    missed = {
        one.name: sum(not any(first <= row <= last for row in rows) for first, last in one.windows)
        for one, rows in zip(series, alarms, strict=True)
    }
    return {name: count for name, count in missed.items() if count}
