"""What goes into a derivation and what comes out of it: columns of readings on either side."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from city.quality import UNTRUSTED, Quality

#: Flags of values from which nothing is computed: they say nothing about the city, or nothing new.
UNUSED = int(UNTRUSTED | Quality.DUPLICATE | Quality.DERIVED)
#: Flags that a result over a time has if any of its values has them. A value that came late is none: the window waited.
OVER_TIME = np.uint16(Quality.CLOCK | Quality.SIMULATED | Quality.RECORDED)
DERIVED = np.uint16(Quality.DERIVED)

#: From the name of a series to its permanent number.
QuantityNumber = Callable[[str], int]


@dataclass(frozen=True, slots=True)
class Told:
    """Values that can be trusted, in order of arrival; `item` says which of a derivation's inputs each is."""

    sensor: NDArray[np.int32]
    item: NDArray[np.int64]
    time_ns: NDArray[np.int64]
    arrival_ns: NDArray[np.int64]
    value: NDArray[np.float64]
    quality: NDArray[np.uint16]

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.item)

    def take(self, which: NDArray[np.bool_]) -> "Told":
        """Return some of them."""
        return Told(
            self.sensor[which], self.item[which], self.time_ns[which], self.arrival_ns[which], self.value[which],
            self.quality[which],
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Made:
    """Results, in columns of one length; NaN stands for no result."""

    sensor: NDArray[np.int32]
    quantity: NDArray[np.int32]
    time_ns: NDArray[np.int64]
    value: NDArray[np.float64]
    quality: NDArray[np.uint16]

    @classmethod
    def of(
        cls,
        quantity: int | NDArray[np.int32],
        sensor: NDArray[np.int32],
        time_ns: NDArray[np.int64],
        value: NDArray[np.float64],
        quality: NDArray[np.uint16],
    ) -> "Made":
        """Return results of one quantity, or each of its own."""
        return cls(sensor, np.broadcast_to(np.int32(quantity), sensor.shape), time_ns, value, quality)


class Derivation(Protocol):
    """Computes quantities of what sensors tell; belongs to one thread.

    What it remembers follows from what it was told, and from nothing else: what is told to it again after a start, in
    the same order, leaves it as it was.
    """

    def item(self, series: str) -> int | None:
        """Return which input a series is; None for one that it does not need."""
        ...

    def take(self, told: Told) -> list[Made]:
        """Return what follows from these values."""
        ...

    def tick(self, now_ns: int, listening_since_ns: int) -> list[Made]:
        """Return what follows from the time alone."""
        ...

    def dump(self) -> dict[str, NDArray[Any]]:
        """Return copies of all that it remembers."""
        ...

    def load(self, kept: dict[str, NDArray[Any]]) -> None:
        """Remember what `dump` returned."""
        ...
