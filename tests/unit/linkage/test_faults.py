from datetime import UTC, datetime, timedelta

import pytest

from city.clock import ManualClock
from city.errors import StoreUnavailable
from linkage.faults import Met, faults_told
from linkage.leasing.lease import LeaseLost


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(StoreUnavailable("database", "it is away"), id="what is away is waited for"),
        pytest.param(LeaseLost("desk", 3), id="a turn that is over ends all of the desk's work"),
    ],
)
def test_what_is_expected_is_no_fault(error: Exception):
    with pytest.raises(type(error)) as raised, faults_told("admission"):
        raise error

    assert raised.value is error


def test_fault_is_to_be_tried_again_later():
    with pytest.raises(StoreUnavailable) as raised, faults_told("admission"):
        raise ZeroDivisionError

    assert (raised.value.store, raised.value.again_s) == ("admission", 5.0)
    assert isinstance(raised.value.__cause__, ZeroDivisionError)


def test_fault_is_told_since_the_first_of_a_run_and_for_ten_minutes():
    clock = ManualClock(datetime(2026, 11, 20, 8, tzinfo=UTC))
    met, first_ns = Met(clock), clock.now_ns()
    met.note("clocks", "ZeroDivisionError")
    clock.advance(timedelta(minutes=9))
    met.note("clocks", "KeyError")
    met.note("evidence", "KeyError")
    told = met.troubles()
    clock.advance(timedelta(minutes=10))
    after = met.troubles()
    met.note("clocks", "KeyError")

    assert [(one.name, one.detail, one.since_ns == first_ns) for one in told] == [
        ("clocks", "KeyError", True),
        ("evidence", "KeyError", False),
    ]
    assert (after, [one.since_ns for one in met.troubles()]) == ([], [clock.now_ns()])
