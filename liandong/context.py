"""What the rules may know of the city, gathered from city folder and registry, and named by its content."""

import hashlib
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from city.catalogue import default_catalogue
from city.census import Census
from city.clock import Clock
from city.entry import Context
from city.errors import BadCityFile
from city.holidays import parse_holidays, written_out
from ingest.identity import Identity
from liandong.city_about import parse_about
from liandong.city_folder import Book, book_of
from rules.book import read_book
from rules.faults import BadRuleBook


def read_context(root: Path, census: Census, identity: Identity, clock: Clock) -> Context:
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
    quantities = {name: identity.quantity_number(name) for name in sorted(_judged(book))}
    days = _written_out(days, zone)
    version = _version(book, census, quantities, (zone, days))
    return Context(clock.now_ns(), version, book, census, quantities, zone, days)


@lru_cache(maxsize=2)
def _written_out(days: str, zone: str) -> str:
    """Return the city's days off with the published ones in them, so that no replay depends on a library's version.

    One with mistakes stays as it stands: the engine keeps the one in force and says why.
    """
    try:
        return written_out(parse_holidays(days, ZoneInfo(zone)))
    except BadCityFile:
        return days


def _judged(book: Book) -> frozenset[str]:
    """Return the series that rules judge; none for a book that will not be in force."""
    try:
        return read_book(book, default_catalogue()).quantities
    except BadRuleBook:
        return frozenset()


def _version(book: Book, census: Census, quantities: dict[str, int], calendar: tuple[str, str]) -> str:
    content = msgspec.json.encode((book, census.digest(), quantities, calendar), order="deterministic")
    return hashlib.sha256(content).hexdigest()[:16]
