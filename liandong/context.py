"""What the rules may know of the city, gathered from city folder and registry, and named by its content."""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from city.census import Census
from city.clock import Clock
from city.entry import Context
from city.errors import BadCityFile
from city.holidays import parse_holidays, written_out
from ingest.identity import Identity
from liandong.city_about import parse_about
from liandong.city_folder import Book, book_of
from rules.faults import BadRuleBook
from rules.library import Library


@dataclass(frozen=True, slots=True)
class Written:
    """What the files of a city folder say to the rules: the book with the series that it judges, and the calendar."""

    book: Book
    judged: frozenset[str]
    zone: str
    holidays: str


def read_written(root: Path, library: Library) -> Written:
    """Return what the files of the city folder `root` say; takes seconds for a large book, in any thread.

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
    return Written(book, _judged(book, library), zone, _written_out(days, zone))


def read_context(written: Written, census: Census, identity: Identity, clock: Clock) -> Context:
    """Return the context of what a city folder says and of these registered sensors."""
    quantities = {name: identity.quantity_number(name) for name in sorted(written.judged)}
    version = _version(written.book, census, quantities, (written.zone, written.holidays))
    return Context(clock.now_ns(), version, written.book, census, quantities, written.zone, written.holidays)


@lru_cache(maxsize=2)
def _written_out(days: str, zone: str) -> str:
    """Return the city's days off with the published ones in them, so that no replay depends on a library's version.

    One with mistakes stays as it stands: the engine keeps the one in force and says why.
    """
    try:
        return written_out(parse_holidays(days, ZoneInfo(zone)))
    except BadCityFile:
        return days


def _judged(book: Book, library: Library) -> frozenset[str]:
    """Return the series that rules judge; none for a book that will not be in force."""
    try:
        return library.read(book).quantities
    except BadRuleBook:
        return frozenset()


def _version(book: Book, census: Census, quantities: dict[str, int], calendar: tuple[str, str]) -> str:
    content = msgspec.json.encode((book, census.digest(), quantities, calendar), order="deterministic")
    return hashlib.sha256(content).hexdigest()[:16]
