"""The state of each sensor as ingest told it last: a byte a sensor, in the order of the registry."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from api.directory import Snapshot
from city.columns import Rows
from city.feed import StatesPage

#: State of a sensor that ingest has said nothing about.
UNKNOWN = "unknown"

Codes = NDArray[np.uint8]


class ToldStates:
    """States beside the snapshot of the registry that they are in line with; changed by one task, read by any thread.

    Attributes:
        snapshot: that snapshot; the state of a sensor that is not in it is unknown.
    """

    def __init__(self) -> None:
        self.snapshot = Snapshot()
        self._words: dict[str, int] = {UNKNOWN: 0}
        self._codes: Codes = np.zeros(0, np.uint8)

    def of(self, sensor: str) -> str:
        """Return the state of one sensor."""
        snapshot, codes = self.snapshot, self._codes
        row = snapshot.census.row_of(sensor)
        return UNKNOWN if row is None or row >= len(codes) else self.words[codes[row]]

    @property
    def words(self) -> list[str]:
        """Return the words that codes stand for."""
        return [*self._words]

    def codes(self, snapshot: Snapshot) -> Codes:
        """Return the code of each sensor of a snapshot; of another one than this takes a second for a million."""
        own, codes = self.snapshot, self._codes
        if snapshot is own:
            return codes
        rows = own.rows(snapshot.census.texts["id"].all())
        return np.where(rows < 0, np.uint8(0), np.append(codes, np.uint8(0))[rows])

    def move(self, snapshot: Snapshot, codes: Codes) -> None:
        """Be in line with a newer snapshot, for which `codes` gave the codes."""
        self._codes, self.snapshot = codes, snapshot

    def take(self, states: Iterable[tuple[str, str]]) -> None:
        """Note states."""
        told = [(sensor, state) for sensor, state in states if state]
        if not told:
            return
        rows = self.snapshot.rows([sensor for sensor, _ in told])
        codes = np.array([self._code(state) for _, state in told], np.uint8)
        self._codes[rows[rows >= 0]] = codes[rows >= 0]

    def take_page(self, page: StatesPage) -> Rows:
        """Note the states of a page, and return the rows of those that were others."""
        codes = np.array([self._code(word) for word in page.words], np.uint8)[np.frombuffer(page.codes, np.uint8)]
        rows = self.snapshot.rows(page.ids)
        codes, rows = codes[rows >= 0], rows[rows >= 0]
        changed: Rows = rows[self._codes[rows] != codes]
        self._codes[rows] = codes
        return changed

    def forget(self, rows: Rows) -> None:
        """Know nothing of these."""
        self._codes[rows] = 0

    @property
    def known(self) -> Rows:
        """Return the rows of all whose state is known."""
        return np.flatnonzero(self._codes)

    def word(self, row: int) -> str:
        """Return the state of one row."""
        return self.words[int(self._codes[row])]

    def _code(self, state: str) -> int:
        return self._words.setdefault(state, len(self._words))
