"""Sensors without their numbers over the columns of a census: each is made into an object when it is asked for."""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from operator import eq
from typing import overload

import numpy as np

from city.census import Census
from city.columns import Rows, TextColumn
from city.entry import NumberedSensor
from city.sensor import Sensor


class Registered(Sequence[Sensor]):
    """Sensors in the order in which somebody told them; immutable.

    Attributes:
        census: the same by id; numbers stand in it only where it was told with them.
        order: of each place here its row there; None where they are told by id.
    """

    def __init__(self, census: Census, order: Rows | None = None) -> None:
        self.census, self.order = census, order

    @classmethod
    def of(cls, sensors: Iterable[Sensor]) -> "Registered":
        """Return these, whose ids differ."""
        if isinstance(sensors, Registered):
            return sensors
        told = list(sensors)
        census = Census.of(NumberedSensor(0, one) for one in told)
        rows = [census.place_of(one.id) for one in told]
        return cls(census, None if rows == [*range(len(rows))] else np.array(rows, dtype=np.int64))

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.census)

    @overload
    def __getitem__(self, place: int) -> Sensor: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Sensor]: ...
    def __getitem__(self, place: int | slice) -> Sensor | Sequence[Sensor]:
        """Return one of them, or some."""
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(len(self)))]
        at = place if place >= 0 else len(self) + place
        if not 0 <= at < len(self):
            raise IndexError(place)
        return self.census.sensor(at if self.order is None else int(self.order[at]))

    def __iter__(self) -> Iterator[Sensor]:
        """Yield every sensor."""
        return map(self.census.sensor, range(len(self)) if self.order is None else self.order.tolist())

    def __eq__(self, other: object) -> bool:
        """Tell whether another sequence holds the same in the same order."""
        return isinstance(other, Sequence) and len(self) == len(other) and all(map(eq, self, other))

    def __hash__(self) -> int:
        """Return a hash by how many there are."""
        return hash(len(self))

    def find(self, sensor: str) -> Sensor | None:
        """Return a sensor by its id; None for one that is not here."""
        return self.census.find(sensor)

    @property
    def ids(self) -> "Ids":
        """Return their ids."""
        return Ids(self.census.texts["id"])

    def __contains__(self, sensor: object) -> bool:
        """Tell whether exactly this sensor is here."""
        return isinstance(sensor, Sensor) and self.find(sensor.id) == sensor


class Ids(Collection[str]):
    """Ids in order, in some bytes each."""

    def __init__(self, column: TextColumn) -> None:
        self._column = column

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._column)

    def __iter__(self) -> Iterator[str]:
        """Yield them."""
        return map(self._column.__getitem__, range(len(self)))

    def __contains__(self, one: object) -> bool:
        """Tell whether an id is among them."""
        if not isinstance(one, str):
            return False
        row = bisect_left(range(len(self)), one.encode(), key=self._column.raw)
        return row < len(self) and self._column[row] == one
