"""Opens the stores that the settings name: the SQL database, brought up to date."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from city.errors import BadSettings
from liandong.city_folder import CityFolder
from liandong.folder import DataFolder
from registry.components import ComponentRegistry
from registry.kept_sensors import KeptSensors
from registry.sensors import SensorRegistry
from storage.config import DatabaseSettings
from storage.migrate import upgrade
from storage.sql import Database


@contextmanager
def database_at(settings: DatabaseSettings, folder: DataFolder) -> Iterator[Database]:
    """Yield the database for the length of the block; it is not asked anything before it is needed.

    Raises:
        BadSettings: its URL cannot be understood.
    """
    url = f"sqlite:///{folder.database}" if settings.url is None else settings.url.get_secret_value()
    database = _database(url, settings)
    try:
        yield database
    finally:
        database.close()


def _database(url: str, settings: DatabaseSettings) -> Database:
    try:
        return Database(url, readers=settings.readers, busy_timeout_s=settings.busy_timeout_s)
    except (ArgumentError, NoSuchModuleError) as exc:
        raise BadSettings(
            expected="`sqlite:///…` or `postgresql+psycopg://…`", got="another URL", at="database.url"
        ) from exc


@contextmanager
def opened_database(settings: DatabaseSettings, folder: DataFolder) -> Iterator[Database]:
    """Yield the database with its schema brought up to date.

    Raises:
        StoreUnavailable: it does not answer.
        BadSettings: its URL is of another kind, or a newer program made it.
    """
    with database_at(settings, folder) as database:
        upgrade(database)
        yield database


def registry_at(database: Database, folder: DataFolder) -> SensorRegistry:
    """Return the registry of sensors; what is read whole is kept in the data folder."""
    return SensorRegistry(database, KeptSensors(folder.registered_sensors))


def register(city: CityFolder, database: Database, registry: SensorRegistry) -> SensorRegistry:
    """Put the city folder's sensors and components into the registry, where added sensors stay, and return it.

    Raises:
        StoreUnavailable: the database does not answer.
    """
    registry.enrol(city.sensors)
    ComponentRegistry(database).replace_all(city.components)
    return registry
