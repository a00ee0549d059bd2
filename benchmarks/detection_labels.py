"""Holds alarms and incidents against labelled faults: which were found, how soon, and what had no cause."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.report import percentile
from city.alarm import AlarmTransition, Change, Lane
from city.clock import SECOND_NS
from liandong.backtest.admitting import Opened
from simulators.faults.fault import Fault
from simulators.faults.planting import concerned
from simulators.fleet import SimulatedSensor

_MONTH_DAYS = 30

_UP = frozenset({Change.RAISED, Change.RISEN})


@dataclass(frozen=True, slots=True)
class Found:
    """One labelled fault, and how long after its beginning it was told; None where it was missed."""

    fault: Fault
    after_s: float | None


class Causes:
    """Which faults concern which sensors and places, and when."""

    def __init__(self, faults: Iterable[Fault], fleet: Sequence[SimulatedSensor]) -> None:
        self._of: defaultdict[str, list[Fault]] = defaultdict(list)
        home = {sensor.id: {sensor.site, sensor.upstream} - {""} for sensor in fleet}
        for fault in faults:
            touched = concerned(fault, fleet)
            for place in touched.union(*(home.get(one, set()) for one in fault.touches)):
                self._of[place].append(fault)

    def of(self, target: str, time_ns: int) -> list[Fault]:
        """Return the faults that concern a target at a moment, or did shortly before."""
        at_s = time_ns / SECOND_NS
        return [one for one in self._of.get(target, ()) if one.start_s <= at_s <= one.end_s + one.echo_s]


def found(faults: Iterable[Fault], transitions: Sequence[AlarmTransition]) -> list[Found]:
    """Return of each labelled fault when the first alarm that finds it was told."""
    by_rule: defaultdict[tuple[str, str], list[AlarmTransition]] = defaultdict(list)
    for one in transitions:
        if one.change in _UP:
            by_rule[one.rule, one.target].append(one)
    return [Found(fault, _first_s(fault, by_rule)) for fault in faults if fault.label is not None]


def _first_s(fault: Fault, by_rule: Mapping[tuple[str, str], list[AlarmTransition]]) -> float | None:
    label = fault.label
    assert label is not None
    begin_ns, end_ns = fault.start_s * SECOND_NS, (fault.end_s + label.grace_s) * SECOND_NS
    told = [
        one.arrival_ns
        for rule in label.rules
        for target in label.targets
        for one in by_rule.get((rule, target), ())
        if one.level >= label.level and begin_ns <= one.arrival_ns <= end_ns
    ]
    return (min(told) - begin_ns) / SECOND_NS if told else None


def by_kind(found: Sequence[Found]) -> dict[str, dict[str, object]]:
    """Return of each kind of fault how many were found, and how soon."""
    kinds: defaultdict[str, list[Found]] = defaultdict(list)
    for one in found:
        kinds[one.fault.kind].append(one)
    return {kind: _figures(some) for kind, some in sorted(kinds.items())}


def _figures(some: Sequence[Found]) -> dict[str, object]:
    times = [one.after_s for one in some if one.after_s is not None]
    return {
        "planted": len(some),
        "found": len(times),
        "found_percent": round(100 * len(times) / len(some), 1),
        "median_s": round(median(times)) if times else None,
        "p90_s": round(percentile(times, 0.9)) if times else None,
    }


def uncaused(
    transitions: Iterable[AlarmTransition], incidents: Iterable[Opened], causes: Causes, share: float
) -> dict[str, object]:
    """Return what was said without a cause; `share` is sensors in hundreds times months of 30 days.

    Incidents are what an officer gets; hints go to those who look after sensors, and are counted by themselves. What a
    rule in shadow says is neither.
    """
    alarms = [one for one in transitions if one.change is Change.RAISED and one.response.shadow is None]
    false = Counter(one.rule for one in incidents if not causes.of(one.target, one.opened_ns))
    opened = list(incidents)
    hints = [one for one in alarms if one.response.lane is Lane.EQUIPMENT]
    city = [one for one in alarms if one.response.lane is Lane.CITY]
    false_hints = Counter(one.rule for one in hints if not causes.of(one.target, one.arrival_ns))
    false_alarms = Counter(one.rule for one in city if not causes.of(one.target, one.arrival_ns))
    return {
        "incidents": len(opened),
        "false_incidents": false.total(),
        "false_incidents_per_100_sensors_month": false.total() / share,
        "false_incidents_by_rule": dict(false.most_common()),
        "alarms": len(city),
        "false_alarms": false_alarms.total(),
        "false_alarms_by_rule": dict(false_alarms.most_common()),
        "hints": len(hints),
        "false_hints": false_hints.total(),
        "false_hints_per_100_sensors_month": false_hints.total() / share,
        "false_hints_by_rule": dict(false_hints.most_common()),
    }


def months(sensors: int, days: float) -> float:
    """Return hundreds of sensors times months of 30 days."""
    return sensors / 100 * days / _MONTH_DAYS
