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
from rules.repeats import Repeats
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
    confidence = _readconfidence_of(own["confidence"]) if "confidence" in own else 0.0
    return Told(events, confidence, shown=" or ".join(events))


def _readconfidence_of(written: Located) -> float:
    if not 0 < written.number() <= 1:
        raise written.wrong(expected="a number above 0, at most 1")
    return written.number()


class Happened(NamedTuple):
    """What happened, in the order in which it is judged: to whom, at which row of the entry, and when."""

    member: Ints
    row: Ints
    time_ns: Ints
    arrival_ns: Ints
    quality: NDArray[np.uint16]

    def take(self, index: Ints) -> "Happened":
        """Return some of it."""
        return Happened(
            self.member[index], self.row[index], self.time_ns[index], self.arrival_ns[index], self.quality[index]
        )


class Happenings:
    """Finds what happens to members; remembers which of them are beyond their limit, and what they told last."""

    def __init__(self, name: str, members: Pairs, told: Sequence[Told], population: Population, depth: int) -> None:
        """Take what counts under each of the members' terms, and how many of one member may count at once."""
        self._members, self._told = members, told
        self._votes = Votes(f"{name}_votes", members, [(one.each,) for one in told])
        self._index = SeriesIndex(members, population.quantities)
        # Events have no quantity: they are looked up under a number that no quantity has.
        self._no_quantity = max(population.quantities.values(), default=0) + 1
        self._listening_to = SeriesIndex(members, {"": self._no_quantity})
        #: Rules that wait for late readings judge what happened in its order.
        self._in_time = any(rule.lateness_ns for rule in members.rules)
        #: The words that count under some terms; of terms and words, which count; and how sure they must be.
        self._words = {
            word: number for number, word in enumerate(sorted({word for one in told for word in one.events}))
        }
        self._repeats = Repeats(f"{name}_events", members.keys, self._words, depth)
        #: What is remembered of each member.
        self.tables = (self._votes.table, self._repeats.table)
        self._counted = np.array([[word in one.events for word in self._words] for one in told], dtype=np.bool_)
        self._sure = np.array([one.confidence for one in told], dtype=np.float64)

    def of(self, arrivals: Arrivals) -> Happened:
        """Return what a batch tells, in order of arrival; readings stand before events of the same time."""
        parts = [*self._readings(arrivals), *self._events(arrivals.events, len(arrivals.readings))]
        if len(parts) < 2:
            return parts[0] if parts else _NOTHING
        columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
        # Readings and events each keep their own order, whatever their clocks say.
        at_ns = (np.maximum.accumulate(part.time_ns if self._in_time else part.arrival_ns) for part in parts)
        order = np.argsort(np.concatenate(list(at_ns)), kind="stable")
        member, row, time_ns, arrival_ns, quality = (column[order] for column in columns)
        # Rows of events follow those of all readings: what is judged later never stands before what is judged earlier.
        return Happened(member, np.maximum.accumulate(row), time_ns, arrival_ns, quality.astype(np.uint16))

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
        if not events or not self._words:
            return []
        word = np.array([self._words.get(event.event, -1) for event in events], dtype=np.int64)
        at = np.flatnonzero(word >= 0)
        some = events if len(at) == len(events) else [events[place] for place in at.tolist()]
        sensor = np.array([event.sensor for event in some], dtype=np.int32)
        series = self._listening_to.series_of(sensor, np.full(len(some), self._no_quantity, dtype=np.int32))
        known = np.flatnonzero(series >= 0)
        fan = self._listening_to.fan(series.take(known))
        place = fan.spread(known)
        word = word.take(at.take(place))
        counts = np.flatnonzero(self._counts(some, place, word, self._members.term.take(fan.pair)))
        member, place, word = fan.pair.take(counts), place.take(counts), word.take(counts)
        time_ns = np.array([event.time_ns for event in some], dtype=np.int64).take(place)
        arrival_ns = np.array([event.arrival_ns for event in some], dtype=np.int64).take(place)
        found = Happened(member, rows + at.take(place), time_ns, arrival_ns, np.zeros(len(place), dtype=np.uint16))
        # Events that told no time have that of receipt: two of these are two.
        timed = np.flatnonzero(time_ns != arrival_ns)
        if not len(timed):
            return [found]
        again = self._repeats.again(member.take(timed), word.take(timed), time_ns.take(timed))
        kept = np.ones(len(place), dtype=np.bool_)
        kept[timed[again]] = False
        return [found.take(np.flatnonzero(kept))] if again.any() else [found]

    def _counts(self, events: Sequence[SensorEvent], place: Ints, word: Ints, term: Ints) -> NDArray[np.bool_]:
        """Return which events, by their places, count under which terms: by their word, and by how sure they are."""
        counts: NDArray[np.bool_] = self._counted[term, word]
        for one in np.flatnonzero(counts & (self._sure.take(term) > 0)).tolist():
            counts[one] = confidence_of(events[int(place[one])].attributes) >= self._told[int(term[one])].confidence
        return counts


_NOTHING = Happened(*(np.array([], dtype=np.int64),) * 4, np.array([], dtype=np.uint16))


def confidence_of(attributes: str) -> float:
    """Return how sure an event is; one that does not say counts as sure."""
    try:
        said = msgspec.json.decode(attributes)
    except msgspec.DecodeError:
        return 1.0
    confidence = said.get("confidence", 1.0) if isinstance(said, dict) else 1.0
    return float(confidence) if isinstance(confidence, int | float) else 1.0
