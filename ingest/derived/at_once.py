"""What derivations have in common that follow from readings alone."""

from typing import Any

from numpy.typing import NDArray

from ingest.derived.rows import Rows
from ingest.derived.told import Made


class AtOnce:
    """Tells what follows with the readings that it follows from, and nothing as time passes."""

    _rows: Rows

    def tick(self, now_ns: int, listening_since_ns: int) -> list[Made]:
        """Return nothing."""
        return []

    def dump(self) -> dict[str, NDArray[Any]]:
        """Return copies of all that it remembers."""
        return self._rows.dump()

    def load(self, kept: dict[str, NDArray[Any]]) -> None:
        """Remember what `dump` returned."""
        self._rows.load(kept)
