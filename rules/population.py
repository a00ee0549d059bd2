"""The registered sensors in columns, so that a thousand selections over them are quick."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from city.entry import NumberedSensor
from city.sensor import Sensor
from rules.selection import Selection

Rows = NDArray[np.int64]


class Population:
    """The sensors and quantity numbers of the context in force."""

    def __init__(self, sensors: Sequence[NumberedSensor], quantities: Mapping[str, int]) -> None:
        self.sensors = tuple(numbered.sensor for numbered in sensors)
        self.numbers = np.array([numbered.number for numbered in sensors], dtype=np.int64)
        self.quantities = dict(quantities)
        self._by: dict[str, dict[str, Rows]] = {
            "domain": self._index(lambda sensor: (sensor.domain,)),
            "kinds": self._index(lambda sensor: (sensor.kind,)),
            "districts": self._index(lambda sensor: (sensor.district,)),
            "sites": self._index(lambda sensor: (sensor.site,)),
            "tags": self._index(lambda sensor: sensor.tags),
            "sensors": self._index(lambda sensor: (sensor.id,)),
            "quantity": self._index(lambda sensor: sensor.quantities or ("",)),
        }

    def _index(self, words: Callable[[Sensor], Any]) -> dict[str, Rows]:
        rows: defaultdict[str, list[int]] = defaultdict(list)
        for row, sensor in enumerate(self.sensors):
            for word in words(sensor):
                rows[word].append(row)
        return {word: np.array(members, dtype=np.int64) for word, members in rows.items()}

    def match(self, select: Selection) -> Rows:
        """Return the rows of the sensors that `select` picks, in order."""
        picked = np.ones(len(self.sensors), dtype=np.bool_)
        for condition, words in _conditions(select):
            having = np.zeros(len(self.sensors), dtype=np.bool_)
            for word in words:
                having[self._by[condition].get(word, _NOBODY)] = True
            picked &= having
        return np.flatnonzero(picked)


_NOBODY = np.array([], dtype=np.int64)


def _conditions(select: Selection) -> list[tuple[str, tuple[str, ...]]]:
    given = [
        ("domain", (select.domain,) if select.domain is not None else ()),
        # A sensor that lists no quantities may send any.
        ("quantity", (select.quantity, "") if select.quantity else ()),
        *((condition, getattr(select, condition)) for condition in ("kinds", "districts", "sites", "tags", "sensors")),
    ]
    return [(condition, words) for condition, words in given if words]
