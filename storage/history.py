"""Opens the history store that the settings name."""

from importlib import import_module
from pathlib import Path

from city.catalogue import Aggregation, Catalogue
from city.clock import Clock
from city.history import HistoryStore, Names
from storage.config import HistorySettings
from storage.duckdb import DuckdbHistory


def open_history(
    settings: HistorySettings, folder: Path, *, names: Names, catalogue: Catalogue, clock: Clock
) -> HistoryStore:
    """Open the store, with its files in `folder`.

    InfluxDB's client (15 MB, a quarter of a second) is imported only where a city keeps its history there.

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
    influxdb = import_module("storage.influxdb_history").influxdb_history
    store: HistoryStore = influxdb(settings, folder, names, aggregation)
    return store
