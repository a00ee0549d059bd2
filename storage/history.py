"""Opens the history store that the settings name."""

from collections.abc import Callable
from pathlib import Path

from city.catalogue import Aggregation, Catalogue
from city.clock import Clock
from city.history import HistoryStore, Names, Resolution
from storage.bookmark import Bookmark
from storage.config import HistorySettings
from storage.duckdb import DuckdbHistory
from storage.influxdb import InfluxHistory
from storage.influxdb_roll import InfluxRollUps
from storage.influxdb_server import InfluxAddress, InfluxServer
from storage.influxdb_setup import address_of
from storage.refused import RefusedPoints
from storage.touched import Touched


def open_history(
    settings: HistorySettings, folder: Path, *, names: Names, catalogue: Catalogue, clock: Clock
) -> HistoryStore:
    """Open the store, with its files in `folder`.

    Raises:
        BadSettings: the address cannot be understood.
        StoreUnavailable: the DuckDB file cannot be opened now; InfluxDB is not asked before it is needed.
    """

    def aggregation(series: str) -> Aggregation:
        quantity = catalogue.of_series(series)
        return quantity.aggregation if quantity is not None else Aggregation.LINEAR

    if not settings.url:
        path = folder / "readings.duckdb"
        return DuckdbHistory(path, names, settings=settings, clock=clock, aggregation=aggregation)
    bookmark = Bookmark(folder / "influxdb.json", settings.url)
    return _influxdb(settings, folder, names, bookmark, aggregation)


def _influxdb(
    settings: HistorySettings, folder: Path, names: Names, bookmark: Bookmark, aggregation: Callable[[str], Aggregation]
) -> InfluxHistory:
    aside = RefusedPoints(folder / "influxdb.refused")

    def server(resolution: Resolution) -> InfluxServer:
        return InfluxServer(
            address_of(InfluxAddress.parse(settings.url), resolution),
            token=settings.token.get_secret_value(),
            timeout_s=settings.timeout_s,
            gzip=settings.gzip,
            refused=aside.keep,
        )

    raw, minutes, hours = map(server, (Resolution.RAW, Resolution.MINUTE, Resolution.HOUR))
    touched = Touched(folder / "influxdb-touched.json", has_older=bookmark.position > 0)
    rolled = InfluxRollUps(raw, minutes, hours, touched, aggregation, settings.write_lines)
    return InfluxHistory(raw, names, bookmark, write_lines=settings.write_lines, aggregation=aggregation, rolled=rolled)
