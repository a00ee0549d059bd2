"""The history store in InfluxDB, for a city that outgrew one file.

InfluxDB 2.x is written to its documentation: the tests run the writes against VictoriaMetrics' `/api/v2/write` and the
reads against InfluxDB 1.6, not against 2.x itself. There the bucket must answer InfluxQL on `/query` under its own
name, which 2.x arranges by itself and lets be changed with a DBRP mapping.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from itertools import islice
from typing import Any, Protocol

from city.catalogue import Aggregation
from city.entry import Arrivals
from city.history import KeptEvent, Names, NewestReadings, Past, Resolution, Series, SeriesQuery
from storage import influxql, influxql_past
from storage.arrivals import kept_of
from storage.bookmark import Bookmark
from storage.influxdb_roll import InfluxRollUps
from storage.line import LineSerialiser


class Server(Protocol):
    """What this store needs of InfluxDB; every method raises StoreUnavailable when it is away."""

    def write(self, lines: Sequence[str]) -> None:
        """Write lines of line protocol, times in nanoseconds."""
        ...

    def query(self, statement: str) -> list[dict[str, Any]]:
        """Return the series that an InfluxQL statement gives, times in nanoseconds."""
        ...

    def close(self) -> None:
        """Release the connections."""
        ...


class InfluxHistory:
    """Keeps readings in InfluxDB; a `city.history.HistoryStore`.

    A point of InfluxDB is what a reading is here, (quantity, sensor, time), and the last write wins: writing again what
    was acknowledged before a crash changes nothing. The position stands in a file here, moved after the server took
    everything before it.
    """

    def __init__(
        self,
        server: Server,
        names: Names,
        bookmark: Bookmark,
        *,
        write_lines: int = 5000,
        aggregation: Callable[[str], Aggregation] = lambda _: Aggregation.LINEAR,
        rolled: InfluxRollUps | None = None,
    ) -> None:
        """Write to `server`; without `rolled` there are no roll-ups, and each is made when it is asked for."""
        self._server, self._bookmark, self._write_lines = server, bookmark, write_lines
        self._rolled = rolled
        self._serialiser = LineSerialiser(names)
        self._aggregation = aggregation

    def position(self) -> int:
        """Return the journal position up to which the server has acknowledged everything; 0 for a new store."""
        return self._bookmark.position

    def settled(self) -> int:
        """Return the same: what the server has acknowledged is its own to keep."""
        return self._bookmark.position

    def append(self, arrivals: Sequence[tuple[int, Arrivals]], position: int) -> None:
        """Write (position, arrivals) pairs, then remember `position`; what was acknowledged before is passed over."""
        written = self._bookmark.position
        kept = kept_of([(at, each) for at, each in arrivals if at > written])
        if self._rolled is not None:
            self._rolled.touch(kept.readings.time_ns)
        for lines in _batches(self._serialiser.lines(kept), self._write_lines):
            self._server.write(lines)
        if position > written:
            self._bookmark.move(position)

    def readings(self, query: SeriesQuery) -> Series:
        """Return one series; empty for a sensor or quantity that was never heard."""
        aggregation = self._aggregation(query.quantity)
        if self._rolled is None or not self._rolled.touched.ever_rolled or query.resolution is Resolution.RAW:
            return influxql.series(self._server, query, aggregation)
        if query.resolution is not Resolution.AUTO:
            return self._rolled.series(query, query.resolution)
        raw = influxql.series(self._server, replace(query, resolution=Resolution.RAW), aggregation)
        for found in (raw, self._rolled.series(query, Resolution.MINUTE)):
            if not found.truncated and self._rolled.reaches_back(query, found):
                return found
        return self._rolled.series(query, Resolution.HOUR)

    def newest(self, since_ns: int) -> NewestReadings:
        """Return the newest reading of every series that has one at or after `since_ns`."""
        return NewestReadings.of(influxql.latest(self._server, since_ns))

    def events(self, sensor: str, start_ns: int, end_ns: int, limit: int) -> list[KeptEvent]:
        """Return a sensor's events in [start_ns, end_ns), newest first, at most `limit`."""
        return influxql.events(self._server, sensor, start_ns, end_ns, limit)

    def past(self, start_ns: int, end_ns: int) -> Iterator[Past]:
        """Yield all that arrived in [start_ns, end_ns), a stretch at a time."""
        return influxql_past.past(self._server, start_ns, end_ns)

    def oldest_ns(self) -> int | None:
        """Return the time of the oldest point that is kept."""
        return influxql_past.oldest_ns(self._server)

    def tend(self, now_ns: int) -> None:
        """Roll up what is new; what is too old InfluxDB forgets itself."""
        if self._rolled is not None:
            self._rolled.tend(now_ns)

    def still(self) -> AbstractContextManager[None]:
        """Do nothing: the one file here is replaced as a whole, and the rest is InfluxDB's."""
        return nullcontext()

    def close(self) -> None:
        """Release the connections; everything acknowledged is already kept."""
        self._server.close()


def _batches(lines: Iterator[str], size: int) -> Iterator[list[str]]:
    while batch := list(islice(lines, size)):
        yield batch
