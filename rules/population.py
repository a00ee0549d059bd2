"""The registered sensors in columns, so that a thousand selections over them are quick."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

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
        self._indexes: dict[str, dict[str, Rows]] = {}

    def _index(self, condition: str) -> dict[str, Rows]:
        """Return the rows of each word of a condition; built when a rule first asks for it."""
        if condition not in self._indexes:
            words = _WORDS[condition]
            rows: defaultdict[str, list[int]] = defaultdict(list)
            for row, sensor in enumerate(self.sensors):
                for word in words(sensor):
                    rows[word].append(row)
            self._indexes[condition] = {word: np.array(members, dtype=np.int64) for word, members in rows.items()}
        return self._indexes[condition]

    def match(self, select: Selection) -> Rows:
        """Return the rows of the sensors that `select` picks, in order."""
        picked = np.ones(len(self.sensors), dtype=np.bool_)
        for condition, words in _conditions(select):
            having = np.zeros(len(self.sensors), dtype=np.bool_)
            index = self._index(condition)
            for word in words:
                having[index.get(word, _NOBODY)] = True
            picked &= having
        return np.flatnonzero(picked)


_NOBODY = np.array([], dtype=np.int64)

#: What of a sensor each condition looks at.
_WORDS: dict[str, Callable[[Sensor], Iterable[str]]] = {
    "domain": lambda sensor: (sensor.domain,),
    "kinds": lambda sensor: (sensor.kind,),
    "districts": lambda sensor: (sensor.district,),
    "sites": lambda sensor: (sensor.site,),
    "tags": lambda sensor: sensor.tags,
    "sensors": lambda sensor: (sensor.id,),
    "quantity": lambda sensor: sensor.quantities or ("",),
}


def _conditions(select: Selection) -> list[tuple[str, tuple[str, ...]]]:
    given = [
        ("domain", (select.domain,) if select.domain is not None else ()),
        # A sensor that lists no quantities may send any; one that lists `temperature` has `temperature/top` too.
        ("quantity", (select.quantity, select.quantity.partition("/")[0], "") if select.quantity else ()),
        *((condition, getattr(select, condition)) for condition in ("kinds", "districts", "sites", "tags", "sensors")),
    ]
    return [(condition, words) for condition, words in given if words]
