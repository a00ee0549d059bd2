"""Events as rows among readings, so that both wait in one place and are judged in one order."""

from collections.abc import Iterable
from typing import NamedTuple, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from city.entry import Arrivals, SensorEvent
from city.reading import ReadingBatch
from rules.happenings import confidence_of
from rules.selection import Selection

Ints = NDArray[np.int64]

#: The first number of a word: beyond all that quantities have.
_FIRST = 1 << 30


@runtime_checkable
class Telling(Protocol):
    """Terms by which events count, or readings of sensors that the rule itself does not select."""

    @property
    def events(self) -> tuple[str, ...]:
        """Return the words that count."""
        ...

    @property
    def others(self) -> tuple[Selection, ...]:
        """Return what else is looked at besides what the rule selects."""
        ...


class Mixed(NamedTuple):
    """What is told, and of its readings and then of its events, where each stood among all."""

    arrivals: Arrivals
    places: Ints


class EventWords:
    """Writes events that count as readings: the word for the quantity, how sure it is for the value."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = sorted(set(words))
        self._number = {word: _FIRST + place for place, word in enumerate(self._words)}
        self.numbers = tuple(self._number.values())

    def word(self, number: int) -> str:
        """Return the word that a number stands for."""
        return self._words[number - _FIRST]

    def rows(self, arrivals: Arrivals) -> Mixed:
        """Return readings and events that count as readings alone, in the order in which they came.

        `places` are those of readings and, behind them, events in `arrivals`.
        """
        at = [place for place, event in enumerate(arrivals.events) if event.event in self._number]
        if not at:
            return Mixed(Arrivals(arrivals.readings), np.arange(len(arrivals.readings)))
        events = ReadingBatch.of([self._row(arrivals.events[place]) for place in at])
        both = ReadingBatch.concatenate([arrivals.readings, events])
        places = np.append(np.arange(len(arrivals.readings)), np.array(at) + len(arrivals.readings))
        # What arrived at one time stands with readings before events; each keep their own order.
        came_ns = [np.maximum.accumulate(some.arrival_ns) for some in (arrivals.readings, events)]
        order = np.argsort(np.concatenate(came_ns), kind="stable")
        return Mixed(Arrivals(both.take(order)), places[order])

    def _row(self, event: SensorEvent) -> tuple[int, int, int, int, float, int]:
        number = self._number[event.event]
        return event.sensor, number, event.time_ns, event.arrival_ns, confidence_of(event.attributes), 0

    def told(self, batch: ReadingBatch) -> Mixed:
        """Return what rows tell, as readings and events again."""
        is_event = batch.quantity >= _FIRST
        if not is_event.any():
            return Mixed(Arrivals(batch), np.arange(len(batch)))
        events, readings = np.flatnonzero(is_event), np.flatnonzero(~is_event)
        told = tuple(self._event(batch, place) for place in events.tolist())
        return Mixed(Arrivals(batch.take(readings), told), np.concatenate([readings, events]))

    def _event(self, batch: ReadingBatch, place: int) -> SensorEvent:
        word = self.word(int(batch.quantity[place]))
        sure = f'{{"confidence":{float(batch.value[place])!r}}}'
        return SensorEvent(
            int(batch.sensor[place]), word, int(batch.time_ns[place]), int(batch.arrival_ns[place]), sure
        )

    def runs(self, batch: ReadingBatch) -> list[Mixed]:
        """Return what rows tell, cut wherever readings follow events or events readings, so that their order stays."""
        cuts = np.flatnonzero(np.diff(batch.quantity >= _FIRST)) + 1
        pieces = np.split(np.arange(len(batch)), cuts)
        return [Mixed(self.told(batch.take(piece)).arrivals, piece) for piece in pieces if len(piece)]

    def renumbered(self, batch: ReadingBatch, old: "EventWords") -> ReadingBatch:
        """Return rows that `old` wrote as this one would; words that count no more have a number that nobody has."""
        quantity = batch.quantity.copy()
        for place in np.flatnonzero(quantity >= _FIRST).tolist():
            quantity[place] = self._number.get(old.word(int(quantity[place])), -1)
        return ReadingBatch(batch.sensor, quantity, batch.time_ns, batch.arrival_ns, batch.value, batch.quality)
