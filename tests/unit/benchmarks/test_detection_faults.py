"""How detection of faults is measured: by a machine room whose faults are found, and by what is no finding."""

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.detection_faults import SHARES, kept
from benchmarks.detection_labels import Causes, by_kind, found, uncaused
from benchmarks.detection_month import Asked, Month, judged
from city.alarm import AlarmTransition, Change, Lane, Response
from city.clock import SECOND_NS
from city.level import Domain, Level
from city.quality import Quality
from liandong.backtest.admitting import Opened
from liandong.city_folder import CityFolder, read_city
from rules.book import read_book
from simulators.faults.fault import CRITICAL, MAJOR, Fault, Label, added, fixed, hill
from simulators.fleet import SimulatedSensor, load_fleet
from simulators.months import Months

HAIBIN = Path(__file__).resolve().parents[3] / "examples" / "haibin"
MONDAY = 1_793_548_800  # 2026-11-02T00:00:00+08:00
RACK, ROPE, METER = "room-gov-rack-01", "room-gov-leak-01", "noise-006"


@pytest.fixture(scope="module")
def city() -> CityFolder:
    return read_city(HAIBIN)


@pytest.fixture(scope="module")
def fleet() -> list[SimulatedSensor]:
    """Half a machine room, and a meter in a zone."""
    kinds = {"inlet_probe", "leak_rope", "crac", "smoke_detector", "noise_meter"}
    some = [one for one in load_fleet(HAIBIN) if one.kind in kinds and (one.site == "room-gov" or one.id == METER)]
    return [one for one in some if one.kind != "inlet_probe" or one.id <= "room-gov-rack-12"]


def faults(*, hot_by: float = 13.0) -> list[Fault]:
    """Return a rack that gets too hot, a rope that gets wet, and a meter that is beside a building site."""
    shape = hill(1500, 240, 120)
    hot = Label(("inlet-temperature",), frozenset({RACK}), CRITICAL)
    wet = Label(("water-leak",), frozenset({ROPE}), MAJOR)
    loud = Label(("noise-beyond-limit",), frozenset({METER}), grace_s=180)
    return [
        Fault("hot", MONDAY + 600, MONDAY + 2100, hot, {(RACK, "temperature"): added(hot_by, shape)}),
        Fault("wet", MONDAY + 900, MONDAY + 1500, wet, {(ROPE, "water_leak"): fixed(1.0)}),
        Fault("loud", MONDAY + 600, MONDAY + 3300, loud, {(METER, "noise_laeq"): added(25.0, hill(2700, 60, 60))}),
    ]


@pytest.fixture(scope="module")
def transitions(city, fleet) -> list[AlarmTransition]:
    return judged(city, Asked(fleet, faults(), MONDAY, 2 / 24)).transitions


def test_faults_are_found_by_their_rules_and_soon(transitions):
    after_s = {one.fault.kind: one.after_s for one in found(faults(), transitions)}

    assert after_s["hot"] is not None
    assert 60 < after_s["hot"] < 300
    assert after_s["wet"] is not None
    assert 10 <= after_s["wet"] <= 75
    # Two periods of ten minutes that are beyond the limit from their beginning on.
    assert after_s["loud"] is not None
    assert 1200 <= after_s["loud"] < 2100


def test_nothing_is_said_but_about_faults(fleet, transitions):
    causes = Causes(faults(), fleet)

    raised = [one for one in transitions if one.change is Change.RAISED]
    assert len(raised) >= 3
    assert [(one.rule, one.target) for one in raised if not causes.of(one.target, one.arrival_ns)] == []


def test_faults_that_do_not_reach_their_label_are_missed(city, fleet):
    weaker = faults(hot_by=2.0)[:1]

    some = found(weaker, judged(city, Asked(fleet, weaker, MONDAY, 1 / 24)).transitions)

    assert [one.after_s for one in some] == [None]


