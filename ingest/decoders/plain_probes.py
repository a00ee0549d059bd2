"""Members that name what they are of before the quantity: `boiler_temperature`, `Oil_Press`, `freezer2_humidity`."""

import re
from functools import lru_cache

from ingest.decoders.codec_names import NO_READING
from ingest.decoders.known import Known
from ingest.decoders.plain_words import meaning

_BETWEEN = re.compile(r"[_\-. ]+|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_NUMBER = re.compile(r"\d{1,3}")
#: Quantities that stay what they are, whatever thing they are of.
_TOLD = frozenset({"temperature", "humidity", "voltage", "current", "pressure"})
#: Words that make another quantity of it, a wish, a limit, a sum over a time; or that are of a person, of the sea.
_OTHERWISE = NO_READING | {
    "feels", "feel", "like", "felt", "apparent", "dew", "wet", "bulb", "globe", "heat", "chill", "color", "colour",
    "index", "high", "low", "max", "min", "maximum", "minimum", "avg", "average", "mean", "median", "peak", "highest",
    "lowest", "top", "sp", "wanted", "required", "request", "requested", "wish", "ideal", "comfort", "cut", "cutoff",
    "trip", "float", "boost", "bulk", "absorb", "absorption", "equalize", "equalization", "charge", "charging",
    "discharge", "discharging", "available", "pilot", "allowed", "forecast", "predicted", "expected", "tomorrow",
    "yesterday", "today", "daily", "day", "night", "week", "month", "year", "hour", "hourly", "prev", "previous",
    "old", "ref", "reference", "bias", "hyst", "warn", "warning", "limit", "limited", "critical", "crit", "safe",
    "change", "rate", "trend", "diff", "differential", "difference", "vapor", "vapour", "sea", "level", "msl", "qnh",
    "potential", "virtual", "freezing", "body", "skin", "blood", "patient", "tyre", "tire", "fault", "leak",
    "leakage", "residual", "earth", "ground", "ocean", "tidal", "water", "soil", "road", "sound", "no", "non", "not",
    "on", "off", "open", "stop", "comp", "compensation", "correction", "corrected", "adc", "count", "total", "sum",
    "std", "stddev", "dev", "variance",
}  # fmt: skip
_MOST, _LONGEST = 3, 60


@lru_cache(maxsize=4096)
def of_probe(word: str) -> tuple[Known, bool] | None:
    """Return what a word means behind names of a thing, which are its label; None for another word."""
    if not word.isascii() or len(word) > _LONGEST:
        return None
    parts = [part for part in _BETWEEN.split(word) if part]
    for place in range(1, min(len(parts), _MOST + 1)):
        found = meaning("_".join(parts[place:]))
        if found is not None:
            head = parts[:place]
            label = "_".join([*head, found[0].label] if found[0].label else head)
            is_its = found[0].quantity in _TOLD and _is_things(head)
            return (found[0]._replace(label=label), True) if is_its else None
    return None


def _is_things(head: list[str]) -> bool:
    words = [part.lower().rstrip("0123456789") for part in head if not _NUMBER.fullmatch(part)]
    return bool(words) and all(len(one) > 1 and one not in _OTHERWISE for one in words)
