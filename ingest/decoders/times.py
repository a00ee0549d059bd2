"""Times as devices write them, into UTC nanoseconds; what is no usable time is None, never a guess."""

import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache

from city.clock import MICROSECOND_NS, MILLISECOND_NS, SECOND_NS, to_ns

#: Earlier is a clock that was never set (Go's year 1, 1970, a boot counter); later does not fit our 64 bits.
EARLIEST_NS = to_ns(datetime(2000, 1, 1, tzinfo=UTC))
LATEST_NS = to_ns(datetime(2200, 1, 1, tzinfo=UTC))

#: RFC 3339 and what is near it: slashes, a space, basic and missing offsets, any number of digits, the ISO comma.
_MOMENT = re.compile(
    r"(\d{4})([-/])(\d{2})\2(\d{2})[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,30}))?)?"
    r"\s?(Z|z|UTC|[+-]\d{2}:?(?:\d{2})?)?",
    re.ASCII,
)
#: The basic format of ISO 8601, `20240101T100000Z`.
_BASIC = re.compile(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)((?:[.,]\d{1,9})?(?:Z|[+-]\d{2}:?\d{2})?)", re.ASCII)
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_DAY_S = 86_400
#: Which unit a number is in: a time since 2001 has at least this many of it, and fewer of the next finer one.
_UNITS = ((10**17, 1), (10**14, MICROSECOND_NS), (10**11, MILLISECOND_NS), (0, SECOND_NS))


def parse_time(text: str, zone: tzinfo | None = None) -> int | None:
    """Return the moment that `text` names; of an interval `from/to` its end.

    A time without an offset is None, since nobody knows where its clock hangs, except where `zone` says it.
    """
    if len(text) == 24 and text[19] == "." and text[23] == "Z":
        base = _minute_ns(text[:17])
        seconds, fraction = text[17:19], text[20:23]
        if base is not None and seconds.isdecimal() and fraction.isdecimal() and text.isascii():
            return base + int(seconds) * SECOND_NS + int(fraction) * MILLISECOND_NS if seconds < "60" else None
    return _parse(_interval_end(text), zone)


def parse_epoch(number: float) -> int | None:
    """Return the moment that a count of seconds, milliseconds, micro- or nanoseconds since 1970 names."""
    if not -(10**19) < number < 10**19:  # also refuses NaN
        return None
    unit = next(unit for least, unit in _UNITS if abs(number) >= least)
    moment = number * unit if isinstance(number, int) else round(number * (unit / MICROSECOND_NS)) * MICROSECOND_NS
    return _usable(moment) if unit > 1 or isinstance(number, int) else _usable(int(number))


def time_of(value: object, zone: tzinfo | None = None) -> int | None:
    """Return the moment that a JSON value names, text or number; None for anything else."""
    if isinstance(value, str):
        return parse_time(value, zone)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return parse_epoch(value)
    return None


def aware_ns(moment: datetime, millisecond: int = 0) -> int | None:
    """Return a moment with its zone in nanoseconds; None for one that no clock of ours has."""
    return _usable(to_ns(moment) + millisecond * MILLISECOND_NS)


@lru_cache(maxsize=256)
def _minute_ns(head: str) -> int | None:
    """Return the start of the minute `2026-11-20T08:00:`; a busy city asks for the same one again and again."""
    return _parse(f"{head}00Z", None) if head[10] == "T" and head[16] == ":" else None


def _interval_end(text: str) -> str:
    begin, slash, end = text.partition("/")
    return end if slash and len(begin) > len("2026") else text


def _parse(text: str, zone: tzinfo | None) -> int | None:
    found = _MOMENT.fullmatch(text.strip())
    if found is None:
        found = _MOMENT.fullmatch(_BASIC.sub(r"\1-\2-\3T\4:\5:\6\7", text.strip(), count=1))
    if found is None:
        return None
    year, month, day, hour, minute = (int(found.group(place)) for place in (1, 3, 4, 5, 6))
    second = int(found.group(7) or 0)
    fraction_ns = int((found.group(8) or "").ljust(9, "0")[:9])
    if hour > 23 or minute > 59 or second > 60:  # 60 is a leap second
        return None
    try:
        days = date(year, month, day).toordinal() - _EPOCH_DAY
        offset_s = _offset_s(found.group(9), datetime(year, month, day, hour, minute), zone)  # noqa: DTZ001 - as written
    except ValueError:
        return None
    if offset_s is None:
        return None
    seconds = days * _DAY_S + hour * 3600 + minute * 60 + second - offset_s
    return _usable(seconds * SECOND_NS + fraction_ns)


def _offset_s(written: str | None, local: datetime, zone: tzinfo | None) -> int | None:
    if written is None:
        there = zone.utcoffset(local) if zone is not None else None
        return there // timedelta(seconds=1) if there is not None else None
    if written in {"Z", "z", "UTC"}:
        return 0
    digits = written[1:].replace(":", "").ljust(4, "0")
    offset_s = int(digits[:2]) * 3600 + int(digits[2:]) * 60
    return -offset_s if written[0] == "-" else offset_s


def _usable(moment_ns: int) -> int | None:
    return moment_ns if EARLIEST_NS <= moment_ns < LATEST_NS else None
