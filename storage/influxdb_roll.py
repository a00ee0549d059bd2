"""Rolls an InfluxDB's readings up into buckets of their own: every minute and hour that was touched is made anew.

All series of a minute are asked for at once and written at once, so that what is held in memory is bounded by a minute
of the city; a bucket is a point with the same measurement, sensor and time, so that making it again replaces it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from city.catalogue import Aggregation
from city.clock import SECOND_NS
from city.history import Resolution, Series, SeriesQuery
from storage.bucket import Bucket, Point, fuller, hour_of, minute_of
from storage.influxql import identifier, where_of
from storage.line import EVENTS, measurement_of, name_of, series_start
from storage.telemetry import BUCKETS_ROLLED
from storage.touched import Touched

MINUTE_NS, HOUR_NS = 60 * SECOND_NS, 3600 * SECOND_NS

#: A minute or hour counts as closed so long after its end; until then its readings are asked for themselves.
_GRACE_NS = 30 * SECOND_NS

#: Age of a minute from which its readings may have been forgotten (the shortest retention that can be set is a day), so
#: that what was kept of it is looked at before it is replaced.
_OLD_NS = 20 * HOUR_NS

_FIELDS = ("count", "minimum", "maximum", "value", "last", "quality", "steadiness")
_ASKED = ", ".join(f'"{name}"' for name in _FIELDS)


class Server(Protocol):
    """One bucket of InfluxDB."""

    def write(self, lines: Sequence[str]) -> None:
        """Write lines of line protocol."""
        ...

    def query(self, statement: str) -> list[dict[str, Any]]:
        """Return the series that an InfluxQL statement gives."""
        ...


#: A series by measurement and sensor, as they stand in InfluxDB.
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class InfluxRollUps:
    """Minutes and hours beside the readings; `aggregation` tells each quantity's own mean."""

    readings: Server
    minutes: Server
    hours: Server
    touched: Touched
    aggregation: Callable[[str], Aggregation]
    write_lines: int = 5000

    def touch(self, time_ns: NDArray[np.int64]) -> None:
        """Note the minutes of readings that are about to be written."""
        if len(time_ns):
            self.touched.touch((np.unique(time_ns // MINUTE_NS) * MINUTE_NS).tolist())

    def tend(self, now_ns: int) -> None:
        """Make every closed minute and hour that was touched; raises StoreUnavailable, and then goes on there."""
        if self.touched.has_older:
            self.touched.touch_older(self._minutes_from_the_start(now_ns))
        closed_ns = now_ns - _GRACE_NS
        for minute_ns in self.touched.minutes:
            if minute_ns + MINUTE_NS <= closed_ns:
                self._make_minute(minute_ns, is_old=minute_ns < now_ns - _OLD_NS)
        for hour_ns in self.touched.hours:
            if hour_ns + HOUR_NS <= closed_ns:
                self._make_hour(hour_ns)

    def series(self, query: SeriesQuery, resolution: Resolution) -> Series:
        """Return a series of minutes or hours; those that are touched are made in passing."""
        width_ns = MINUTE_NS if resolution is Resolution.MINUTE else HOUR_NS
        span = range(query.start_ns // width_ns * width_ns, -(-query.end_ns // width_ns) * width_ns)
        found = self._minutes(query, span) if resolution is Resolution.MINUTE else self._hours(query, span)
        shown = [found[time_ns] for time_ns in sorted(found)][: query.limit]
        columns = {name: [getattr(each, name) for each in shown] for name in ("time_ns", *_FIELDS[:-1])}
        return Series(query.sensor, query.quantity, resolution, **columns, truncated=len(found) > query.limit)

    def reaches_back(self, query: SeriesQuery, found: Series) -> bool:
        """Return whether `found`, which is of a finer resolution, begins where the hours do and lacks nothing there."""
        start_ns = query.start_ns // HOUR_NS * HOUR_NS
        oldest = _asked_of(self.hours, query, range(start_ns, query.end_ns), 1)
        for hour_ns, bucket in oldest.items():
            count = sum(
                count for time_ns, count in zip(found.time_ns, found.count, strict=True) if time_ns < hour_ns + HOUR_NS
            )
            return hour_ns < query.start_ns or count >= bucket.count
        return True

    def _minutes(self, query: SeriesQuery, span: range) -> dict[int, Bucket]:
        found = _asked_of(self.minutes, query, span, query.limit + 1)
        touched = [minute_ns for minute_ns in self.touched.minutes if minute_ns in span]
        aggregation = self.aggregation(query.quantity)
        for run in _runs(touched):
            for start_ns, points in _by_minute(self._points(query, run)).items():
                found[start_ns] = fuller(minute_of(start_ns, points, aggregation), found.get(start_ns))
        return found

    def _hours(self, query: SeriesQuery, span: range) -> dict[int, Bucket]:
        found = _asked_of(self.hours, query, span, query.limit + 1)
        touched = {*self.touched.hours, *(minute_ns // HOUR_NS * HOUR_NS for minute_ns in self.touched.minutes)}
        for hour_ns in sorted(each for each in touched if each in span):
            minutes = self._minutes(query, range(hour_ns, hour_ns + HOUR_NS))
            if minutes:
                ordered = [minutes[time_ns] for time_ns in sorted(minutes)]
                fresh = hour_of(hour_ns, ordered, self.aggregation(query.quantity))
                found[hour_ns] = fuller(fresh, found.get(hour_ns))
        return found

    def _points(self, query: SeriesQuery, span: range) -> list[Point]:
        found = self.readings.query(
            f'SELECT "value", "quality" FROM {identifier(measurement_of(query.quantity))} '
            f"WHERE {where_of(query.sensor, span.start, span.stop)} ORDER BY time"
        )
        return [Point(time_ns, float(value), quality) for each in found for time_ns, value, quality in each["values"]]

    def _make_minute(self, minute_ns: int, *, is_old: bool) -> None:
        self.touched.take_minute(minute_ns)
        try:
            fresh = {
                key: minute_of(minute_ns, points, self.aggregation(name_of(key[0])))
                for key, points in self._all_points(minute_ns).items()
            }
            kept = _all_buckets(self.minutes, range(minute_ns, minute_ns + MINUTE_NS)) if is_old else {}
            self._write(self.minutes, {key: fuller(each, kept.get(key, [None])[0]) for key, each in fresh.items()})
        except BaseException:
            self.touched.give_back(minutes=[minute_ns])
            raise
        BUCKETS_ROLLED.labels(Resolution.MINUTE.value).inc(len(fresh))
        self.touched.made([minute_ns // HOUR_NS * HOUR_NS])

    def _make_hour(self, hour_ns: int) -> None:
        self.touched.take_hour(hour_ns)
        span = range(hour_ns, hour_ns + HOUR_NS)
        try:
            kept = _all_buckets(self.hours, span)
            made = {
                key: fuller(hour_of(hour_ns, minutes, self.aggregation(name_of(key[0]))), kept.get(key, [None])[0])
                for key, minutes in _all_buckets(self.minutes, span).items()
            }
            self._write(self.hours, made)
        except BaseException:
            self.touched.give_back(hours=[hour_ns])
            raise
        BUCKETS_ROLLED.labels(Resolution.HOUR.value).inc(len(made))
        self.touched.made([])

    def _write(self, server: Server, buckets: dict[Key, Bucket]) -> None:
        lines = (_line(key, bucket) for key, bucket in buckets.items())
        while batch := list(islice(lines, self.write_lines)):
            server.write(batch)

    def _all_points(self, minute_ns: int) -> dict[Key, list[Point]]:
        found = self.readings.query(
            f'SELECT "value", "quality" FROM /.+/ WHERE time >= {minute_ns:d} AND time < {minute_ns + MINUTE_NS:d} '
            'GROUP BY "sensor" ORDER BY time'
        )
        return {
            (each["name"], each["tags"]["sensor"]): [
                Point(time_ns, float(value), quality) for time_ns, value, quality in each["values"]
            ]
            for each in found
            if each["name"] != EVENTS
        }

    def _minutes_from_the_start(self, now_ns: int) -> Iterable[int]:
        """Return every minute since the oldest reading: what was written before there were roll-ups."""
        found = self.readings.query('SELECT first("value") FROM /.+/')
        times = [row[0] for each in found if each["name"] != EVENTS for row in each["values"]]
        return range(min(times) // MINUTE_NS * MINUTE_NS, now_ns, MINUTE_NS) if times else ()


def _asked_of(server: Server, query: SeriesQuery, span: range, limit: int) -> dict[int, Bucket]:
    found = server.query(
        f"SELECT {_ASKED} FROM {identifier(measurement_of(query.quantity))} "
        f"WHERE {where_of(query.sensor, span.start, span.stop)} ORDER BY time LIMIT {limit:d}"
    )
    return {row[0]: _bucket(row) for each in found for row in each["values"]}


def _all_buckets(server: Server, span: range) -> dict[Key, list[Any]]:
    found = server.query(
        f"SELECT {_ASKED} FROM /.+/ WHERE time >= {span.start:d} AND time < {span.stop:d} "
        'GROUP BY "sensor" ORDER BY time'
    )
    return {(each["name"], each["tags"]["sensor"]): [_bucket(row) for row in each["values"]] for each in found}


def _bucket(row: list[Any]) -> Bucket:
    time_ns, count, minimum, maximum, value, last, quality, steadiness = row
    return Bucket(time_ns, count, float(minimum), float(maximum), float(value), float(last), quality, float(steadiness))


def _line(key: Key, bucket: Bucket) -> str:
    whole = f"count={bucket.count}i,quality={bucket.quality}i"
    floats = ",".join(
        f"{name}={getattr(bucket, name)!r}" for name in ("minimum", "maximum", "value", "last", "steadiness")
    )
    return f"{series_start(*key)}{whole},{floats} {bucket.time_ns}"


def _by_minute(points: list[Point]) -> dict[int, list[Point]]:
    minutes: defaultdict[int, list[Point]] = defaultdict(list)
    for point in points:
        minutes[point.time_ns // MINUTE_NS * MINUTE_NS].append(point)
    return minutes


def _runs(minutes: list[int]) -> Iterator[range]:
    """Yield the spans of minutes that follow each other."""
    starts = [now for before, now in zip([None, *minutes], minutes, strict=False) if before != now - MINUTE_NS]
    ends = [now for now, after in zip(minutes, [*minutes[1:], None], strict=False) if after != now + MINUTE_NS]
    for start, end in zip(starts, ends, strict=True):
        yield range(start, end + MINUTE_NS)
