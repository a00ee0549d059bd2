"""The clock that everyone is handed, and the one conversion between nanoseconds and aware datetimes."""

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

#: Nanoseconds in one second, millisecond and microsecond.
SECOND_NS = 1_000_000_000
MILLISECOND_NS = 1_000_000
MICROSECOND_NS = 1_000

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_OF_NO_ZONE = _EPOCH.replace(tzinfo=None)


class Clock(Protocol):
    """Tells the time; passed in everywhere so that tests can own it."""

    def now_ns(self) -> int:
        """Return UTC nanoseconds since 1970."""
        ...


class SystemClock:
    """The machine's wall clock."""

    def now_ns(self) -> int:
        """Return UTC nanoseconds since 1970."""
        return time.time_ns()


class ManualClock:
    """A clock that moves only when told to."""

    def __init__(self, start: datetime) -> None:
        self._now_ns = to_ns(start)

    def now_ns(self) -> int:
        """Return UTC nanoseconds since 1970."""
        return self._now_ns

    def advance(self, step: timedelta) -> None:
        """Move on (or back) by `step`."""
        self._now_ns += round(step / timedelta(microseconds=1)) * MICROSECOND_NS


def to_ns(moment: datetime) -> int:
    """Return UTC nanoseconds since 1970 of an aware datetime, exact to its microsecond.

    Raises:
        TypeError: `moment` has no time zone.
    """
    return (moment - _EPOCH) // timedelta(microseconds=1) * MICROSECOND_NS


def from_ns(time_ns: int) -> datetime:
    """Return the aware UTC datetime of `time_ns`, cut to the microsecond."""
    return _EPOCH + timedelta(microseconds=time_ns // MICROSECOND_NS)


def iso(time_ns: int) -> str:
    """Return `time_ns` as RFC 3339 UTC with milliseconds, as every screen and file shows it."""
    moment = _EPOCH_OF_NO_ZONE + timedelta(milliseconds=time_ns // MILLISECOND_NS)
    return moment.isoformat(timespec="milliseconds") + "Z"  # a quarter of what strftime takes
