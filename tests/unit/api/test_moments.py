"""Times that a caller gives."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from api.moments import MomentNs
from city.clock import iso, to_ns

_READ = TypeAdapter(MomentNs)
_START_NS = 1_795_161_600_000_000_000


@pytest.mark.parametrize(
    ("text", "time_ns"),
    [
        ("2026-11-20T08:00:00Z", _START_NS),
        ("2026-11-20t08:00:00z", _START_NS),
        ("2026-11-20T16:00:00+08:00", _START_NS),
        ("2026-11-20T03:30:00-04:30", _START_NS),
        ("2026-11-20T08:00:00.123Z", _START_NS + 123_000_000),
        ("2026-11-20T08:00:00.123456789Z", _START_NS + 123_457_000),
        ("2026-11-20T07:59:60Z", _START_NS),
        ("1969-12-31T23:59:59Z", 0),
        ("1970-01-01T00:00:00+01:00", 0),
        ("1969-12-31T23:30:00-01:00", 1_800_000_000_000),
        ("0000-01-01T00:00:00Z", 0),
        ("0001-01-01T00:00:00+23:59", 0),
        ("9999-12-31T23:59:59-23:59", 2**63 - 1),
    ],
)
def test_time_is_read(text: str, time_ns: int) -> None:
    assert _READ.validate_python(text) == time_ns


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-20T08:00:00",
        "2026-11-20",
        "20261120T080000Z",
        "2026-11-20 08:00:00Z",
        "2026-02-30T08:00:00Z",
        "2026-11-20T24:00:00Z",
        "2026-11-20T08:61:00Z",
        "2026-11-20T08:00:00+24:00",
        "１２３４-11-20T08:00:00Z",
        "1795161600",
        "",
        "now",
    ],
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="Expected an RFC 3339 time"):
        _READ.validate_python(text)


@given(st.datetimes(timezones=st.timezones(), allow_imaginary=False).filter(lambda moment: moment.year >= 1971))
def test_what_we_write_we_read(moment: object) -> None:
    time_ns = min(to_ns(moment), 2**63 - 1)  # type: ignore[arg-type]

    assert abs(_READ.validate_python(iso(time_ns)) - time_ns) < 1_000_000
