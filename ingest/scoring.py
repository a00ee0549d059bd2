"""Scores the decoders against samples: readings matched, missing and invented."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import isclose

import msgspec

from city.clock import MILLISECOND_NS
from city.errors import UndecodableMessage
from city.measurement import Decoded, Measurement, Observation
from ingest.decoders.decoder_set import DecoderSet
from ingest.decoders.families import FAMILIES
from ingest.decoders.options import DecoderOptions
from ingest.decoders.times import time_of
from ingest.manifest import ExpectedReading, Sample
from ingest.reasons import Reason
from ingest.routes import Routes

#: What sums of binary fractions of a second may be off by (RFC 8428 adds times as numbers).
_TIME_TOLERANCE_NS = MILLISECOND_NS
#: Outcomes in which not every listed reading must come: it needs a vendor's codec.
_NEEDS_CODEC = frozenset({"readings_if_codec", "raw_only"})
_PLACE = ("latitude", "longitude", "altitude")
#: In place of the first level of a sensor's name, where only its sender could say it.
_ANY_HOST = "*/"
_SILENT = frozenset({"no_readings", "metadata", "raw_only", "reject"})


@dataclass(slots=True)
class Tally:
    """How many readings were found that a manifest lists, how many not, and how many were found that it does not."""

    matched: int = 0
    missing: int = 0
    invented: int = 0

    def add(self, other: "Tally") -> None:
        """Add another tally to this one."""
        self.matched += other.matched
        self.missing += other.missing
        self.invented += other.invented


@dataclass(slots=True)
class Verdict:
    """What became of one sample; `remarks` say in words what is not as it should be."""

    sample: Sample
    tally: Tally = field(default_factory=Tally)
    remarks: list[str] = field(default_factory=list)


class Scorer:
    """Decodes samples as ingest would: by the city's routes, else recognised by topic and body.

    One scorer decodes samples in their order, since families learn from births and descriptions.
    """

    def __init__(self, sources: str = "", *, file: str = "sources.toml") -> None:
        """Read a city's routes; raises BadCityFile."""
        decoders = DecoderSet(FAMILIES)
        self._routes = Routes.parse(sources, file=file, decoders=decoders)
        self._any = decoders.make("auto", DecoderOptions())

    def judge(self, sample: Sample) -> Verdict:
        """Return what became of a sample."""
        verdict = Verdict(sample)
        decoded = Decoded()
        refused: UndecodableMessage | None = None
        try:
            decoded = self._decode(sample)
        except UndecodableMessage as error:
            refused = error
        except Exception as error:  # noqa: BLE001 - as in the normaliser: a decoder's mistake is counted and named
            said = f"{type(error).__name__}: {error}"
            refused = UndecodableMessage(Reason.DECODER_FAILED, expected="a decoder without faults", got=said, at="$")
        _compare(verdict, decoded, refused)
        _check_outcome(verdict, decoded, refused)
        return verdict

    def _decode(self, sample: Sample) -> Decoded:
        if not sample.payload:
            return Decoded()
        route = self._routes.find(sample.topic)
        decoder = route.decoder if route is not None else self._any
        return decoder.decode(sample.topic, sample.payload)


def tallies(verdicts: Iterable[Verdict]) -> dict[str, Tally]:
    """Return the sums by family, in order of name."""
    sums: dict[str, Tally] = {}
    for verdict in sorted(verdicts, key=lambda one: one.sample.family):
        sums.setdefault(verdict.sample.family, Tally()).add(verdict.tally)
    return sums


def _compare(verdict: Verdict, decoded: Decoded, refused: UndecodableMessage | None) -> None:
    sample, tally = verdict.sample, verdict.tally
    left = list(decoded.measurements)
    wanted = sample.readings if sample.expect not in _SILENT else ()
    optional = sample.expect in _NEEDS_CODEC or _has_no_sensor(sample, refused)
    for expected in sorted(wanted, key=lambda one: one.quantity is None):
        found = _matching(expected, left)
        if found is None and not sample.topic:
            found = _matching(_from_any_host(expected), left)
        if found is not None:
            left.remove(found)
            tally.matched += 1
        elif any(_tells(observed, expected) for observed in decoded.observations):
            tally.matched += 1
        elif not optional:
            tally.missing += 1
            verdict.remarks.append(f"missing {_shown(expected)}")
    tally.invented += len(left)
    verdict.remarks += [f"invented {one.sensor} {one.quantity} {one.value:g} {one.unit}" for one in left]


def _has_no_sensor(sample: Sample, refused: UndecodableMessage | None) -> bool:
    known_elsewhere = sample.expect == "readings_if_sensor_known"
    return known_elsewhere and refused is not None and refused.reason == Reason.NO_SENSOR


def _check_outcome(verdict: Verdict, decoded: Decoded, refused: UndecodableMessage | None) -> None:
    expect = verdict.sample.expect
    if refused is not None and expect != "reject" and not _has_no_sensor(verdict.sample, refused):
        verdict.remarks.append(f"refused ({refused.reason}): {refused}")
    if refused is None and expect == "reject":
        verdict.remarks.append("not refused")
    if refused is None and expect == "event" and not decoded.observations:
        verdict.remarks.append("no event")


def _matching(expected: ExpectedReading, candidates: list[Measurement]) -> Measurement | None:
    """Return the measurement with this sensor, value and time; of several the one with this quantity."""
    found = [one for one in candidates if _is_value(one.value, expected.value) and _is_said(one, expected)]
    named = [one for one in found if one.quantity == expected.quantity]
    return next(iter(named or found), None)


def _is_said(one: Measurement | Observation, expected: ExpectedReading) -> bool:
    if expected.sensor is not None and not _is_sensor(one.sensor, expected.sensor):
        return False
    time_ns = time_of(expected.time)
    if time_ns is None or one.time_ns is None:
        return time_ns is one.time_ns
    return abs(time_ns - one.time_ns) <= _TIME_TOLERANCE_NS


def _from_any_host(expected: ExpectedReading) -> ExpectedReading:
    """Return what is expected of a part of some host: without a topic nothing says which host sent the message."""
    _, slash, part = (expected.sensor or "").partition("/")
    return msgspec.structs.replace(expected, sensor=f"{_ANY_HOST}{part}") if slash else expected


def _is_sensor(said: str, expected: str) -> bool:
    if expected.startswith(_ANY_HOST):
        return said.partition("/")[2] == expected.removeprefix(_ANY_HOST)
    return said == expected


def _is_value(value: object, expected: object) -> bool:
    if isinstance(expected, str) or isinstance(value, str):
        return value == expected
    if not isinstance(expected, int | float) or not isinstance(value, int | float):
        return False
    return isclose(float(value), float(expected), rel_tol=1e-9, abs_tol=1e-12)


def _tells(observed: Observation, expected: ExpectedReading) -> bool:
    """Return whether an event is what is expected (`true` for the event of that name), or carries it."""
    if not _is_said(observed, expected):
        return False
    if expected.value is True and observed.event == expected.quantity:
        return True
    if isinstance(expected.value, list):  # a position: latitude, longitude, perhaps altitude
        place = [observed.attributes[key] for key in _PLACE if key in observed.attributes]
        return len(place) == len(expected.value) and all(map(_is_value, place, expected.value))
    return any(_is_value(value, expected.value) for value in observed.attributes.values())


def _shown(expected: ExpectedReading) -> str:
    return f"{expected.sensor} {expected.quantity} {expected.value} {expected.unit} at {expected.time}"
