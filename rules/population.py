"""The registered sensors in columns, so that a thousand selections over them are quick."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from zoneinfo import ZoneInfo

import numpy as np
import shapely
from numpy.typing import NDArray

from city.calendar import Calendar
from city.catalogue import default_catalogue
from city.census import Census
from city.clock import SECOND_NS
from city.entry import NumberedSensor
from city.registered import Registered
from city.sensor import Sensor
from rules.selection import LISTS, Corner, Selection

Rows = NDArray[np.int64]
Fitting = Callable[[Census, tuple[str, ...]], NDArray[np.bool_]]

#: A component's code begins with so many digits of its county (GB/T 30428.2).
_COUNTY = 6

#: The days of `date.toordinal` before 1970, and the length of one.
_EPOCH, _DAY_NS = date(1970, 1, 1).toordinal(), 86_400 * SECOND_NS

#: The calendar where nobody gave one.
_EVERYWHERE = Calendar(ZoneInfo("UTC"))


class Population:
    """The sensors, quantity numbers and calendar of the context in force."""

    def __init__(
        self, sensors: Sequence[NumberedSensor], quantities: Mapping[str, int], calendar: Calendar = _EVERYWHERE
    ) -> None:
        self.calendar = calendar
        self._census = Census.of(sensors)
        self.sensors: Sequence[Sensor] = Registered(self._census)
        self.numbers = self._census.numbers["number"].astype(np.int64)
        self.quantities = dict(quantities)
        self._known: dict[tuple[str, tuple[str, ...]], NDArray[np.bool_]] = {}

    @property
    def everybody(self) -> NDArray[np.bool_]:
        """Return that every sensor is picked."""
        return np.ones(len(self.sensors), dtype=np.bool_)

    @property
    def promising(self) -> NDArray[np.bool_]:
        """Return which sensors promised to speak again and again, and are no recordings."""
        promising: NDArray[np.bool_] = np.isfinite(self.intervals_s) & ~self._census.numbers["recorded"]
        return promising

    @property
    def intervals_s(self) -> NDArray[np.float64]:
        """Return the seconds between readings that sensors promised; not a number where they did not."""
        return self._census.numbers["interval_s"]

    @property
    def installed_ns(self) -> Rows:
        """Return since when sensors count as installed: the day's midnight UTC, which no city east of it waits for.

        0 where nobody knows.
        """
        days = self._census.numbers["installed"].astype(np.int64)
        return np.where(days == 0, 0, (days - _EPOCH) * _DAY_NS)

    def words_of(self, field: str) -> tuple[Rows, Sequence[str]]:
        """Return for each sensor the place of its word of a field among the words that there are."""
        column = self._census.words[field]
        return column.codes.astype(np.int64), column.words

    def row_of(self, sensor: str) -> int | None:
        """Return the row of a sensor by its id; None for one that is not registered."""
        return self._census.row_of(sensor)

    def id_of(self, row: int) -> str:
        """Return what a sensor is called."""
        return self._census.texts["id"][row]

    @property
    def places(self) -> NDArray[np.float64]:
        """Return longitude and latitude of each sensor; not a number where it has no place."""
        return np.stack([self._census.numbers["longitude"], self._census.numbers["latitude"]], axis=1)

    @property
    def recorded(self) -> NDArray[np.bool_]:
        """Return which sensors are recordings."""
        return self._census.numbers["recorded"]

    def match(self, select: Selection) -> Rows:
        """Return the rows of the sensors that `select` picks, in order."""
        picked = self.everybody
        for condition, words in _conditions(select):
            picked &= self._having(condition, words)
        if select.area:
            picked &= self._within(select.area)
        return np.flatnonzero(picked)

    def _having(self, condition: str, words: tuple[str, ...]) -> NDArray[np.bool_]:
        """Return which sensors meet a condition; remembered, as many rules have the same."""
        if (condition, words) not in self._known:
            self._known[condition, words] = _FITTING[condition](self._census, words)
        return self._known[condition, words]

    def _within(self, area: tuple[Corner, ...]) -> NDArray[np.bool_]:
        """Return which sensors stand in a polygon; on its edge is in it."""
        numbers = self._census.numbers
        inside: NDArray[np.bool_] = shapely.intersects_xy(
            shapely.Polygon(area), numbers["longitude"], numbers["latitude"]
        )
        return inside


def _having(column: str) -> Fitting:
    return lambda census, words: census.words[column].having(words)


def _beginning(census: Census, words: tuple[str, ...]) -> NDArray[np.bool_]:
    """Return which sensors have a grid whose code begins with one of these."""
    grids = census.words["grid"]
    return grids.where([grid.startswith(words) for grid in grids.words])


def _tagged(census: Census, words: tuple[str, ...]) -> NDArray[np.bool_]:
    tags = census.words["tags"]
    return tags.where([not tagged.isdisjoint(words) for tagged in tags.words])


def _listing(census: Census, words: tuple[str, ...]) -> NDArray[np.bool_]:
    """Return which sensors list one of these quantities, or what makes it up; one that lists none may send any."""
    lists, known = census.words["quantities"], default_catalogue().quantities
    made_of = [way for word in words if word in known for way in known[word].made_of]
    return lists.where(
        [
            not listed or not set(words).isdisjoint(listed) or any(way.issubset(listed) for way in made_of)
            for listed in lists.words
        ]
    )


def _named(census: Census, words: tuple[str, ...]) -> NDArray[np.bool_]:
    found = np.zeros(len(census), dtype=np.bool_)
    found[[row for word in words if (row := census.row_of(word)) is not None]] = True
    return found


def _classed(census: Census, words: tuple[str, ...]) -> NDArray[np.bool_]:
    """Return which sensors have a component's code with one of these classes in it."""
    return np.array([code.startswith(words, _COUNTY) for code in census.texts["code"].all()], dtype=np.bool_)


#: Which sensors meet each condition.
_FITTING: dict[str, Fitting] = {
    "domain": _having("domain"),
    "kinds": _having("kind"),
    "districts": _having("district"),
    "sites": _having("site"),
    "grids": _beginning,
    "upstreams": _having("upstream"),
    "classes": _classed,
    "tags": _tagged,
    "sensors": _named,
    "quantity": _listing,
}


def _conditions(select: Selection) -> list[tuple[str, tuple[str, ...]]]:
    given = [
        ("domain", (select.domain,) if select.domain is not None else ()),
        # A sensor that lists `temperature` has `temperature/top` too.
        ("quantity", (select.quantity, select.quantity.partition("/")[0]) if select.quantity else ()),
        *((condition, getattr(select, condition)) for condition in LISTS),
    ]
    return [(condition, words) for condition, words in given if words]
