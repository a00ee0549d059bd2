"""The stage that adds to each batch what follows from it, before the journal keeps both together."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import structlog
from numpy.typing import NDArray

from city.entry import Arrivals, Connection, Journaled, NumberedSensor, Tick
from city.quality import Quality
from city.reading import ReadingBatch
from ingest.derived.book import OUTPUTS, DerivedBook
from ingest.derived.surroundings import Surroundings
from ingest.derived.told import UNUSED, Made, Told
from ingest.journal_codec import Content
from ingest.stage import Work
from ingest.telemetry import DERIVATIONS_FAILED, READINGS_DERIVED

log = structlog.get_logger(__name__)

#: In place of an input's number: nothing is computed of the series.
_NO_INPUT = -1

State = dict[str, NDArray[Any]]


class Derive:
    """Computes quantities of what comes, and of the journal's past in the same order; belongs to one thread.

    A quantity that a sensor tells itself is not computed for it.

    Attributes:
        position: up to which the journal is in what is remembered.
        settled: whether nothing else is in it: what is not committed yet may come again.
    """

    def __init__(self, book: DerivedBook, around: Surroundings, series: Callable[[int], str]) -> None:
        """Have the derivations of `book`; `series` returns the name of the series with a number."""
        self._around, self._series = around, series
        self._derivations = book.make(around)
        #: By the number of a series: its input of each derivation, and whether it is of any use here.
        self._items: NDArray[np.int64] = np.full((len(self._derivations), 0), _NO_INPUT)
        self._wanted: NDArray[np.bool_] = np.zeros(0, np.bool_)
        self._limits: dict[int, tuple[float, float]] = {}
        #: Series of what is computed here that their sensors tell themselves.
        self._own: set[int] = set()
        self._failed: set[str] = set()
        self._listening_since_ns: int | None = None
        self.position, self.settled = 0, True

    def use(self, sensors: Iterable[NumberedSensor]) -> None:
        """Take over the registry in force."""
        self._around.use(sensors)

    def run(self, work: Work) -> None:
        """Add what follows to what is to be committed."""
        if work.contents:
            self.settled = False
            work.contents = [one for content in work.contents for one in self._followed(content)]

    def apply(self, item: Journaled) -> None:
        """Remember an entry of the past; what follows from it is in the journal behind it."""
        self._followed(item.entry)
        self.position = item.position

    def dump(self) -> State:
        """Return copies of all that is remembered."""
        kept = {f"{name}/{key}": one for name, each in self._derivations.items() for key, one in each.dump().items()}
        since = [] if self._listening_since_ns is None else [self._listening_since_ns]
        return {**kept, "own": np.array(sorted(self._own), np.int64), "listening_since": np.array(since, np.int64)}

    def load(self, kept: State) -> None:
        """Remember what `dump` returned; derivations that were not there then begin anew."""
        self._own = set(kept["own"].tolist())
        since = kept.get("listening_since", np.zeros(0, np.int64)).tolist()  # not in files of versions before
        self._listening_since_ns = since[0] if since else None
        for name, each in self._derivations.items():
            state = {key.partition("/")[2]: one for key, one in kept.items() if key.startswith(f"{name}/")}
            if state:
                each.load(state)

    def _followed(self, content: Content) -> list[Content]:
        """Return an entry with what follows from it."""
        match content:
            case Arrivals():
                made = self._of(content.readings)
                if made is None:
                    return [content]
                return [replace(content, readings=ReadingBatch.concatenate([content.readings, made]))]
            case Connection():
                self._listening_since_ns = content.time_ns if content.listening else None
            case Tick() if self._listening_since_ns is not None:
                made = self._at(content.time_ns, self._listening_since_ns)
                return [content] if made is None else [content, Arrivals(made)]
        return [content]

    def _of(self, readings: ReadingBatch) -> ReadingBatch | None:
        """Return what follows from readings; None for nothing, which costs two looks at a column."""
        if not len(readings):
            return None
        top = int(readings.quantity.max())
        if top >= len(self._wanted):
            self._learn(top)
        wanted = self._wanted[readings.quantity]
        if not wanted.any():
            return None
        usable = wanted & ((readings.quality & np.uint16(UNUSED)) == 0)
        self._note_own(readings, wanted)
        made = []
        for (name, each), items in zip(self._derivations.items(), self._items, strict=True):
            item = items[readings.quantity]
            at = np.flatnonzero((item != _NO_INPUT) & usable)
            if len(at):
                told = Told(
                    readings.sensor[at], item[at], readings.time_ns[at], readings.arrival_ns[at], readings.value[at],
                    readings.quality[at],
                )  # fmt: skip
                made += self._made(name, partial(each.take, told))
        return self._readings(made, int(readings.arrival_ns[-1]))

    def _at(self, now_ns: int, listening_since_ns: int) -> ReadingBatch | None:
        made = []
        for name, each in self._derivations.items():
            made += self._made(name, partial(each.tick, now_ns, listening_since_ns))
        return self._readings(made, now_ns)

    def _made(self, name: str, work: Callable[[], list[Made]]) -> list[tuple[str, Made]]:
        """Return what one derivation makes, by its name."""
        try:
            return [(name, one) for one in work()]
        except Exception:  # a mistake of ours must cost neither ingest nor what sensors said
            DERIVATIONS_FAILED.labels(name).inc()
            if name not in self._failed:  # it repeats with every batch: told once in a run
                self._failed.add(name)
                log.exception("derivation_failed", derivation=name)
            return []

    def _learn(self, top: int) -> None:
        """Find out what is to be computed of series up to this number, which speak for the first time."""
        new = [self._series(number) for number in range(len(self._wanted), top + 1)]
        items = [[each.item(name) for name in new] for each in self._derivations.values()]
        columns = [[_NO_INPUT if item is None else item for item in row] for row in items]
        self._items = np.concatenate([self._items, np.array(columns, np.int64).reshape(-1, len(new))], axis=1)
        outputs = np.array([name in OUTPUTS for name in new])
        self._wanted = np.append(self._wanted, (self._items[:, -len(new) :] != _NO_INPUT).any(axis=0) | outputs)

    def _note_own(self, readings: ReadingBatch, wanted: NDArray[np.bool_]) -> None:
        """Note which sensors tell themselves what is computed here."""
        no_input = (self._items[:, readings.quantity] == _NO_INPUT).all(axis=0)
        own = wanted & no_input & ((readings.quality & np.uint16(Quality.DERIVED)) == 0)
        if own.any():
            self._own.update(_keys(readings.sensor[own], readings.quantity[own]).tolist())

    def _readings(self, made: list[tuple[str, Made]], arrival_ns: int) -> ReadingBatch | None:
        """Return results as readings; None for none."""
        batches = []
        for name, one in made:
            told = ~np.isnan(one.value)
            if self._own:
                told &= ~np.isin(_keys(one.sensor, one.quantity), list(self._own))
            count = int(told.sum())
            if not count:
                continue
            READINGS_DERIVED.labels(name).inc(count)
            value, quantity = one.value[told], one.quantity[told]
            quality = one.quality[told] | self._beyond(quantity, value)
            arrival = np.full(count, arrival_ns)
            batches.append(ReadingBatch(one.sensor[told], quantity, one.time_ns[told], arrival, value, quality))
        return ReadingBatch.concatenate(batches) if batches else None

    def _beyond(self, quantity: NDArray[np.int32], value: NDArray[np.float64]) -> NDArray[np.uint16]:
        """Return OUT_OF_RANGE for each value beyond what is plausible."""
        flags = np.zeros(len(value), np.uint16)
        for number in np.unique(quantity).tolist():
            low, high = self._limits_of(number)
            on = (quantity == number) & ((value < low) | (value > high))
            flags[on] = np.uint16(Quality.OUT_OF_RANGE)
        return flags

    def _limits_of(self, number: int) -> tuple[float, float]:
        if number not in self._limits:
            quantity = self._around.catalogue.of_series(self._series(number))
            low = quantity.minimum if quantity is not None else None
            high = quantity.maximum if quantity is not None else None
            self._limits[number] = (-np.inf if low is None else low, np.inf if high is None else high)
        return self._limits[number]


class Settle:
    """Follows the commit: what was derived from is in the journal now."""

    def __init__(self, derive: Derive) -> None:
        self._derive = derive

    def run(self, work: Work) -> None:
        """Note how far the journal is in what is remembered."""
        self._derive.position = max(self._derive.position, work.position)
        self._derive.settled = True


def _keys(sensor: NDArray[np.int32], quantity: NDArray[np.int32]) -> NDArray[np.int64]:
    return sensor.astype(np.int64) << 32 | quantity
