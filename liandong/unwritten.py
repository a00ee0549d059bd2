"""Readings and events that the journal holds and the history store does not have yet."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import numpy as np

from city.entry import Arrivals
from city.history import KeptEvent, Resolution, Series, SeriesQuery
from city.quality import Quality
from ingest.journal import Journal

#: Journal rows read at once, and how often at most for one question: a second of a busy city has a few hundred rows.
_PAGE, _PAGES = 250, 8


class Unwritten:
    """The journal beyond a position, read in whichever thread asks."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def with_readings(self, series: Series, query: SeriesQuery, numbers: tuple[int, int], after: int) -> Series:
        """Return `series` with the raw readings of (sensor, quantity) `numbers` that lie beyond `after`.

        A rolled-up series stays as it is: its newest bucket may lack the last second.
        """
        if series.resolution is not Resolution.RAW:
            return series
        arrival_ns = series.arrival_ns or series.time_ns
        points = dict(zip(series.time_ns, zip(series.value, series.quality, arrival_ns, strict=True), strict=True))
        for arrivals in self._arrivals(after):
            points |= _points(arrivals, query, numbers)
        return _raw(series, dict(sorted(points.items())), query.limit)

    def events(self, sensor: str, number: int, span: range, after: int) -> list[KeptEvent]:
        """Return the events of one sensor whose time is in `span`."""
        return [
            KeptEvent(sensor, event.event, event.time_ns, event.arrival_ns, event.attributes)
            for arrivals in self._arrivals(after)
            for event in arrivals.events
            if event.sensor == number and event.time_ns in span
        ]

    def _arrivals(self, after: int) -> Iterator[Arrivals]:
        with closing(self._journal.reader((Arrivals,))) as reader:
            for _ in range(_PAGES):
                page = reader.read(after, _PAGE)
                yield from (one.content for one in page.records if isinstance(one.content, Arrivals))
                after = page.upto
                if after >= self._journal.position:
                    return


def _points(arrivals: Arrivals, query: SeriesQuery, numbers: tuple[int, int]) -> dict[int, tuple[float, int, int]]:
    readings = arrivals.readings
    asked = (readings.sensor == numbers[0]) & (readings.quantity == numbers[1])
    asked &= readings.quality & np.uint16(Quality.DUPLICATE) == 0  # the history does not keep them either
    found = readings.take(
        np.flatnonzero(asked & (readings.time_ns >= query.start_ns) & (readings.time_ns < query.end_ns))
    )
    kept = zip(found.value.tolist(), found.quality.tolist(), found.arrival_ns.tolist(), strict=True)
    return dict(zip(found.time_ns.tolist(), kept, strict=True))


def _raw(series: Series, points: dict[int, tuple[float, int, int]], limit: int) -> Series:
    times = list(points)[:limit]
    values = [points[time][0] for time in times]
    return replace(
        series,
        time_ns=times,
        value=values,
        minimum=values,
        maximum=values,
        count=[1] * len(times),
        quality=[points[time][1] for time in times],
        truncated=series.truncated or len(points) > limit,
        last=values,
        arrival_ns=[points[time][2] for time in times],
    )
