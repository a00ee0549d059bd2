"""Measures the rule engine on one core: evaluations a second by kind, the large book, and what a checkpoint costs.

An evaluation is one reading judged by one rule (all its levels), or one sensor judged by one silence rule at one tick.
"""

import json
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.rules_small import small_batches_us
from city.catalogue import Catalogue
from city.clock import MILLISECOND_NS, SECOND_NS, SystemClock
from city.entry import Arrivals, Connection, Context, Entry, Journaled, NumberedSensor, SensorEvent, Tick
from city.level import Domain
from city.reading import ReadingBatch
from city.sensor import Sensor
from rules.checkpoint import Judge
from rules.engine import Engine

ROWS = 10_000
START_NS = 1_790_000_000 * SECOND_NS
REPORT = Path("build/bench/rules.json")
CATALOGUE = Catalogue.parse('[quantity.water_level]\nunit = "cm"\nkind = "gauge"\n')

#: Three levels with hold and clearing value, as in the demo city; the holds outlast the run, so that what is measured
#: is judging and not the writing of alarms.
LEVELS = (
    "{notice: {above: 3, clear: 2, hold: 1h}, major: {above: 15, clear: 12, hold: 1h}, "
    "critical: {above: 27, clear: 22, hold: 1h}}"
)


@dataclass(frozen=True)
class Case:
    """One measured situation; `beyond` is the share of readings that are beyond a limit, in random order.

    `heard` measures of a silence rule not the ticks, but the readings between them. `learned` batches go before those
    that are measured.
    """

    name: str
    kind: str
    sensors: int
    rules: int
    rules_each: int
    beyond: float = 0.01
    levels: str = LEVELS
    extra: str = ""
    events: bool = False
    #: After so long an event arrives; with 0 it told no time of its own.
    delay_ms: int = 0
    site: int = 20
    heard: bool = False
    learned: int = 0

    @property
    def judged(self) -> int:
        """Return how many evaluations an entry is: of silence at ticks all sensors, else the readings of a batch."""
        return (self.sensors if self.kind == "silence" and not self.heard else ROWS) * self.rules_each


_OF_A_SITE = "same: site, within: 10m"
_APART = "{notice: {above: 40}}"
_AGAINST = "against: {quantity: water_level, tags: [side-1]}, same: site, within: 10m"
_LEARNED, _SILENT = "interval: learned, learn: 1s", "{notice: {intervals: 3}}"
_STEPS = "each: {above: 3}, then: [{select: {quantity: water_level, tags: [side-1]}, each: {above: 29}}]"
_AT_LEAST = "{notice: {at_least: 15, hold: 1h}, major: {at_least: 18, hold: 1h}}"
_STEPS_OF = "{notice: {steps: 3}, major: {steps: 10}}"
_DRIFTS = "{notice: {drifts: 5, clear: 3}, major: {drifts: 10}}"
_NEIGHBOURS = "same: site, within: 10m, memory: 2h, learn: 12h"
_LOOKING = "same: site, within: 10m, memory: 100s, learn: 500s"
_FORMULA = (
    "values: {one: {quantity: water_level, tags: [side-0]}, other: {quantity: water_level, tags: [side-1]}}, "
    'expression: "if(other > 0, (one - other) / 2 + sqrt(one), 0)", same: site, within: 10m'
)
_AT_ONCE = "warm_up: 0s"
_UNLIKE, _UNLIKE_OTHERS = "{notice: {score: 3, hold: 1h}}", "against: both, same: site, within: 10m, warm_up: 0s"
_RISES = "{notice: {rises: 40, hold: 1h}, major: {rises: 50, hold: 1h}}"

