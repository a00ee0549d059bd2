"""Registered sensors with their permanent numbers, a million of them in some hundred megabytes."""

import hashlib
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from city.columns import Rows, TextColumn, WordBuilder, WordColumn, texts_together
from city.entry import NumberedSensor
from city.place import Place
from city.sensor import Sensor

#: Columns in which many sensors have the same word, and those in which each has its own text.
WORDS = (
    "domain", "kind", "district", "grid", "site", "upstream", "quantities", "authority", "owner", "maintainer", "tags",
    "condition",
)  # fmt: skip
TEXTS = ("id", "name", "name_en", "code")
#: Columns of numbers; not a number, day 0 and False stand where a sensor says nothing.
NUMBERS: dict[str, str] = {
    "number": "<i4", "longitude": "<f8", "latitude": "<f8", "interval_s": "<f8", "installed": "<i4", "recorded": "?",
}  # fmt: skip

#: Sensors taken in at once.
_CHUNK = 20_000


class Census(Sequence[NumberedSensor]):
    """Sensors by id, in columns; one is made into an object when it is asked for. Immutable.

    Attributes:
        words, texts, numbers: the columns by name, see `WORDS`, `TEXTS` and `NUMBERS`.
    """

    def __init__(
        self,
        words: dict[str, WordColumn[Any]],
        texts: dict[str, TextColumn],
        numbers: dict[str, NDArray[Any]],
        digest: str = "",
    ) -> None:
        """Take the columns, and their digest where it is known."""
        self.words, self.texts, self.numbers = words, texts, numbers
        self._digest = digest

    @classmethod
    def of(cls, sensors: Iterable[NumberedSensor]) -> "Census":
        """Return a census of these; their ids differ."""
        if isinstance(sensors, Census):
            return sensors
        builder = CensusBuilder()
        ordered = iter(sorted(sensors, key=lambda one: one.sensor.id))
        while some := list(islice(ordered, _CHUNK)):
            builder.add({name: [_VALUES[name](one) for one in some] for name in _VALUES})
        return builder.census()

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.numbers["number"])

    @overload
    def __getitem__(self, row: int) -> NumberedSensor: ...
    @overload
    def __getitem__(self, row: slice) -> "Census": ...
    def __getitem__(self, row: int | slice) -> "NumberedSensor | Census":
        """Return one sensor, or some."""
        if isinstance(row, slice):
            return self.take(np.arange(len(self))[row])
        place = row if row >= 0 else len(self) + row
        if not 0 <= place < len(self):
            raise IndexError(row)
        return NumberedSensor(int(self.numbers["number"][place]), self.sensor(place))

    def __iter__(self) -> Iterator[NumberedSensor]:
        """Yield every sensor."""
        return map(self.__getitem__, range(len(self)))

    def __eq__(self, other: object) -> bool:
        """Tell whether another sequence holds the same."""
        return isinstance(other, Sequence) and len(self) == len(other) and all(map(_same, self, other))

    def __hash__(self) -> int:
        """Return a hash by the numbers."""
        return hash(self.numbers["number"].tobytes())

    def sensor(self, row: int) -> Sensor:
        """Return one sensor without its number."""
        said: dict[str, Any] = {name: column[row] for name, column in self.words.items()}
        said |= {name: column[row] for name, column in self.texts.items()}
        numbers = self.numbers
        longitude, interval_s = float(numbers["longitude"][row]), float(numbers["interval_s"][row])
        installed = int(numbers["installed"][row])
        return Sensor(
            **said,
            place=Place(longitude, float(numbers["latitude"][row])) if longitude == longitude else None,
            interval_s=interval_s if interval_s == interval_s else None,
            installed=date.fromordinal(installed) if installed else None,
            recorded=bool(numbers["recorded"][row]),
        )

    def row_of(self, sensor: str) -> int | None:
        """Return the row of a sensor by its id; None for one that is not here."""
        row = self.place_of(sensor)
        return row if row < len(self) and self.texts["id"][row] == sensor else None

    def find(self, sensor: str) -> Sensor | None:
        """Return a sensor by its id; None for one that is not here."""
        row = self.row_of(sensor)
        return self.sensor(row) if row is not None else None

    def digest(self) -> str:
        """Return a hash of the content, however it came to be; of a million sensors it takes a second, once."""
        if not self._digest:
            self._digest = self._hashed()
        return self._digest

    @property
    def known_digest(self) -> str:
        """Return the digest if it was ever asked for; empty else."""
        return self._digest

    def _hashed(self) -> str:
        content = hashlib.sha256()
        for name in WORDS:
            column = self.words[name]
            used, codes = np.unique(column.codes, return_inverse=True)
            shown = [_shown(column.words[code]) for code in used.tolist()]
            order = sorted(range(len(shown)), key=shown.__getitem__)
            rank = np.empty(len(order), dtype="<i4")
            rank[order] = np.arange(len(order))
            content.update("\n".join(shown[place] for place in order).encode() + b"\0" + rank[codes].tobytes())
        for name in TEXTS:
            for part in self.texts[name].to_parts():
                content.update(part)
        for name in NUMBERS:
            content.update(self.numbers[name].tobytes())
        return content.hexdigest()

    def take(self, rows: Rows) -> "Census":
        """Return a census of these rows, which rise."""
        return Census(
            {name: column.take(rows) for name, column in self.words.items()},
            {name: column.take(rows) for name, column in self.texts.items()},
            {name: column[rows] for name, column in self.numbers.items()},
        )

    def changed(self, new: Iterable[NumberedSensor], gone: Iterable[str]) -> "Census":
        """Return a census in which `new` are added or changed, and those with the ids of `gone` are not."""
        added = Census.of(new)
        out = [row for name in (*added.texts["id"].all(), *gone) if (row := self.row_of(name)) is not None]
        kept = np.ones(len(self), dtype=np.bool_)
        kept[out] = False
        rest = self.take(np.flatnonzero(kept)) if out else self
        places = [rest.place_of(name) for name in added.texts["id"].all()]
        order = np.insert(np.arange(len(rest)), places, np.arange(len(rest), len(rest) + len(added)))
        return rest.joined(added).take(order)

    def joined(self, other: "Census") -> "Census":
        """Return these and then those of another one, in no order; bring them into one by `take`."""
        return Census(
            {name: column.joined(other.words[name]) for name, column in self.words.items()},
            {name: column.joined(other.texts[name]) for name, column in self.texts.items()},
            {name: np.append(column, other.numbers[name]) for name, column in self.numbers.items()},
        )

    def place_of(self, sensor: str) -> int:
        """Return the first row whose id is not before this one."""
        return bisect_left(range(len(self)), sensor.encode(), key=self.texts["id"].raw)


