"""What open incidents are sorted, filtered and searched by: arrays in which each incident has one place."""

from collections.abc import Collection, Iterable, Sequence
from itertools import repeat
from operator import contains
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from linkage.overview.ranking import Column, Places
from linkage.tables import QUEUE_ORDER

Mask = NDArray[np.bool_]

#: Columns of `incidents` whose words are kept as small numbers.
CODED = ("state", "domain", "district", "incident_class", "reporter", "jurisdiction")

#: What is kept of an incident, in the order in which `put` takes it.
KEPT = (*QUEUE_ORDER, *CODED, "words")

_FIRST_SIZE = 1024

#: Texts are picked one by one where they are fewer than this part of all.
_FEW = 3

_Scalar = TypeVar("_Scalar", bound=np.generic)


class Columns:
    """The arrays: some 100 bytes an incident, its text, and a byte for each department. Not safe between threads."""

    def __init__(self) -> None:
        self.there: Mask = np.zeros(_FIRST_SIZE, np.bool_)
        self.texts: list[str] = [""] * _FIRST_SIZE
        self._numbers: dict[str, Column] = {name: np.zeros(_FIRST_SIZE, np.int64) for name in QUEUE_ORDER}
        self._codes: dict[str, NDArray[np.int32]] = {name: np.zeros(_FIRST_SIZE, np.int32) for name in CODED}
        self._known: dict[str, dict[str, int]] = {name: {} for name in CODED}
        self._departments: dict[str, Mask] = {}
        self._legs: dict[int, Sequence[str]] = {}
        self._places: dict[int, int] = {}
        self._free = list(range(_FIRST_SIZE))

    def __len__(self) -> int:
        """Return how many incidents there are."""
        return len(self._places)

    def __contains__(self, number: int) -> bool:
        """Tell whether an incident is there."""
        return number in self._places

    @property
    def key(self) -> list[Column]:
        """Return the columns of the queue's order."""
        return [self._numbers[name] for name in QUEUE_ORDER]

    def number(self, name: str) -> Column:
        """Return a column of the queue's order."""
        return self._numbers[name]

    def put(self, number: int, kept: Sequence[Any], departments: Sequence[str]) -> None:
        """Give an incident its place, or change what stands there; `departments` have, or had, a task in it."""
        self.drop(number)
        if not self._free:
            self._grow()
        place = self._places[number] = self._free.pop()
        *values, text = kept
        for numbers, value in zip(self._numbers.values(), values, strict=False):
            numbers[place] = value
        for name, word in zip(CODED, values[len(QUEUE_ORDER) :], strict=True):
            known = self._known[name]
            self._codes[name][place] = known.setdefault(word, len(known))
        self.texts[place] = text
        for department in departments:
            if department not in self._departments:
                self._departments[department] = np.zeros(len(self.there), np.bool_)
            self._departments[department][place] = True
        self._legs[place] = departments
        self.there[place] = True

    def drop(self, number: int) -> None:
        """Take an incident out, if it is there."""
        place = self._places.pop(number, None)
        if place is None:
            return
        for department in self._legs.pop(place):
            self._departments[department][place] = False
        self.there[place] = False
        self.texts[place] = ""
        self._free.append(place)

    def one_of(self, name: str, words: Iterable[str]) -> Mask:
        """Return where a coded column holds one of `words`."""
        known = self._known[name]
        codes = [known[word] for word in words if word in known]
        found: Mask = self._codes[name] == codes[0] if len(codes) == 1 else np.isin(self._codes[name], codes)
        return found

    def among(self, name: str, numbers: Collection[int]) -> Mask:
        """Return where a column of the queue's order holds one of `numbers`."""
        return np.isin(self._numbers[name], list(numbers))

    def of(self, departments: Iterable[str]) -> Mask:
        """Return where one of `departments` has, or had, a task."""
        found = np.zeros(len(self.there), np.bool_)
        for department in departments:
            if department in self._departments:
                found |= self._departments[department]
        return found

    def at(self, numbers: Iterable[int]) -> Mask:
        """Return the places of those of these incidents that are there."""
        found = np.zeros(len(self.there), np.bool_)
        found[[self._places[number] for number in numbers if number in self._places]] = True
        return found

    def saying(self, places: Places, words: Collection[str]) -> Places:
        """Return those of `places` in whose text all `words` stand: some 8 ms for 100,000 incidents."""
        # The longest word first: it is the rarest, and the others are looked for only where it stands.
        for word in sorted(words, key=len, reverse=True):
            places = places[self._says(places, word)]
        return places

    def _says(self, places: Places, word: str) -> Mask:
        if len(places) < len(self.texts) // _FEW:
            return np.array([word in self.texts[place] for place in places.tolist()], np.bool_)
        # To look at all in one go takes less time than to pick many.
        return np.fromiter(map(contains, self.texts, repeat(word)), np.bool_, len(self.texts))[places]

    def _grow(self) -> None:
        size = len(self.there)
        self._free = list(range(size, 2 * size))
        self.there = _doubled(self.there)
        self.texts += [""] * size
        self._numbers = {name: _doubled(column) for name, column in self._numbers.items()}
        self._codes = {name: _doubled(column) for name, column in self._codes.items()}
        self._departments = {name: _doubled(mask) for name, mask in self._departments.items()}


def _doubled(array: NDArray[_Scalar]) -> NDArray[_Scalar]:
    return np.concatenate([array, np.zeros_like(array)])
