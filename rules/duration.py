"""Durations as rules write them (`0s`, `90s`, `5m`, `1h`, `2d`) and as they are shown."""

import re
from typing import Any

from city.clock import SECOND_NS
from city.yaml_lines import Located

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_WRITTEN = re.compile(r"(\d+(?:\.\d+)?)\s*([smhd])")

#: The JSON Schema of a duration.
DURATION: dict[str, Any] = {"type": "string", "pattern": r"^\d+(\.\d+)?\s*[smhd]$"}


def read_duration_ns(written: Located) -> int:
    """Return the nanoseconds of a written duration.

    Raises:
        BadCityFile: it is not a number with `s`, `m`, `h` or `d` behind it.
    """
    match = _WRITTEN.fullmatch(written.value) if isinstance(written.value, str) else None
    if match is None:
        raise written.wrong(expected="a duration such as `90s`, `5m` or `1h`")
    number, unit = match.groups()
    return round(float(number) * _SECONDS[unit] * SECOND_NS)


def read_span_ns(written: Located) -> int:
    """Return the nanoseconds of a written duration above 0.

    Raises:
        BadCityFile: it is none, or 0.
    """
    span_ns = read_duration_ns(written)
    if span_ns <= 0:
        raise written.wrong(expected="a duration above 0")
    return span_ns


def shown_duration(duration_ns: int) -> str:
    """Return a duration in the largest unit that divides it, as a rule would write it."""
    seconds = duration_ns / SECOND_NS
    for unit, length in reversed(_SECONDS.items()):
        if seconds >= length and seconds % length == 0:
            return f"{seconds / length:g}{unit}"
    return f"{seconds:g}s"
