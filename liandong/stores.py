"""Opens the stores that the settings name: the SQL database, brought up to date."""

from collections.abc import Iterator
from contextlib import contextmanager

from liandong.city_folder import CityFolder
from liandong.folder import DataFolder
from registry.sensors import SensorRegistry
from storage.config import DatabaseSettings
from storage.migrate import upgrade
from storage.sql import Database


@contextmanager
def opened_database(settings: DatabaseSettings, folder: DataFolder) -> Iterator[Database]:
    """Open the database for the length of the block, its schema brought up to date.

    Raises:
        StoreUnavailable: it does not answer.
        BadSettings: its URL is of another kind, or a newer program made it.
    """
    url = f"sqlite:///{folder.database}" if settings.url is None else settings.url.get_secret_value()
    database = Database(url, readers=settings.readers, busy_timeout_s=settings.busy_timeout_s)
    try:
        upgrade(database)
        yield database
    finally:
        database.close()


def register(city: CityFolder, database: Database) -> SensorRegistry:
    """Put the city folder's sensors into the registry, where those that others added stay, and return it."""
    registry = SensorRegistry(database)
    registry.upsert_many(city.sensors)
    return registry
