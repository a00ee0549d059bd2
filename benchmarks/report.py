"""How a benchmark tells its figures: a table for people, JSON for programs, and the machine they were measured on."""

import json
import os
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

FOLDER = Path(__file__).resolve().parents[1] / "build" / "bench"

Figures = Mapping[str, object]


def percentile(values: Sequence[float], share: float) -> float:
    """Return the nearest-rank percentile; not a number when there is nothing to rank."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, round(share * (len(ranked) - 1)))] if ranked else float("nan")


def report(name: str, figures: Figures) -> None:
    """Print `figures` and write them to `build/bench/<name>.json` with the machine's particulars."""
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.platform()}
    FOLDER.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"machine": machine, **figures}, indent=2, ensure_ascii=False)
    (FOLDER / f"{name}.json").write_text(text + "\n", "utf-8")
    table = Table(title=f"{name} on {machine['cores']} cores, Python {machine['python']}")
    table.add_column("figure")
    table.add_column("value", justify="right")
    for key, value in _flat(figures):
        table.add_row(key, f"{value:,.2f}" if isinstance(value, float) else str(value))
    Console().print(table)


def _flat(figures: Figures, prefix: str = "") -> list[tuple[str, object]]:
    rows: list[tuple[str, object]] = []
    for key, value in figures.items():
        if isinstance(value, Mapping):
            rows.extend(_flat(value, f"{prefix}{key}."))
        else:
            rows.append((prefix + key, value))
    return rows
