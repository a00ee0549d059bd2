"""The Numenta Anomaly Benchmark: recorded series with labelled windows, and how alarms on them are scored.

Source: Lavin and Ahmad 2015, "Evaluating real-time anomaly detection algorithms"; the README beside the data.
"""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import exp
from pathlib import Path

from city.clock import to_ns

#: The first part of a series, and at most so many of its rows, is not scored.
_UNSCORED, _MOST_UNSCORED = 0.15, 750

#: Behind a window, a false alarm costs its whole price after so many lengths of it.
_NEAR = 3


@dataclass(frozen=True, slots=True)
class Profile:
    """What a false alarm and a missed window cost; a window found at once is worth nearly 1."""

    name: str
    false: float
    missed: float


PROFILES = (Profile("standard", 0.11, 1.0), Profile("low_fp", 0.22, 1.0), Profile("low_fn", 0.11, 2.0))


@dataclass(frozen=True, slots=True)
class Series:
    """One labelled series; windows are first and last row."""

    name: str
    time_ns: tuple[int, ...]
    value: tuple[float, ...]
    windows: tuple[tuple[int, int], ...]

    @property
    def group(self) -> str:
        """Return the kind of series."""
        return self.name.partition("/")[0]

    @property
    def first_scored(self) -> int:
        """Return the first row that counts."""
        return min(int(_UNSCORED * len(self.value)), _MOST_UNSCORED)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one series: windows found, alarms outside, and the sum of their worth for each profile."""

    found: int
    false: int
    worth: Mapping[str, float]


def read_nab(folder: Path) -> Iterator[Series]:
    """Yield the series below a folder that holds `labels.json` and `data/<group>/<series>.csv`."""
    labels = json.loads((folder / "labels.json").read_text("utf-8"))
    for name, labelled in labels.items():
        with (folder / "data" / name).open(encoding="utf-8", newline="") as file:
            rows = [(_ns(row["timestamp"]), float(row["value"])) for row in csv.DictReader(file)]
        time_ns = tuple(at_ns for at_ns, _ in rows)
        windows = tuple(_window(time_ns, *(_ns(edge) for edge in edges)) for edges in labelled["windows"])
        yield Series(name, time_ns, tuple(value for _, value in rows), windows)


def _ns(text: str) -> int:
    return to_ns(datetime.fromisoformat(text).replace(tzinfo=UTC))


def _window(time_ns: Sequence[int], start_ns: int, end_ns: int) -> tuple[int, int]:
    inside = [row for row, at_ns in enumerate(time_ns) if start_ns <= at_ns <= end_ns]
    return inside[0], inside[-1]


def _worth(place: float) -> float:
    """Return 2σ(-5x) - 1: nearly 1 at the start of a window (-1), 0 at its end, and nearly -1 a length behind it."""
    return 2.0 / (1.0 + exp(5.0 * place)) - 1.0


def judged(series: Series, alarms: Sequence[int]) -> Verdict:
    """Score the rows at which alarms were raised: in each window the first one, outside of windows all."""
    found: set[int] = set()
    worth, false = 0.0, []
    for row in sorted(row for row in alarms if row >= series.first_scored):
        inside = next((number for number, (first, last) in enumerate(series.windows) if first <= row <= last), None)
        if inside is None:
            false.append(_price(series.windows, row))
        elif inside not in found:
            first, last = series.windows[inside]
            found.add(inside)
            worth += _worth((row - last) / max(1, last - first))
    missed = len(series.windows) - len(found)
    sums = {one.name: worth - one.false * sum(false) - one.missed * missed for one in PROFILES}
    return Verdict(len(found), len(false), sums)


def _price(windows: Sequence[tuple[int, int]], row: int) -> float:
    """Return which part of its price a false alarm costs: little just behind a window, all far from one."""
    before = [window for window in windows if window[1] < row]
    if not before:
        return 1.0
    first, last = max(before)
    place = (row - last) / max(1, last - first)
    return 1.0 if place > _NEAR else -_worth(place)


def score(series: Sequence[Series], verdicts: Sequence[Verdict], profile: Profile = PROFILES[0]) -> float:
    """Return the normalised score: 0 for who never raises an alarm, 100 for who finds each window at its first row."""
    windows = sum(len(one.windows) for one in series)
    worth = sum(one.worth[profile.name] for one in verdicts)
    nothing, perfect = -profile.missed * windows, _worth(-1.0) * windows
    return 100.0 * (worth - nothing) / (perfect - nothing) if windows else float("nan")
