"""Times that a caller gives: RFC 3339 on the wire, UTC nanoseconds inside."""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from city.clock import from_ns, to_ns

#: RFC 3339 §5.6, `date-time`.
_DATE_TIME = re.compile(
    r"(?P<date>(?P<year>\d{4})-\d\d-\d\d)[Tt](?P<clock>\d\d:\d\d:)(?P<second>\d\d)(?P<fraction>\.\d+)?"
    r"(?P<zone>[Zz]|(?P<sign>[+-])(?P<hours>[01]\d|2[0-3]):(?P<minutes>[0-5]\d))",
    re.ASCII,
)

#: Latest time that 64 bits of nanoseconds hold, in the year 2262.
_LARGEST_NS = 2**63 - 1

_EARLIEST, _LATEST = from_ns(0), from_ns(_LARGEST_NS)
_MESSAGE = "Expected an RFC 3339 time with a zone, such as 2026-11-20T08:00:00Z"


def moment_ns(text: object) -> int:
    """Return the time in `text`; one before 1970 or after 2262 is moved to that end, for no reading is beyond.

    Raises:
        ValueError: it is no RFC 3339 time.
    """
    match = _DATE_TIME.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise PydanticCustomError("moment", _MESSAGE)
    if match["year"] == "0000":
        return 0
    try:
        return _within(_aware(match))
    except ValueError as error:
        raise PydanticCustomError("moment", _MESSAGE) from error


def _aware(match: re.Match[str]) -> tuple[datetime, timedelta]:
    """Return the local time, and what is to be added to it for UTC; a leap second is the next one's beginning."""
    leap = match["second"] == "60"
    clock = match["clock"] + ("59" if leap else match["second"])
    local = datetime.fromisoformat(f"{match['date']}T{clock}").replace(tzinfo=UTC)
    offset = timedelta(hours=int(match["hours"] or 0), minutes=int(match["minutes"] or 0))
    fraction = timedelta(seconds=float((match["fraction"] or ".0")[:10]))
    return local, timedelta(seconds=int(leap)) + fraction - (offset if match["sign"] == "+" else -offset)


def _within(parts: tuple[datetime, timedelta]) -> int:
    local, shift = parts
    if local < _EARLIEST - timedelta(days=1):
        return 0
    if local > _LATEST:
        return _LARGEST_NS
    return to_ns(min(max(local + shift, _EARLIEST), _LATEST))


#: A parameter that is a time.
MomentNs = Annotated[
    int,
    BeforeValidator(moment_ns),
    WithJsonSchema({"type": "string", "format": "date-time", "description": "RFC 3339."}),
]
