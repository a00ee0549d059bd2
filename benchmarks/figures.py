"""Figures with limits: a table that says of each whether it was kept, and the same as JSON."""

import json
import os
import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from rich.console import Console
from rich.table import Table

from benchmarks.report import FOLDER, percentile


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure; `limit` is the most it may be, or the least where `at_least`; None where nothing limits it."""

    name: str
    value: float
    unit: str = "ms"
    limit: float | None = None
    at_least: bool = False

    @property
    def verdict(self) -> str:
        """Say whether the limit was kept; empty without one."""
        if self.limit is None:
            return ""
        kept = self.value >= self.limit if self.at_least else self.value <= self.limit
        return "kept" if kept else "MISSED"


def timed(name: str, act: Callable[[], object], times: int, limit_ms: float | None = None) -> list[Figure]:
    """Return how long `act` takes, by the wall and in this process's CPU; the limit is for the wall's 99th part."""
    wall_ms, cpu_ms = [], []
    for _ in range(times):
        began, began_cpu = time.perf_counter(), time.process_time()
        act()
        wall_ms.append((time.perf_counter() - began) * 1000)
        cpu_ms.append((time.process_time() - began_cpu) * 1000)
    return [*spread(name, wall_ms, limit_ms), Figure(f"{name} cpu p99", percentile(cpu_ms, 0.99))]


def spread(name: str, values_ms: Sequence[float], limit_ms: float | None = None) -> list[Figure]:
    """Return the median and the 99th percentile of what was measured."""
    return [
        Figure(f"{name} p50", percentile(values_ms, 0.5)),
        Figure(f"{name} p99", percentile(values_ms, 0.99), limit=limit_ms),
    ]


def judged(name: str, key: str, figures: Sequence[Figure]) -> None:
    """Print the figures of one database with their verdicts, and put them into `build/bench/<name>.json`.

    What that file says of other databases stays, so that one that ends badly, or is measured by itself, takes nothing.
    """
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.platform()}
    FOLDER.mkdir(parents=True, exist_ok=True)
    file = FOLDER / f"{name}.json"
    known = json.loads(file.read_text("utf-8")) if file.exists() else {}
    known |= {"machine": machine, key: [asdict(one) | {"verdict": one.verdict} for one in figures]}
    file.write_text(json.dumps(known, indent=2, ensure_ascii=False) + "\n", "utf-8")
    shown(name, key, figures)


def verdicts(figures: Sequence[Figure]) -> dict[str, str]:
    """Return what became of each limit, by the figure's name."""
    return {one.name: one.verdict for one in figures if one.verdict}


def shown(name: str, key: str, figures: Sequence[Figure]) -> None:
    """Print figures with their verdicts."""
    machine = {"cores": os.cpu_count(), "python": platform.python_version()}
    table = Table(title=f"{name} on {key}, {machine['cores']} cores, Python {machine['python']}")
    for column in ("figure", "value", "unit", "limit", "verdict"):
        table.add_column(column, justify="right" if column in {"value", "limit"} else "left")
    for one in figures:
        limit = "" if one.limit is None else f"{'≥' if one.at_least else '≤'} {one.limit:,g}"
        table.add_row(one.name, f"{one.value:,.2f}", one.unit, limit, one.verdict)
    Console().print(table)
    kept = sum(one.verdict == "kept" for one in figures)
    Console().print(f"{key}: {kept} of {sum(bool(one.verdict) for one in figures)} limits kept")
