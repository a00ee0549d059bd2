"""Faults by themselves: labels say what the values do, and nothing else is planted where one is."""

from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from simulators.faults import FAULTS, HARMLESS
from simulators.faults.fault import Fault
from simulators.faults.planting import Span, concerned, planted
from simulators.faults.scene import Scene
from simulators.fleet import SimulatedSensor, load_fleet
from simulators.local import Local
from simulators.months import HOUR_S, Months

HAIBIN = Path(__file__).resolve().parents[3] / "examples" / "haibin"
MONDAY = 1_793_548_800  # 2026-11-02T00:00:00+08:00
LEVELS = ("notice", "major", "critical")
SECONDS = {"s": 1, "m": 60, "h": 3600}

Rule = dict[str, Any]

#: What rules judge that is computed of what sensors say, and what they look at.
COMPUTED = {"dew_point", "noise_excess", "aqi_cn", "traffic_state"}


@pytest.fixture(scope="module")
def fleet() -> list[SimulatedSensor]:
    return FLEET


def rules() -> dict[str, Rule]:
    files = sorted((HAIBIN / "rules").glob("*.yaml"))
    return {rule["id"]: rule for file in files for rule in yaml.safe_load(file.read_text("utf-8"))["rules"]}


RULES = rules()


def made(fleet: list[SimulatedSensor], kind: str, seed: int) -> Fault:
    """Return a fault of a kind that begins in the eleventh hour, or in the night."""
    one = FAULTS[kind]
    start = next(MONDAY + hour * HOUR_S for hour in (11, 23, 20) if one.hours(Local(), MONDAY + hour * HOUR_S))
    return one.make(Scene(fleet, Local(), start, np.random.default_rng(seed)))


def said(fleet: list[SimulatedSensor], fault: Fault, sensor: str, quantity: str) -> list[tuple[int, float]]:
    """Return times and values of one series while the fault lasts."""
    some = [one for one in fleet if one.id == sensor]
    months = Months(some, MONDAY, 3, [fault])
    hours = range((fault.start_s - MONDAY) // HOUR_S, (fault.end_s - MONDAY) // HOUR_S + 1)
    told = {
        (time_ns // 1_000_000_000, value)
        for block in map(months.hour, hours)
        for number, time_ns, value in zip(block.quantity, block.time_ns.tolist(), block.value.tolist(), strict=True)
        if months.quantities[number] == quantity
    }
    return sorted(told)


def judged_at_once(kind: str, fleet: list[SimulatedSensor]) -> bool:
    label = made(fleet, kind, 0).label
    assert label is not None
    rule = RULES[label.rules[0]]
    return bool(rule["kind"] == "threshold" and "over" not in rule and rule["select"]["quantity"] not in COMPUTED)


FLEET = load_fleet(HAIBIN)
THRESHOLDS = [kind for kind in FAULTS if judged_at_once(kind, FLEET)]


def beyond(value: float, limit: Rule) -> bool:
    low, high = limit.get("outside", (limit.get("below", -np.inf), limit.get("above", np.inf)))
    return bool(value < low or value > high)


def longest(times: list[tuple[int, float]], limit: Rule) -> int:
    """Return for how many seconds values stay beyond a limit at most."""
    runs = [[at for at, _ in some] for is_so, some in groupby(times, lambda one: beyond(one[1], limit)) if is_so]
    return max((run[-1] - run[0] for run in runs), default=-1)


@pytest.mark.parametrize("kind", THRESHOLDS)
@pytest.mark.parametrize("seed", range(4))
def test_values_stay_beyond_the_limit_that_a_label_names(fleet, kind, seed):
    fault = made(fleet, kind, seed)
    label = fault.label
    assert label is not None
    rule = RULES[label.rules[0]]
    limit = rule["levels"][LEVELS[label.level - 1]]
    hold = limit.get("hold", "0s")

    quantity = rule["select"]["quantity"]
    able = [one for one in label.targets if (one, quantity) in fault.bends]
    stays = max(longest(said(fleet, fault, one, quantity), limit) for one in able)

    assert stays >= int(hold[:-1]) * SECONDS[hold[-1]]


def test_every_rule_that_tells_somebody_has_a_fault(fleet):
    found = {rule for kind in FAULTS for rule in made(fleet, kind, 0).label.rules}  # type: ignore[union-attr]

    unlike = {name for name, rule in RULES.items() if "shadow" not in rule and not name.startswith("recorded-")}
    assert unlike - found == set()
    assert found - set(RULES) == set()


def test_harmless_things_have_no_label(fleet):
    scene = Scene(fleet, Local(), MONDAY, np.random.default_rng(1))

    assert [kind.name for kind in HARMLESS.values() if kind.make(scene).label is not None] == []


def test_same_seed_plants_the_same_and_another_something_else(fleet):
    span = Span(MONDAY, 2)
    few = [FAULTS["rack overheats"], FAULTS["silent, traffic"]]

    first, again, other = (
        [(one.kind, one.start_s, one.touches) for one in planted(fleet, span, few, seed=seed)] for seed in (1, 1, 2)
    )

    assert first == again
    assert first != other


def test_no_two_faults_concern_one_place_at_once(fleet):
    room = [one for one in fleet if one.site == "room-gov"]
    kinds = [FAULTS[name] for name in ("room overheats", "rack overheats", "water leak", "silent, gateway")]

    found = planted(room, Span(MONDAY, 6), kinds)

    assert len(found) > 10
    for place, one in enumerate(found):
        for other in found[place + 1 :]:
            apart = other.start_s >= one.end_s or one.start_s >= other.end_s
            assert apart or not concerned(one, room) & concerned(other, room)
