"""Columns of texts and of words that keep a million of them in a few bytes each."""

from collections.abc import Hashable, Iterable, Sequence
from itertools import pairwise
from typing import Any, Generic, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]
#: Whole numbers in as few bytes as the greatest of them needs.
Narrow = NDArray[np.unsignedinteger[Any]]

Word = TypeVar("Word", bound=Hashable)


class TextColumn:
    """Texts that differ from row to row, one behind the other; immutable."""

    __slots__ = ("_ends", "_text")

    def __init__(self, text: bytes, ends: NDArray[np.integer[Any]]) -> None:
        """Take UTF-8 and where each text ends; the first of the ends is 0, where the first text begins."""
        self._text, self._ends = text, _narrow(ends, len(text))

    @classmethod
    def of(cls, texts: Iterable[str]) -> "TextColumn":
        """Return a column of these texts."""
        encoded = [text.encode() for text in texts]
        return cls(b"".join(encoded), np.cumsum([0, *map(len, encoded)], dtype=np.int64))

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._ends) - 1

    def __getitem__(self, row: int) -> str:
        """Return one text."""
        return self._text[self._ends[row] : self._ends[row + 1]].decode()

    def raw(self, row: int) -> bytes:
        """Return one text in UTF-8, whose bytes sort as its code points do."""
        return self._text[self._ends[row] : self._ends[row + 1]]

    def all(self) -> list[str]:
        """Return all of them, in a tenth of the time that one after the other takes."""
        ends = self._ends.tolist()
        return [self._text[begin:end].decode() for begin, end in pairwise(ends)]

    def take(self, rows: Rows) -> "TextColumn":
        """Return a column of these rows; rows that follow each other are copied at once."""
        if not len(rows):
            return TextColumn.of(())
        breaks = np.flatnonzero(np.diff(rows) != 1) + 1
        begins, ends = rows[np.concatenate([[0], breaks])], rows[np.concatenate([breaks - 1, [len(rows) - 1]])]
        runs = zip(self._ends[begins].tolist(), self._ends[ends + 1].tolist(), strict=True)
        lengths = np.diff(self._ends)[rows].astype(np.int64)
        return TextColumn(b"".join(self._text[begin:end] for begin, end in runs), np.append(0, np.cumsum(lengths)))

    def joined(self, other: "TextColumn") -> "TextColumn":
        """Return these and then those of another column."""
        text, ends = other.to_parts()
        return TextColumn(self._text + text, np.append(self._ends, np.frombuffer(ends, "<i8")[1:] + len(self._text)))

    def to_parts(self) -> tuple[bytes, bytes]:
        """Return what `from_parts` takes."""
        return self._text, self._ends.astype("<i8").tobytes()

    @classmethod
    def from_parts(cls, text: bytes, ends: bytes) -> "TextColumn":
        """Return what `to_parts` was told of; raises ValueError for anything else."""
        return cls(text, np.frombuffer(ends, "<i8"))


def texts_together(parts: Sequence[TextColumn]) -> TextColumn:
    """Return the texts of some columns, one behind the other."""
    raw = [part.to_parts() for part in parts]
    lengths = [np.diff(np.frombuffer(ends, "<i8")) for _, ends in raw]
    ends = np.cumsum(np.concatenate([np.zeros(1, np.int64), *lengths]), dtype=np.int64)
    return TextColumn(b"".join(text for text, _ in raw), ends)


class WordColumn(Generic[Word]):
    """Words of which many rows have the same; immutable.

    Attributes:
        words: each once; `codes` are the places in it, by row.
    """

    __slots__ = ("codes", "words")

    def __init__(self, words: Sequence[Word], codes: NDArray[np.integer[Any]]) -> None:
        self.words, self.codes = tuple(words), _narrow(codes, len(words))

    def __len__(self) -> int:
        """Return how many rows there are."""
        return len(self.codes)

    def __getitem__(self, row: int) -> Word:
        """Return one word."""
        return cast("Word", self.words[self.codes[row]])

    def all(self) -> list[Word]:
        """Return the word of each row."""
        words = self.words
        return [words[code] for code in self.codes.tolist()]

    def take(self, rows: Rows) -> "WordColumn[Word]":
        """Return a column of these rows."""
        return WordColumn(self.words, self.codes[rows])

    def joined(self, other: "WordColumn[Word]") -> "WordColumn[Word]":
        """Return these and then those of another column."""
        places = {word: place for place, word in enumerate(self.words)}
        moved = np.array([places.setdefault(word, len(places)) for word in other.words], dtype=np.int32)
        own = moved[other.codes] if len(other.codes) else other.codes
        return WordColumn(tuple(places), np.append(self.codes, own))

    def having(self, words: Iterable[Word]) -> NDArray[np.bool_]:
        """Return which rows have one of these words."""
        wanted = set(words)
        return self.where([word in wanted for word in self.words])

    def where(self, fits: Sequence[bool]) -> NDArray[np.bool_]:
        """Return which rows have a word that fits, given for each of the words whether it does."""
        found: NDArray[np.bool_] = np.array(fits, dtype=np.bool_)[self.codes] if len(self.words) else _NONE
        return found


_NONE = np.array([], dtype=np.bool_)


def _narrow(numbers: NDArray[np.integer[Any]], highest: int) -> Narrow:
    """Return numbers from 0 to `highest` in as few bytes as they need."""
    return numbers.astype(np.min_scalar_type(highest))


class WordBuilder(Generic[Word]):
    """Grows into a WordColumn, some rows at a time."""

    def __init__(self) -> None:
        self._places: dict[Word, int] = {}
        self._parts: list[NDArray[np.int32]] = []

    def add(self, words: Sequence[Word]) -> None:
        """Add rows."""
        places = self._places
        if len(words) and words.count(words[0]) == len(words):  # much quicker, and most columns are often so
            self._parts.append(np.full(len(words), places.setdefault(words[0], len(places)), dtype=np.int32))
            return
        codes = [place if (place := places.get(word)) is not None else self._new(word) for word in words]
        self._parts.append(np.array(codes, dtype=np.int32))

    def _new(self, word: Word) -> int:
        return self._places.setdefault(word, len(self._places))

    def column(self) -> WordColumn[Word]:
        """Return the column."""
        codes = np.concatenate(self._parts) if self._parts else np.array([], dtype=np.int32)
        return WordColumn(tuple(self._places), codes)
