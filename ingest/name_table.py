"""Names by number and numbers by name, a million of them in some forty bytes each: the texts one behind the other."""

from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from city.growing import grown, room_for
from ingest.key_table import NOWHERE, KeyTable

Numbers = NDArray[np.int64]

_FIRST_SIZE = 1024
#: 64 bits, keyed anew in every process (SipHash).
_hash = hash
#: Names that are looked at together.
_CHUNK = 20_000


class NameTable:
    """Each number has one name at most, and each name one number; belongs to one thread.

    Names are found by their hash, which is of 64 bits and of this process; those few that share one with another name
    are kept apart.
    """

    def __init__(self) -> None:
        self._text = bytearray()
        #: By number where its name begins, and one more than its length in bytes: 0 for a number without a name.
        self._begin: NDArray[np.int64] = np.zeros(_FIRST_SIZE, np.int64)
        self._size: NDArray[np.int32] = np.zeros(_FIRST_SIZE, np.int32)
        #: One more than the highest number.
        self._end = 1
        self._hashes = KeyTable()
        #: By place in the table of hashes.
        self._number: NDArray[np.int32] = np.zeros(_FIRST_SIZE, np.int32)
        self._alike: dict[bytes, int] = {}

    @property
    def end(self) -> int:
        """Return one more than the highest number that has a name; 1 where none has one."""
        return self._end

    def name(self, number: int) -> str | None:
        """Return the name of a number, None where it has none."""
        raw = self._raw(number)
        return raw.decode() if raw is not None else None

    def number(self, name: str) -> int | None:
        """Return the number of a name, None where it has none."""
        raw = name.encode()
        place = self._hashes.place(_hash(raw))
        if place == NOWHERE:
            return None
        number = self._number.item(place)
        return number if self._raw(number) == raw else self._alike.get(raw)

    def numbers(self, names: Sequence[str]) -> Numbers:
        """Return the number of each of many names, 0 where it has none."""
        waiting = iter(names)
        found = []
        while some := [name.encode() for name in islice(waiting, _CHUNK)]:
            found.append(self._found(some))
        return np.concatenate(found) if found else np.zeros(0, np.int64)

    def give(self, numbers: Sequence[int], names: Sequence[str]) -> None:
        """Name numbers that have no name yet, from 1 up; the names are new and differ."""
        raw = [name.encode() for name in names]
        given = np.array(numbers, np.int64)
        sizes = np.fromiter(map(len, raw), np.int64, len(raw))
        self._make_room(max(int(given.max(initial=0)) + 1, self._end))
        self._begin[given] = len(self._text) + np.cumsum(sizes) - sizes
        self._size[given] = sizes + 1
        self._text += b"".join(raw)
        self._enter(given, raw)

    def all(self) -> Iterator[tuple[int, str]]:
        """Yield all numbers with their names, in order of number."""
        for number in range(self._end):
            name = self.name(number)
            if name is not None:
                yield number, name

    def _raw(self, number: int) -> bytes | None:
        size = self._size.item(number) if 0 <= number < self._end else 0
        if not size:
            return None
        begin = self._begin.item(number)
        return bytes(self._text[begin : begin + size - 1])

    def _found(self, raw: list[bytes]) -> Numbers:
        places = self._hashes.places(_hashes(raw))
        found = np.where(places == NOWHERE, 0, self._number[places].astype(np.int64))
        for at in np.flatnonzero((places != NOWHERE) & ~self._are(found, raw)).tolist():
            found[at] = self._alike.get(raw[at], 0)
        return found

    def _are(self, numbers: Numbers, raw: list[bytes]) -> NDArray[np.bool_]:
        """Return which of these numbers have the names beside them."""
        begin, size = self._begin[numbers].tolist(), self._size[numbers].tolist()
        text = memoryview(self._text)
        same = (text[at : at + long - 1] == one for at, long, one in zip(begin, size, raw, strict=True))
        return np.fromiter(same, np.bool_, len(raw))

    def _make_room(self, end: int) -> None:
        if end > len(self._begin):
            self._begin = grown(self._begin, self._end, room_for(end))
            self._size = grown(self._size, self._end, room_for(end))
        self._end = end

    def _enter(self, numbers: Numbers, raw: list[bytes]) -> None:
        hashes = _hashes(raw)
        _, first = np.unique(hashes, return_index=True)
        is_new = np.zeros(len(raw), np.bool_)
        is_new[first] = True
        is_new &= self._hashes.places(hashes) == NOWHERE
        for at in np.flatnonzero(~is_new).tolist():
            self._alike[raw[at]] = int(numbers[at])
        places = self._hashes.add(hashes[is_new])
        if len(self._hashes) > len(self._number):
            self._number = grown(self._number, len(self._hashes) - len(places), room_for(len(self._hashes)))
        self._number[places] = numbers[is_new]


def _hashes(raw: Sequence[bytes]) -> NDArray[np.int64]:
    return np.fromiter(map(_hash, raw), np.int64, len(raw))
