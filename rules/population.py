"""The registered sensors in columns, so that a thousand selections over them are quick."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from zoneinfo import ZoneInfo

import numpy as np
import shapely
from numpy.typing import NDArray

from city.calendar import Calendar
from city.entry import NumberedSensor
from city.sensor import Sensor
from rules.selection import LISTS, Corner, Selection

Rows = NDArray[np.int64]

#: The calendar where nobody gave one.
_EVERYWHERE = Calendar(ZoneInfo("UTC"))


class Population:
    """The sensors, quantity numbers and calendar of the context in force."""

    def __init__(
        self, sensors: Sequence[NumberedSensor], quantities: Mapping[str, int], calendar: Calendar = _EVERYWHERE
    ) -> None:
        self.calendar = calendar
        self.sensors = tuple(numbered.sensor for numbered in sensors)
        self.numbers = np.array([numbered.number for numbered in sensors], dtype=np.int64)
        self.quantities = dict(quantities)
        self._indexes: dict[str, dict[str, Rows]] = {}
        self._places: NDArray[np.float64] | None = None

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
                for known in _beginning(word, index) if condition == "grids" else (word,):
                    having[index.get(known, _NOBODY)] = True
            picked &= having
        if select.area:
            picked &= self._within(select.area)
        return np.flatnonzero(picked)

    def _within(self, area: tuple[Corner, ...]) -> NDArray[np.bool_]:
        """Return which sensors stand in a polygon; on its edge is in it."""
        if self._places is None:
            nowhere = (np.nan, np.nan)
            places = [sensor.place if sensor.place is not None else nowhere for sensor in self.sensors]
            self._places = np.array(places, dtype=np.float64).reshape(-1, 2)
        inside: NDArray[np.bool_] = shapely.intersects_xy(shapely.Polygon(area), *self._places.T)
        return inside


_NOBODY = np.array([], dtype=np.int64)

#: What of a sensor each condition looks at.
_WORDS: dict[str, Callable[[Sensor], Iterable[str]]] = {
    "domain": lambda sensor: (sensor.domain,),
    "kinds": lambda sensor: (sensor.kind,),
    "districts": lambda sensor: (sensor.district,),
    "sites": lambda sensor: (sensor.site,),
    "grids": lambda sensor: (sensor.grid,),
    "upstreams": lambda sensor: (sensor.upstream,),
    "tags": lambda sensor: sensor.tags,
    "sensors": lambda sensor: (sensor.id,),
    "quantity": lambda sensor: sensor.quantities or ("",),
}


def _beginning(code: str, index: Mapping[str, Rows]) -> list[str]:
    """Return the words of an index that begin with a code."""
    return [word for word in index if word.startswith(code)]


def _conditions(select: Selection) -> list[tuple[str, tuple[str, ...]]]:
    given = [
        ("domain", (select.domain,) if select.domain is not None else ()),
        # A sensor that lists no quantities may send any; one that lists `temperature` has `temperature/top` too.
        ("quantity", (select.quantity, select.quantity.partition("/")[0], "") if select.quantity else ()),
        *((condition, getattr(select, condition)) for condition in LISTS),
    ]
    return [(condition, words) for condition, words in given if words]