CASES = (
    Case("one rule a series", "threshold", 100_000, 1, 1),
    Case("one rule a series, half beyond", "threshold", 100_000, 1, 1, beyond=0.5),
    Case("one level, 20 rules a series", "threshold", 10_000, 20, 20, levels="{major: {above: 3, clear: 2, hold: 1h}}"),
    Case("20 rules a series", "threshold", 10_000, 20, 20),
    Case("20 rules a series, half beyond", "threshold", 10_000, 20, 20, beyond=0.5),
    Case("10 readings of each series in a batch", "threshold", 1_000, 20, 20),
    Case("1,000 rules, 100,000 sensors", "threshold", 100_000, 1_000, 20),
    Case("20 rules a series, in working time", "threshold", 10_000, 20, 20, extra="when: working_time"),
    Case("rises within a window", "threshold", 100_000, 1, 1, levels=_RISES, extra="over: 10m"),
    Case("rises within a window, 20 rules a series", "threshold", 10_000, 20, 20, levels=_RISES, extra="over: 10m"),
    Case(
        "20 of a site, 20 rules a series",
        "quorum",
        10_000,
        20,
        20,
        levels=_AT_LEAST,
        extra=f"each: {{above: 3}}, {_OF_A_SITE}",
    ),
    Case("20 of a site, a tenth beyond", "quorum", 10_000, 20, 20, 0.1, _AT_LEAST, f"each: {{above: 3}}, {_OF_A_SITE}"),
    Case(
        "readings of a site, 20 rules a series",
        "count",
        10_000,
        20,
        20,
        levels=_AT_LEAST,
        extra=f"each: {{above: 3}}, {_OF_A_SITE}",
    ),
    Case(
        "events of a site",
        "count",
        10_000,
        1,
        1,
        levels=_AT_LEAST,
        extra=f"event: intrusion, {_OF_A_SITE}",
        events=True,
    ),
    Case(
        "events of a site with their times",
        "count",
        10_000,
        1,
        1,
        levels=_AT_LEAST,
        extra=f"event: intrusion, {_OF_A_SITE}",
        events=True,
        delay_ms=1,
    ),
    Case("pairs of sensors, 20 rules a series", "compare", 10_000, 20, 20, levels=_APART, extra=_AGAINST, site=2),
    Case("20 of a site, one rule", "compare", 10_000, 1, 1, levels=_APART, extra=_AGAINST),
    Case(
        "two steps of a site, 20 rules a series",
        "sequence",
        10_000,
        20,
        20,
        levels=_AT_LEAST,
        extra=f"{_STEPS}, {_OF_A_SITE}",
    ),
    Case("flat lines, 20 rules a series", "stuck", 10_000, 20, 20, levels="{notice: {flat: 1h}, major: {flat: 6h}}"),
    Case("steps, 20 rules a series", "stuck", 10_000, 20, 20, 0.0, _STEPS_OF, "per: 1m"),
    Case("20 of a site, 20 rules a series", "drift", 10_000, 20, 20, levels=_DRIFTS, extra=_NEIGHBOURS),
    Case("20 of a site, a look at every reading", "drift", 10_000, 1, 1, levels=_DRIFTS, extra=_LOOKING),
    Case("pairs of sensors, 20 rules a series", "expression", 10_000, 20, 20, levels=_APART, extra=_FORMULA, site=2),
    Case("20 of a site, one rule", "expression", 10_000, 1, 1, levels=_APART, extra=_FORMULA),
    Case("1,000 series, ten readings of each", "baseline", 1_000, 1, 1, 0.01, _UNLIKE, _AT_ONCE, learned=30),
    Case("10,000 series, one reading of each", "baseline", 10_000, 1, 1, 0.01, _UNLIKE, _AT_ONCE, learned=300),
    Case("10,000 series, their first readings", "baseline", 10_000, 1, 1, 0.01, _UNLIKE, _AT_ONCE),
    Case("100 series, a hundred readings of each", "baseline", 100, 1, 1, 0.01, _UNLIKE, _AT_ONCE, learned=3),
    Case("1,000 series and their neighbours", "baseline", 1_000, 1, 1, 0.01, _UNLIKE, _UNLIKE_OTHERS, learned=30),
    Case("a tick over 100,000 sensors", "silence", 100_000, 1, 1, levels="{notice: {intervals: 3}}"),
    Case("a tick, rhythms learned", "silence", 100_000, 1, 1, levels=_SILENT, extra=_LEARNED),
    Case("readings, rhythms learned", "silence", 100_000, 1, 1, levels=_SILENT, extra=_LEARNED, heard=True),
)


