"""What an earlier run kept is known after a start: late and repeated readings are late and repeated."""

import pytest

from city.clock import SECOND_NS, iso
from city.entry import Arrivals
from ingest.latest import Latest
from tests.support.normalising import Desk, reading

AT_NS = 1_780_000_000 * SECOND_NS


def told(seconds: float, value: float) -> tuple[str, ...]:
    """Return the flags of a reading after a restart, where the one before came at second 10 with value 1."""
    before = Desk("a")
    after = Desk("a")
    latest = Latest(before.numbering)
    first = before.batch(reading("a", time=iso(AT_NS + 10 * SECOND_NS), pm25=1.0), at_ns=AT_NS)
    latest.take(first.arrivals.readings)
    after.numbering = before.numbering
    after.normaliser.remember(latest.newest_of)
    time = iso(AT_NS + round(seconds * SECOND_NS))
    rows = after.rows(after.batch(reading("a", time=time, pm25=value), at_ns=AT_NS))
    return rows[0][4]


@pytest.mark.parametrize(
    ("seconds", "value", "flags"),
    [
        pytest.param(11, 1.0, (), id="newer"),
        pytest.param(10, 1.0, ("duplicate",), id="the same again"),
        pytest.param(10, 2.0, (), id="another value at that time"),
        pytest.param(9, 1.0, ("late",), id="older"),
    ],
)
def test_reading_after_a_start_is_judged_by_those_before_it(seconds, value, flags) -> None:
    assert told(seconds, value) == flags


def test_series_that_nobody_remembers_is_new() -> None:
    desk = Desk("a")
    desk.normaliser.remember(Latest(desk.numbering).newest_of)

    batch = desk.batch(reading("a", time=iso(AT_NS), pm25=1.0), at_ns=AT_NS)

    assert isinstance(batch.arrivals, Arrivals)
    assert desk.rows(batch)[0][4] == ()
