"""What the rules may know of the city, gathered from city folder and registry, and named by its content."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

import msgspec

from city.catalogue import default_catalogue
from city.clock import Clock
from city.entry import Context, NumberedSensor
from city.errors import BadCityFile
from city.sensor import Sensor
from ingest.identity import Identity
from liandong.city_about import parse_about
from liandong.city_folder import Book, book_of
from registry.sensor_fields import write_sensor
from rules.book import read_book
from rules.faults import BadRuleBook


def read_context(root: Path, sensors: Iterable[Sensor], identity: Identity, clock: Clock) -> Context:
    """Return the context of the city folder `root` and of these registered sensors.

    A wrong rule book is in it as it stands: the engine keeps the one in force and says why.

    Raises:
        BadCityFile: a file of the book cannot be read.
    """
    holidays = root / "holidays.toml"
    try:
        book = book_of(root)
        days = holidays.read_text("utf-8") if holidays.exists() else ""
        zone = parse_about((root / "city.toml").read_text("utf-8"), "city.toml").zone.key
    except (OSError, UnicodeDecodeError) as exc:
        raise BadCityFile(expected="readable rule files", got=str(exc), at=str(root)) from exc
    numbered = tuple(NumberedSensor(identity.sensor_number(sensor.id), sensor) for sensor in sensors)
    quantities = {name: identity.quantity_number(name) for name in sorted(_judged(book))}
    version = _version(book, numbered, quantities, (zone, days))
    return Context(clock.now_ns(), version, book, numbered, quantities, zone, days)


def _judged(book: Book) -> frozenset[str]:
    """Return the series that rules judge; none for a book that will not be in force."""
    try:
        return read_book(book, default_catalogue()).quantities
    except BadRuleBook:
        return frozenset()


def _version(
    book: Book, sensors: tuple[NumberedSensor, ...], quantities: dict[str, int], calendar: tuple[str, str]
) -> str:
    rows = sorted((one.number, write_sensor(one.sensor)) for one in sensors)
    content = msgspec.json.encode((book, rows, quantities, calendar), order="deterministic")
    return hashlib.sha256(content).hexdigest()[:16]
