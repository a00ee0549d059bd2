"""Moments as nanoseconds, as datetimes, and as every screen shows them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from city.clock import MICROSECOND_NS, from_ns, iso, to_ns

MOMENTS = st.datetimes(min_value=datetime(1000, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - Hypothesis asks so


@given(moment=MOMENTS)
def test_moment_is_the_same_after_the_way_to_nanoseconds_and_back(moment: datetime) -> None:
    assert from_ns(to_ns(moment)) == moment


@given(moment=MOMENTS, more_ns=st.integers(0, MICROSECOND_NS - 1))
def test_moment_is_shown_to_the_millisecond_and_never_later_than_it_is(moment: datetime, more_ns: int) -> None:
    shown = iso(to_ns(moment) + more_ns)

    assert shown == moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


@pytest.mark.parametrize(
    ("time_ns", "shown"),
    [
        (0, "1970-01-01T00:00:00.000Z"),
        (-1, "1969-12-31T23:59:59.999Z"),
        (1_795_341_694_911_903_762, "2026-11-22T10:01:34.911Z"),
    ],
)
def test_moment_is_shown(time_ns: int, shown: str) -> None:
    assert iso(time_ns) == shown


def test_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(TypeError):
        to_ns(datetime(2026, 11, 22))  # noqa: DTZ001 - that is what is refused
