"""Air quality by station: means of hours as they end, and what an index makes of them, by hour and by day."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from city.clock import SECOND_NS
from city.derived.aqi_cn import ITEMS, VALID_MINUTES
from city.level import Domain
from ingest.derived.hours import REMEMBERED, Hours
from ingest.derived.section import Choice, Section
from ingest.derived.surroundings import Chosen, Surroundings
from ingest.derived.told import DERIVED, OVER_TIME, Made, Told
from ingest.derived.windows import Closed, Patience, Windows
from ingest.key_table import Places
from ingest.telemetry import DERIVED_NO_DATA

_HOUR_NS = 3_600 * SECOND_NS
_INPUTS = {item: place for place, item in enumerate(ITEMS)}

#: Results by the name of their quantity, a value a station; NaN stands for none.
Results = dict[str, NDArray[np.float64]]


class Index(Protocol):
    """Says how good air is, from means of hours: stations x hours x items, the newest hour first."""

    def hour(self, hours: NDArray[np.float64], day: date) -> Results:
        """Return what is told at the end of the first of these 24 hours, which lies on `day`."""
        ...

    def day(self, hours: NDArray[np.float64], day: date) -> Results:
        """Return what is told at the end of `day`, whose hours these are."""
        ...


@dataclass(frozen=True, slots=True)
class AirSettings:
    """How many minutes of an hour must have values, and which sensors are stations: air in a garage has no index."""

    valid_minutes: int
    where: Choice[bool]


def read_air(section: Section) -> AirSettings:
    """Return what the city says of its stations."""
    minutes = round(section.number("valid_minutes", VALID_MINUTES, 1, 60))
    return AirSettings(minutes, section.where(Domain.ENVIRONMENT))


class Air:
    """Hours of each station; an hour is told at its end, as that of two o'clock from one to two, and a day at its end.

    A day whose last hour a station was silent is told when it speaks again.
    """

    def __init__(self, name: str, index: Index, settings: AirSettings, around: Surroundings) -> None:
        self._name, self._index, self._around = name, index, around
        self._valid_minutes, self._where = settings.valid_minutes, Chosen(settings.where, around)
        self._windows = Windows(name, len(ITEMS), _HOUR_NS, Patience(), around.offset_ns())
        self._hours = Hours(len(ITEMS))

    def item(self, series: str) -> int | None:
        """Return which item of the index a series is."""
        return _INPUTS.get(series)

    def take(self, told: Told) -> list[Made]:
        """Return the indexes of hours that are over with these values."""
        wanted = self._where.any_of(told.sensor)
        return self._judged(self._windows.take(told.take(wanted))) if wanted.any() else []

    def tick(self, now_ns: int, listening_since_ns: int) -> list[Made]:
        """Return the indexes of stations that fell silent."""
        closed = self._windows.tick(now_ns, listening_since_ns)
        return self._judged(closed) if closed is not None else []

    def _judged(self, closed: Closed) -> list[Made]:
        each = self._around.minutes_a_reading(closed.sensor)[:, np.newaxis]
        valid = closed.minutes * each >= self._valid_minutes
        lacking = int(((closed.count > 0) & ~valid).sum())
        if lacking:
            DERIVED_NO_DATA.labels(self._name).inc(lacking)
        means = np.where(valid, closed.total / np.maximum(closed.count, 1), np.nan)
        found: list[Made] = []
        for hour in np.unique(closed.index).tolist():  # of each station in order of time
            on = closed.index == hour
            found += self._hour(hour, closed.take(on), means[on])
        return found

    def _hour(self, hour: int, closed: Closed, means: NDArray[np.float64]) -> list[Made]:
        begins_ns, ends_ns = self._windows.end_ns(np.array([hour - 1, hour])).tolist()
        today = self._around.local(begins_ns).date()
        row = self._hours.at(closed.sensor)
        held = self._hours.day(row)
        found = self._days(row[(held != 0) & (held != today.toordinal())])
        self._hours.put(row, hour, means, closed.quality & OVER_TIME)
        self._hours.set_day(row, today.toordinal())
        results = self._index.hour(self._hours.until(row, hour), today)
        found += self._made(results, row, ends_ns, closed.quality & OVER_TIME)
        return found + (self._days(row) if self._around.local(ends_ns).date() != today else [])

    def _days(self, row: Places) -> list[Made]:
        """Return what is told of these stations' days, which are over."""
        found: list[Made] = []
        held = self._hours.day(row)
        for number in np.unique(held).tolist():
            of_day, day = row[held == number], date.fromordinal(number)
            begins_ns, ends_ns = (self._midnight(one) for one in (day, day + timedelta(days=1)))
            last = (ends_ns - self._around.offset_ns()) // _HOUR_NS - 1
            count = min((ends_ns - begins_ns) // _HOUR_NS, REMEMBERED)
            results = self._index.day(self._hours.until(of_day, last, count), day)
            found += self._made(results, of_day, ends_ns, self._hours.flags(of_day, last, count))
            self._hours.set_day(of_day, 0)
        return found

    def _midnight(self, day: date) -> int:
        return round(datetime(day.year, day.month, day.day, tzinfo=self._around.zone).timestamp()) * SECOND_NS

    def _made(self, results: Results, row: Places, time_ns: int, quality: NDArray[np.uint16]) -> list[Made]:
        sensor, when = self._hours.sensors(row), np.full(len(row), time_ns)
        return [
            Made.of(self._around.number(name), sensor, when, value, quality | DERIVED)
            for name, value in results.items()
            if not np.isnan(value).all()
        ]

    def dump(self) -> dict[str, NDArray[Any]]:
        """Return copies of all that it remembers."""
        return self._windows.dump() | {f"hours.{name}": one for name, one in self._hours.dump().items()}

    def load(self, kept: dict[str, NDArray[Any]]) -> None:
        """Remember what `dump` returned."""
        self._windows.load(kept)
        self._hours.load({name.removeprefix("hours."): one for name, one in kept.items() if name.startswith("hours.")})
