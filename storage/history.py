"""Opens the history store that the settings name."""

from pathlib import Path

from city.catalogue import Aggregation, Catalogue
from city.clock import Clock
from city.history import HistoryStore, Names
from storage.bookmark import Bookmark
from storage.config import HistorySettings
from storage.duckdb import DuckdbHistory
from storage.influxdb import InfluxHistory
from storage.influxdb_server import InfluxAddress, InfluxServer


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
    server = InfluxServer(
        InfluxAddress.parse(settings.url),
        token=settings.token.get_secret_value(),
        timeout_s=settings.timeout_s,
        gzip=settings.gzip,
    )
    bookmark = Bookmark(folder / "influxdb.json", settings.url)
    return InfluxHistory(server, names, bookmark, write_lines=settings.write_lines, aggregation=aggregation)