def test_flags_are_those_of_ingest(city, fleet):
    month = Month(city, Asked(fleet, (), MONDAY, 1 / 24))
    block = Months(fleet, MONDAY, 1 / 24).hour(0)

    flags = month._flags.of(replace(block, value=block.value * 1e6), (MONDAY + 3600) * SECOND_NS)

    newest: dict[tuple[int, int], int] = {}
    late = []
    for sensor, quantity, time_ns in zip(block.sensor, block.quantity, block.time_ns.tolist(), strict=True):
        late.append(time_ns < newest.get((sensor, quantity), 0))
        newest[sensor, quantity] = max(time_ns, newest.get((sensor, quantity), 0))
    assert any(late)
    assert ((flags & Quality.LATE) != 0).tolist() == late
    assert (flags & Quality.DUPLICATE).any()
    assert (flags[block.value > 1] & Quality.OUT_OF_RANGE).any()


def test_each_rule_judges_within_one_share_of_the_city(city):
    domains = [domain for share in SHARES for domain in share]
    rules = read_book(city.book, city.catalogue).rules

    assert sorted(domains) == sorted({sensor.domain for sensor in load_fleet(HAIBIN)})
    assert {rule.id for rule in rules if rule.select.domain is None or rule.select.domain not in domains} == set()


def alarm(rule: str, target: str, at_s: int, *, level: Level = Level.MAJOR, lane: Lane = Lane.CITY) -> AlarmTransition:
    time_ns = (MONDAY + at_s) * SECOND_NS
    asks = Response("machine_room", {"major": 2}, lane=lane)
    return AlarmTransition(
        id=f"{rule}{at_s}",
        alarm=rule,
        rule=rule,
        rule_name={},
        kind="threshold",
        target=target,
        domain=Domain.MACHINE_ROOM,
        change=Change.RAISED,
        level=level,
        time_ns=time_ns,
        arrival_ns=time_ns,
        response=asks,
    )


def incident(rule: str, target: str, at_s: int) -> Opened:
    opened_ns = (MONDAY + at_s) * SECOND_NS
    return Opened(rule, target, "machine_room", "machine_room", "", opened_ns, None, 2, 1, 0, ())


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(alarm("smoke", ROPE, 950), id="another rule"),
        pytest.param(alarm("water-leak", "room-gov-leak-02", 950), id="another sensor"),
        pytest.param(alarm("water-leak", ROPE, 950, level=Level.NOTICE), id="too low a level"),
        pytest.param(alarm("water-leak", ROPE, 890), id="before it began"),
        pytest.param(alarm("water-leak", ROPE, 1600), id="after it was over"),
        pytest.param(replace(alarm("water-leak", ROPE, 950), change=Change.CLEARED), id="an end"),
    ],
)
def test_what_does_not_find_a_fault(told):
    assert [one.after_s for one in found(faults()[1:2], [told])] == [None]


def test_figures_of_a_kind_are_of_those_that_were_found():
    wet = faults()[1]
    later = replace(wet, start_s=wet.start_s + 7200, end_s=wet.end_s + 7200)

    some = found([wet, later], [alarm("water-leak", ROPE, 950), alarm("water-leak", ROPE, 960)])

    assert by_kind(some) == {"wet": {"planted": 2, "found": 1, "found_percent": 50.0, "median_s": 50, "p90_s": 50}}


def test_what_has_no_cause_is_counted_where_it_was_told(fleet):
    causes = Causes(faults(), fleet)
    alarms = [
        alarm("water-leak", ROPE, 950),
        alarm("water-leak", ROPE, 5000),
        alarm("inlet-temperature-unlike-others", RACK, 5000, lane=Lane.EQUIPMENT),
    ]
    # What is about the room of a sensor is about the sensor too.
    incidents = [incident("water-leak", ROPE, 950), incident("inlet-temperature", "room-gov", 960)]

    counted = uncaused(alarms, [*incidents, incident("water-leak", ROPE, 5000)], causes, share=0.5)

    assert counted["false_incidents"] == 1
    assert counted["false_incidents_per_100_sensors_month"] == 2.0
    assert counted["false_incidents_by_rule"] == {"water-leak": 1}
    assert counted["false_alarms"] == 1
    assert counted["hints"] == counted["false_hints"] == 1


@pytest.mark.parametrize(
    ("percent", "false", "expected"),
    [(99.0, 1.0, True), (98.9, 0.0, False), (100.0, 1.01, False), (None, 0.0, False)],
)
def test_limits_are_kept_where_enough_was_found_and_little_was_false(percent, false, expected):
    figures = {"found_percent": percent, "false_incidents_per_100_sensors_month": false}

    assert kept(figures) is expected
