"""What every history store promises of its roll-ups: the same answers before and after they are made, late or not."""

import math

import pytest

from city.clock import SECOND_NS
from city.history import Resolution, Series, SeriesQuery
from city.quality import Quality
from tests.support.history import QUANTITIES, START_NS, arrivals, row
from tests.support.history_stores import Rig

_HOUR_S = 3600
_DAY_NS = 24 * _HOUR_S * SECOND_NS
#: Long enough after everything for every hour to be closed, and no reading to be forgotten.
LATER_NS = START_NS + _DAY_NS

pytestmark = pytest.mark.timeout(60)

ROLLED = (Resolution.MINUTE, Resolution.HOUR)


def asked(rig: Rig, quantity: str, resolution: Resolution, limit: int = 5000) -> Series:
    return rig.history.readings(
        SeriesQuery("air-1", quantity, START_NS - _DAY_NS, START_NS + 3 * _DAY_NS, resolution, limit)
    )


def shown(series: Series) -> list[tuple[object, ...]]:
    columns = (series.time_ns, series.value, series.minimum, series.maximum, series.last)
    rounded = [[round(each, 9) for each in column] for column in columns]
    return list(zip(*rounded, series.count, series.quality, strict=True))


@pytest.fixture
def filled(rig: Rig) -> Rig:
    """Give a store with two hours of each kind of quantity, one reading every forty seconds."""
    rows = [
        row(1, quantity, second, (second * quantity * 7) % 360 / 3, Quality.LATE if second % 700 == 0 else 0)
        for quantity in range(1, len(QUANTITIES) + 1)
        for second in range(0, 2 * _HOUR_S, 40)
    ]
    rig.history.append([(1, arrivals(*rows))], 1)
    return rig


def test_roll_ups_are_the_same_before_and_after_they_are_made(filled: Rig) -> None:
    before = {(name, step): asked(filled, name, step) for name in QUANTITIES for step in ROLLED}

    filled.history.tend(LATER_NS)
    filled.reopen()

    for (name, step), series in before.items():
        assert len(series.value) == {Resolution.MINUTE: 120, Resolution.HOUR: 2}[step]
        assert shown(asked(filled, name, step)) == shown(series), name


def test_late_and_repeated_readings_make_their_buckets_anew(filled: Rig) -> None:
    filled.history.tend(LATER_NS)
    late = row(1, 1, 30, 1000.0, Quality.LATE)

    for position in (2, 3):
        filled.history.append([(position, arrivals(late, row(1, 1, 40, 0.0)))], position)
        waiting = shown(asked(filled, "pm25", Resolution.HOUR))
        filled.history.tend(LATER_NS + position)
        assert shown(asked(filled, "pm25", Resolution.HOUR)) == waiting

    minute, hour = asked(filled, "pm25", Resolution.MINUTE), asked(filled, "pm25", Resolution.HOUR)
    assert (minute.count[:2], minute.maximum[0], minute.last[0]) == ([3, 1], 1000.0, 0.0)
    assert (hour.count, hour.maximum[0], hour.quality[0]) == ([91, 90], 1000.0, Quality.LATE)


def test_last_is_the_newest_by_time(rig: Rig) -> None:
    rig.history.append([(1, arrivals(row(1, 5, 50, 7.0), row(1, 5, 10, 3.0), row(1, 5, 70, 1.0)))], 1)
    rig.history.tend(LATER_NS)

    assert asked(rig, "door", Resolution.MINUTE).last == [7.0, 1.0]
    assert asked(rig, "door", Resolution.HOUR).last == [1.0]


def test_roll_ups_outlive_the_readings(filled: Rig) -> None:
    filled.history.tend(LATER_NS)
    before = {step: shown(asked(filled, "noise", step)) for step in ROLLED}

    filled.forget_readings(LATER_NS + _DAY_NS)
    filled.history.append([(2, arrivals(row(1, 2, 41, 99.0)))], 2)
    filled.history.tend(LATER_NS + _DAY_NS)

    assert len(asked(filled, "noise", Resolution.RAW).value) == 1
    assert {step: shown(asked(filled, "noise", step)) for step in ROLLED} == before
    assert [asked(filled, "noise", Resolution.AUTO, limit).resolution for limit in (120, 119)] == list(ROLLED)


def test_directions_keep_their_mean_over_an_hour(rig: Rig) -> None:
    rows = [row(1, 3, 60 * minute, 350.0 if minute % 2 else 30.0) for minute in range(60)]
    rig.history.append([(1, arrivals(*rows))], 1)
    rig.history.tend(LATER_NS)

    assert asked(rig, "wind_direction", Resolution.HOUR).value == pytest.approx([10.0])


@pytest.mark.parametrize("value", [1e308, -1e308, 5000.0, -5000.0], ids=str)
def test_value_beyond_all_sense_does_not_hold_up_the_others(rig: Rig, value: float) -> None:
    rig.history.append([(1, arrivals(*(row(1, quantity, 0, value) for quantity in range(1, 6))))], 1)
    rig.history.append([(2, arrivals(row(1, 1, 60, 4.0)))], 2)

    rig.history.tend(LATER_NS)

    assert asked(rig, "pm25", Resolution.MINUTE).value[1:] == [4.0]
    assert len(asked(rig, "noise", Resolution.HOUR).value) == 1
    assert not math.isnan(asked(rig, "wind_direction", Resolution.HOUR).value[0])
