"""What the city's files say about rosters now: the words that are kept, and what they mean."""

from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from city.calendar import Calendar
from city.holidays import parse_holidays
from linkage.roster.parsing import parse_rosters
from linkage.roster.roster import Roster


@dataclass(frozen=True, slots=True)
class Source:
    """The text of `rosters.yaml`, and of `holidays.toml` and the time zone, on which patterns depend."""

    rosters: str = ""
    holidays: str = ""
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Version:
    """What held from a moment on; `number` counts from 1."""

    source: Source
    from_ns: int = 0
    number: int = 0
    roster: Roster = field(default_factory=Roster)
    calendar: Calendar = field(default_factory=lambda: Calendar(zone=ZoneInfo("UTC")))


def version_of(source: Source, *, from_ns: int, number: int) -> Version:
    """Return what a source means.

    Raises:
        BadCityFile: it is not what a city file says; what was kept once was good then.
    """
    calendar = parse_holidays(source.holidays, ZoneInfo(source.zone))
    return Version(source, from_ns, number, parse_rosters(source.rosters), calendar)
