"""A city over weeks: each hour by itself, in order of arrival, with what is missing, late and said twice."""

from pathlib import Path

import numpy as np
import pytest

from simulators.faults.fault import Fault, added, hill
from simulators.fleet import SimulatedSensor, load_fleet
from simulators.local import Local
from simulators.months import HOUR_S, SECOND_NS, Months

HAIBIN = Path(__file__).resolve().parents[3] / "examples" / "haibin"
MONDAY = 1_793_548_800  # 2026-11-02T00:00:00+08:00


@pytest.fixture(scope="module")
def room() -> list[SimulatedSensor]:
    return [one for one in load_fleet(HAIBIN) if one.site in {"room-gov", "underpass-01"}]


def test_an_hour_has_about_all_that_was_promised_in_order_of_arrival(room):
    block = Months(room, MONDAY, 1).hour(3)

    promised = sum(len(one.quantities) * HOUR_S // one.interval_s for one in room)
    assert 0.99 < len(block.value) / promised < 1.01
    assert (np.diff(block.arrival_ns) >= 0).all()
    assert (block.arrival_ns > block.time_ns).all()
    assert block.time_ns.min() >= (MONDAY + 3 * HOUR_S) * SECOND_NS
    assert block.arrival_ns.max() < (MONDAY + 4 * HOUR_S) * SECOND_NS


def test_an_hour_is_the_same_made_alone_or_after_others(room):
    months = Months(room, MONDAY, 1)
    for hour in range(3):
        months.hour(hour)

    one, other = months.hour(5), Months(room, MONDAY, 1).hour(5)

    assert np.array_equal(one.value, other.value)
    assert np.array_equal(one.arrival_ns, other.arrival_ns)


def test_days_differ_and_days_of_rest_more(room):
    months = Months(room, MONDAY, 7)

    flow = months.quantities.index("flow")
    means = [
        float(block.value[block.quantity == flow].mean()) for block in (months.hour(day * 24 + 8) for day in range(7))
    ]

    assert len(set(means)) == 7
    assert max(means[5:]) < min(means[:5])


def test_some_messages_are_late_or_come_twice_and_are_named(room):
    block = Months(room, MONDAY, 1).hour(0)

    newest: dict[tuple[int, int], int] = {}
    seen, twice, late = set(), set(), set()
    for sensor, quantity, time_ns in zip(
        block.sensor.tolist(), block.quantity.tolist(), block.time_ns.tolist(), strict=True
    ):
        twice |= {sensor} if (sensor, quantity, time_ns) in seen else set()
        late |= {sensor} if time_ns < newest.get((sensor, quantity), 0) else set()
        seen.add((sensor, quantity, time_ns))
        newest[sensor, quantity] = max(time_ns, newest.get((sensor, quantity), 0))

    assert twice
    assert late
    assert block.disturbed[sorted(twice | late)].all()


def test_a_fault_bends_its_sensor_while_it_lasts_and_no_other(room):
    rack = next(one for one in room if one.kind == "inlet_probe")
    fault = Fault("hot", MONDAY + 600, MONDAY + 1800, bends={(rack.id, "temperature"): added(9, hill(1200, 60, 60))})

    quiet, hot = Months(room, MONDAY, 1).hour(0), Months(room, MONDAY, 1, [fault]).hour(0)

    moved = quiet.value != hot.value
    assert {room[place].id for place in hot.sensor[moved].tolist()} == {rack.id}
    since = hot.time_ns[moved] // SECOND_NS - fault.start_s
    assert 0 <= since.min() < since.max() < fault.lasts_s
    assert (hot.value - quiet.value).max() == pytest.approx(9, abs=0.11)


def test_a_sensor_that_is_gone_says_nothing(room):
    rack = next(one for one in room if one.kind == "inlet_probe")
    fault = Fault("dead", MONDAY + 600, MONDAY + 1800, gone=frozenset({rack.id}))

    block = Months(room, MONDAY, 1, [fault]).hour(0)

    times = np.unique(block.time_ns[block.sensor == room.index(rack)]) // SECOND_NS
    assert np.diff(times).max() >= 1200 - rack.interval_s
    assert not ((times >= fault.start_s) & (times < fault.end_s)).any()


def test_saturday_and_sunday_are_days_of_rest():
    local = Local()

    assert [local.is_rest(MONDAY + day * 86_400) for day in range(7)] == [False] * 5 + [True] * 2
    assert local.hour(MONDAY + 90 * 60) == 1.5
    assert local.is_working_time(MONDAY + 10 * HOUR_S)
    assert not local.is_working_time(MONDAY + 20 * HOUR_S)