#: The case that stands for its kind in the report.
TYPICAL = (
    "20 rules a series",
    "a tick over 100,000 sensors",
    "20 of a site, 20 rules a series",
    "readings of a site, 20 rules a series",
    "pairs of sensors, 20 rules a series",
    "two steps of a site, 20 rules a series",
    "flat lines, 20 rules a series",
    "1,000 series, ten readings of each",
)


@dataclass(frozen=True)
class Measured:
    """CPU time of one batch (or tick) and what follows from it."""

    case: str
    kind: str
    evaluations_per_s: float
    batch_ms: float
    worst_ms: float
    compile_s: float


def main() -> None:
    """Print a table and write the report."""
    measured = [measure(case) for case in CASES]
    by_sensors = {sensors: _cost_per_reading_ns(sensors, sensors // 100) for sensors in (1_000, 10_000, 100_000)}
    by_rules = {rules: _cost_per_reading_ns(10_000, rules) for rules in (1, 10, 100, 1_000)}
    stalls_ms = checkpoint_stalls_ms()
    report = {
        "kinds": {
            one.kind: {"evaluations_per_s": one.evaluations_per_s, "case": one.case}
            for one in measured
            if one.case in TYPICAL
        },
        "cases": [asdict(one) for one in measured],
        "cost_per_reading_ns_by_sensors": by_sensors,
        "cost_per_reading_ns_by_rules_of_which_one_applies": by_rules,
        "small_batch_us": small_batches_us(),
        "checkpoint_ms": {"median": median(stalls_ms), "worst": max(stalls_ms)},
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text(json.dumps(report, indent=1))
    _show(measured, report)


def measure(case: Case, batches: int = 40) -> Measured:
    """Judge `batches` batches of one case."""
    engine = Engine(CATALOGUE)
    began = time.process_time()
    engine.apply(Journaled(1, _context(case)))
    compile_s = time.process_time() - began
    engine.apply(Journaled(2, Connection(START_NS, listening=True)))
    entries = list(_ticks(case, batches) if case.kind == "silence" else _arrivals(case, case.learned + batches))
    measured = {Arrivals} if case.heard or case.kind != "silence" else {Tick}
    of_case = [type(entry) in measured for entry in entries]
    seconds = [one for one, counts in zip(_timed(engine.apply, entries), of_case, strict=True) if counts][
        -batches + 5 :
    ]
    typical = median(seconds)
    return Measured(case.name, case.kind, case.judged / typical, typical * 1e3, max(seconds) * 1e3, compile_s)


def checkpoint_stalls_ms() -> list[float]:
    """Return how long each entry took whose state was committed, for 10,000 readings a second from 100,000 sensors."""
    case = Case("checkpoint", "threshold", 100_000, 20, 1, beyond=0.05)
    with tempfile.TemporaryDirectory() as folder:
        judge = Judge.open(Path(folder) / "rules.sqlite", CATALOGUE, SystemClock())
        judge.apply(Journaled(1, _context(case)))
        judge.apply(Journaled(2, Connection(START_NS, listening=True)))
        stalls = []
        for position, entry in enumerate(_arrivals(case, 40), 3):
            began = time.perf_counter()
            judge.apply(Journaled(position, entry))
            stalls.append((time.perf_counter() - began) * 1e3)
        judge.close()
    return stalls


def _cost_per_reading_ns(sensors: int, rules: int) -> float:
    """Return what a reading costs where each sensor has one of the rules."""
    case = Case("curve", "threshold", sensors, rules, 1)
    return measure(case).batch_ms * 1e6 / ROWS


def _timed(apply: Callable[[Journaled], object], entries: list[Entry]) -> list[float]:
    seconds = []
    for position, entry in enumerate(entries, 3):
        began = time.process_time()
        apply(Journaled(position, entry))
        seconds.append(time.process_time() - began)
    return seconds


def _context(case: Case) -> Context:
    groups = case.rules // case.rules_each
    sensors = tuple(
        NumberedSensor(
            number,
            Sensor(
                f"s{number}",
                "",
                Domain.ENVIRONMENT,
                "level",
                interval_s=60.0,
                tags=frozenset({f"g{number % groups}", f"side-{number % 2}"}),
                site=f"p{number // case.site}",
            ),
        )
        for number in range(case.sensors)
    )
    text = "rules:\n" + "".join(_rule(case, number, f"g{number % groups}") for number in range(case.rules))
    return Context(START_NS, case.name, (("rules/bench.yaml", text),), sensors, {"water_level": 0})


def _rule(case: Case, number: int, tag: str) -> str:
    priority = ", ".join(f"{word}: 3" for word in ("notice", "major", "critical") if f"{word}:" in case.levels)
    whole = case.kind in {"silence", "expression"} or case.events
    select = f"{{tags: [{tag}]}}" if whole else f"{{quantity: water_level, tags: [{tag}]}}"
    return (
        f"  - {{id: r{number}, kind: {case.kind}, name: {{zh: 测, en: Bench}}, source: benchmark, select: {select}, "
        f"{case.extra + ', ' if case.extra else ''}levels: {case.levels}, "
        f"incident: {{class: bench, priority: {{{priority}}}}}}}\n"
    )


def _ticks(case: Case, count: int) -> Iterator[Entry]:
    """Yield ticks; where rhythms are learned, a batch of readings before each, and first what makes them known."""
    if not case.extra:
        yield from (Tick(START_NS + second * SECOND_NS) for second in range(1, count + 1))
        return
    for second in range(1, 22 * case.sensors // ROWS + count):
        sensor = (np.arange(ROWS, dtype=np.int32) + second * ROWS) % case.sensors
        time_ns = np.full(ROWS, START_NS + second * SECOND_NS - SECOND_NS // 2)
        quantity, quality = np.zeros(ROWS, dtype=np.int32), np.zeros(ROWS, dtype=np.uint16)
        yield Arrivals(ReadingBatch(sensor.astype(np.int32), quantity, time_ns, time_ns, np.zeros(ROWS), quality))
        yield Tick(START_NS + second * SECOND_NS)


def _arrivals(case: Case, count: int) -> Iterator[Entry]:
    random = np.random.default_rng(7)
    for second in range(1, count + 1):
        several = ROWS // min(case.sensors, ROWS)
        sensor = np.concatenate([random.permutation(case.sensors)[:ROWS] for _ in range(several)]).astype(np.int32)
        part = np.repeat(np.arange(several), ROWS // several) * (SECOND_NS // several)
        time_ns = START_NS + second * SECOND_NS + part
        value = np.where(
            random.random(ROWS) < case.beyond, random.choice([5.0, 20.0, 30.0], ROWS), 2 * random.random(ROWS)
        )
        quantity, quality = np.zeros(ROWS, dtype=np.int32), np.zeros(ROWS, dtype=np.uint16)
        if case.events:
            told = zip(sensor.tolist(), time_ns.tolist(), strict=True)
            late_ns = case.delay_ms * MILLISECOND_NS
            events = tuple(SensorEvent(one, "intrusion", at, at + late_ns) for one, at in told)
            yield Arrivals(ReadingBatch.empty(), events)
        else:
            yield Arrivals(ReadingBatch(sensor, quantity, time_ns, time_ns, value, quality))


def _show(measured: list[Measured], report: dict[str, object]) -> None:
    table = Table(
        "case", "kind", "evaluations/s", "CPU ms a batch", "worst", "compile s", title="Rule engine, one core"
    )
    for one in measured:
        table.add_row(
            one.case,
            one.kind,
            f"{one.evaluations_per_s / 1e6:.1f} M",
            f"{one.batch_ms:.2f}",
            f"{one.worst_ms:.2f}",
            f"{one.compile_s:.2f}",
        )
    console = Console(width=120)
    console.print(table)
    console.print({key: value for key, value in report.items() if key not in {"kinds", "cases"}})


if __name__ == "__main__":
    main()