class CensusBuilder:
    """Grows into a census, some sensors at a time, in order of id."""

    def __init__(self) -> None:
        self._words: dict[str, WordBuilder[Any]] = {name: WordBuilder() for name in WORDS}
        self._texts: dict[str, list[TextColumn]] = {name: [] for name in TEXTS}
        self._numbers: dict[str, list[NDArray[Any]]] = {name: [] for name in NUMBERS}

    def add(self, columns: dict[str, Sequence[Any]]) -> None:
        """Add sensors by their columns, all of one length."""
        for name, builder in self._words.items():
            builder.add(columns[name])
        for name, texts in self._texts.items():
            texts.append(TextColumn.of(columns[name]))
        for name, kind in NUMBERS.items():
            self._numbers[name].append(np.array(columns[name], dtype=kind))

    def census(self) -> Census:
        """Return the census."""
        words = {name: builder.column() for name, builder in self._words.items()}
        return Census(words, {name: texts_together(parts) for name, parts in self._texts.items()}, self._arrays())

    def _arrays(self) -> dict[str, NDArray[Any]]:
        return {
            name: np.concatenate(parts) if parts else np.array([], dtype=NUMBERS[name])
            for name, parts in self._numbers.items()
        }


def _same(one: NumberedSensor, other: object) -> bool:
    return one == other


def _shown(word: object) -> str:
    return ";".join(sorted(word)) if isinstance(word, frozenset) else repr(word)


def _degrees(one: NumberedSensor, axis: int) -> float:
    return one.sensor.place[axis] if one.sensor.place is not None else float("nan")


#: How a column is filled from a sensor.
_VALUES: dict[str, Any] = {
    "number": lambda one: one.number,
    "longitude": lambda one: _degrees(one, 0),
    "latitude": lambda one: _degrees(one, 1),
    "interval_s": lambda one: one.sensor.interval_s if one.sensor.interval_s is not None else float("nan"),
    "installed": lambda one: one.sensor.installed.toordinal() if one.sensor.installed is not None else 0,
    "recorded": lambda one: one.sensor.recorded,
    **{name: (lambda one, name=name: getattr(one.sensor, name)) for name in (*WORDS, *TEXTS)},
}
