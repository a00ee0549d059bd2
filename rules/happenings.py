"""What sensors tell once and not for a while: events that they report, and readings that go beyond a limit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from city.entry import Arrivals, SensorEvent
from city.level import Level
from city.yaml_lines import Located
from rules.bands import NO_BAND, VALUE_SIDES, Band, level_schema, read_band
from rules.limits import ENDLESS_NS
from rules.measure import Scale
from rules.metered import taken
from rules.pairs import Pairs
from rules.population import Population
from rules.series import SeriesIndex
from rules.votes import Votes

Ints = NDArray[np.int64]

_TEXT = {"type": "string", "minLength": 1}

#: The keys that say what is told, with their JSON Schema.
TOLD: Mapping[str, Any] = {
    "event": {"oneOf": [_TEXT, {"type": "array", "items": _TEXT, "minItems": 1}]},
    "confidence": {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
    "each": level_schema(*VALUE_SIDES),
}


@dataclass(frozen=True, slots=True)
class Told:
    """What counts as happening.

    Attributes:
        events: what sensors report; empty when readings that go beyond `each` count.
        confidence: an event that says it is less sure does not count.
        shown: in words.
    """

    events: tuple[str, ...] = ()
    confidence: float = 0.0
    each: Band = NO_BAND
    shown: str = ""


def read_told(own: Mapping[str, Located], scale: Scale, at: Located) -> Told:
    """Return what the keys of `TOLD` say; `at` is where they should stand.

    Raises:
        BadCityFile: neither or both of `event` and `each` are there, or one of them is wrong.
    """
    given = [key for key in ("event", "each") if key in own]
    if len(given) != 1:
        raise at.wrong(expected="either `event` or `each`", got=" and ".join(given) or "neither")
    if given == ["each"]:
        each = read_band(Level.NOTICE, own["each"], scale)
        if each.hold_ns:
            raise own["each"].wrong(expected="no `hold`: a reading counts at once", got="one")
        return Told(each=each, shown=f"{each.shown} {scale.unit}".rstrip())
    event = own["event"]
    events = tuple(one.text() for one in event.items()) if isinstance(event.value, tuple) else (event.text(),)
    if not events:
        raise event.wrong(expected="at least one event", got="an empty list")
    confidence = _read_confidence(own["confidence"]) if "confidence" in own else 0.0
    return Told(events, confidence, shown=" or ".join(events))


def _read_confidence(written: Located) -> float:
    if not 0 < written.number() <= 1:
        raise written.wrong(expected="a number above 0, at most 1")
    return written.number()


class Happened(NamedTuple):
    """What happened, in order of arrival: to whom, at which row of the entry, and when."""

    member: Ints
    row: Ints
    time_ns: Ints
    arrival_ns: Ints
    quality: NDArray[np.uint16]


class Happenings:
    """Finds what happens to members; remembers which of them are beyond their limit."""

    def __init__(self, name: str, members: Pairs, told: Sequence[Told], population: Population) -> None:
        """Take what counts under each of the members' terms."""
        self._members, self._told = members, told
        self._votes = Votes(f"{name}_votes", members, [(one.each,) for one in told])
        self.table = self._votes.table
        self._index = SeriesIndex(members, population.quantities)
        # Events have no quantity: they are looked up under a number that no quantity has.
        self._no_quantity = max(population.quantities.values(), default=0) + 1
        self._listening_to = SeriesIndex(members, {"": self._no_quantity})
        self._words = frozenset(word for one in told for word in one.events)

    def of(self, arrivals: Arrivals) -> Happened:
        """Return what a batch tells; what arrived at one time stands with readings before events."""
        parts = [*self._readings(arrivals), *self._events(arrivals.events, len(arrivals.readings))]
        columns = [np.concatenate(column) for column in zip(_NOTHING, *parts, strict=True)]
        # Readings and events each keep their own order, whatever their clocks say.
        arrived = [np.maximum.accumulate(part.arrival_ns) for part in parts]
        order = np.argsort(np.concatenate([_NOTHING.arrival_ns, *arrived]), kind="stable")
        member, row, time_ns, arrival_ns, quality = (column[order] for column in columns)
        return Happened(member, row, time_ns, arrival_ns, quality.astype(np.uint16))

    def first_ns(self, arrivals: Arrivals) -> int:
        """Return when the first thing arrives that may count, ENDLESS_NS where none does; nothing is taken note of."""
        batch = arrivals.readings
        seen = taken(batch, self._index) if len(batch) else None
        first_ns = min((one.arrival_ns for one in arrivals.events if one.event in self._words), default=ENDLESS_NS)
        if seen is None or not len(seen.row):
            return first_ns
        cast = self._votes.ballots(batch, seen, self._index)
        return int(batch.arrival_ns[cast.row[cast.on & ~cast.was]].min(initial=first_ns))

    def _readings(self, arrivals: Arrivals) -> list[Happened]:
        """Return the readings that go beyond their limit and were not before."""
        batch = arrivals.readings
        seen = taken(batch, self._index) if len(batch) else None
        if seen is None or not len(seen.row):
            return []
        cast = self._votes.ballots(batch, seen, self._index)
        self._votes.keep(batch, cast)
        began = cast.take(np.flatnonzero(cast.on & ~cast.was))
        row = began.row
        return [Happened(began.member, row, batch.time_ns[row], batch.arrival_ns[row], batch.quality[row])]

    def _events(self, events: Sequence[SensorEvent], rows: int) -> list[Happened]:
        """Return the events that count; their rows follow those of the readings."""
        told = [(row, event) for row, event in enumerate(events, rows) if event.event in self._words]
        if not told:
            return []
        sensor = np.array([event.sensor for _, event in told], dtype=np.int32)
        series = self._listening_to.series_of(sensor, np.full(len(told), self._no_quantity, dtype=np.int32))
        known = np.flatnonzero(series >= 0)
        fan = self._listening_to.fan(series[known])
        at = known[fan.of]
        terms = self._members.term[fan.pair]
        counts = [self._counts(told[place][1], term) for place, term in zip(at.tolist(), terms.tolist(), strict=True)]
        member, at = fan.pair[counts], at[counts]
        row, time_ns, arrival_ns = (
            np.array(column, dtype=np.int64)[at]
            for column in zip(*((row, event.time_ns, event.arrival_ns) for row, event in told), strict=True)
        )
        return [Happened(member, row, time_ns, arrival_ns, np.zeros(len(at), dtype=np.uint16))]

    def _counts(self, event: SensorEvent, term: int) -> bool:
        told = self._told[term]
        if event.event not in told.events:
            return False
        return not told.confidence or _confidence(event.attributes) >= told.confidence


_NOTHING = Happened(*(np.array([], dtype=np.int64),) * 4, np.array([], dtype=np.uint16))


def _confidence(attributes: str) -> float:
    """Return how sure an event is; one that does not say counts as sure."""
    try:
        said = msgspec.json.decode(attributes)
    except msgspec.DecodeError:
        return 1.0
    confidence = said.get("confidence", 1.0) if isinstance(said, dict) else 1.0
    return float(confidence) if isinstance(confidence, int | float) else 1.0
