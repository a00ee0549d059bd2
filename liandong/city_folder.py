"""The city folder: every file read and checked, with all mistakes named, before anything works by it."""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from city.calendar import Calendar
from city.catalogue import Catalogue, default_catalogue
from city.component import Component
from city.entry import NumberedSensor
from city.errors import BadCityFile
from city.faults import ManyFaults, faults_of
from city.holidays import parse_holidays
from city.registered import Registered
from city.sensor import Sensor
from ingest.derived.book import DerivedBook
from ingest.routes import Routes
from liandong.city_about import CityAbout, parse_about
from liandong.city_plans import read_plans
from linkage.departments import Directory, parse_departments
from linkage.escalation.chain import Chains, default_chains, groups_missing, parse_chains
from linkage.evaluation.formulas import Formulas, default_formulas, parse_formulas
from linkage.grids import drawn_grids
from linkage.plans.library import Plans, twins_of, unplayable
from linkage.plans.library import mistakes as plan_mistakes
from linkage.plans.track import PREFIX
from linkage.plans.upward_book import UpwardBook, parse_upward, upward_strangers
from linkage.reports.book import ReportBook, parse_reports, report_mistakes
from linkage.responsibility import Responsibility, parse_responsibility, responsibility_mistakes
from linkage.roster.parsing import parse_rosters, strangers
from linkage.roster.roster import Roster
from linkage.roster.source import Source
from linkage.standards import Standards, parse_standards
from linkage.telling.book import TellingBook, parse_messages
from registry.component_csv import BadComponents, read_components
from registry.kept_sensors import KeptSensors
from registry.sensor_csv import read_csv
from registry.sensor_file import BadSensors
from registry.sensor_geojson import read_geojson
from rules.book import read_book
from rules.faults import BadRuleBook

#: What a city without a map of its own draws.
_NO_FEATURES = '{"type":"FeatureCollection","features":[]}'

#: The files that sensors may stand in; the first one that exists is read.
_SENSOR_FILES = (("sensors.csv", read_csv), ("sensors.geojson", read_geojson))

#: A smaller file is read as quickly as what was kept of it would be.
_LARGE_BYTES = 1_000_000

#: Files by name, with their text.
Book = tuple[tuple[str, str], ...]

Read = TypeVar("Read")


class BadCity(ManyFaults):
    """Raised when a city folder holds mistakes; it reads like the first, and `faults` has all of them."""

    elsewhere = ", which `liandong check` names"


@dataclass(frozen=True, slots=True)
class CityFolder:
    """What a city says about itself.

    Attributes:
        sensors: those of the city, and those that play in the exercises of its plans.
        book: the rule files and the city's own quantities, by name, as the journal keeps them.
        basemap, grids: GeoJSON, as the console draws it.
    """

    about: CityAbout
    sensors: Registered
    routes: Routes
    derived: DerivedBook
    catalogue: Catalogue
    book: Book
    departments: Directory
    standards: Standards
    calendar: Calendar
    basemap: bytes
    grids: bytes
    reports: ReportBook
    components: tuple[Component, ...]
    plans: Plans
    upward: UpwardBook
    roster: Roster
    roster_source: Source
    chains: Chains
    telling: TellingBook
    formulas: Formulas
    responsibility: Responsibility

    @property
    def sites(self) -> dict[str, dict[str, str]]:
        """Return the names of sites, those of an exercise's stand-ins among them."""
        return self.about.sites | {f"{PREFIX}{site}": names for site, names in self.about.sites.items()}


def read_city(root: Path, kept: Path | None = None) -> CityFolder:
    """Return what the folder `root` says.

    A large file of sensors is read into columns once, which are kept in the file `kept`: our other processes read
    them instead, and the next start does, as long as the city's file is the same.

    Raises:
        BadCity: with every mistake in it.
    """
    return _Reader(root, KeptSensors(kept) if kept is not None else None).read()


def book_of(root: Path, text: Callable[[Path], str] = lambda path: path.read_text("utf-8")) -> Book:
    """Return the files that judging depends on, the city's own quantities before the rules, whatever is in them."""
    quantities = root / "quantities.toml"
    files = [*([quantities] if quantities.exists() else []), *sorted((root / "rules").glob("*.yaml"))]
    return tuple((file.relative_to(root).as_posix(), text(file)) for file in files)


class _Reader:
    """Reads file by file, so that mistakes in one do not hide those in the next."""

    def __init__(self, root: Path, kept: KeptSensors | None) -> None:
        self._root, self._kept = root, kept
        self._mistakes: list[BadCityFile] = []

    def read(self) -> CityFolder:
        self._check_there()
        about = self._parsed("city.toml", parse_about)
        departments = self._parsed("departments.yaml", parse_departments)
        standards = self._parsed("case-standards.yaml", parse_standards, absent="classes: []\n")
        calendar = None if about is None else self._calendar(about.zone)
        catalogue = self._parsed("quantities.toml", _catalogue, absent="")
        routes, derived = self._sources()
        sensors, components = self._sensors(), self._components(about)
        book = self._book(catalogue, departments, standards)
        reports, roster = self._reports(departments, standards), self._roster(departments)
        chains, telling = self._telling(departments)
        formulas = self._formulas()
        plans, upward = self._plans(about, departments, standards), self._upward(departments)
        self._mistakes += unplayable(plans, sensors)
        basemap, grids = self._map("basemap.geojson"), self._map("grids.geojson")
        responsibility = self._responsibility(standards, grids)
        self._raise_mistakes()
        return CityFolder(
            _read(about),
            _with_twins(sensors, twins_of(plans, sensors)),
            _read(routes),
            _read(derived),
            _read(catalogue),
            book,
            _read(departments),
            _read(standards),
            _read(calendar),
            basemap,
            grids,
            reports=_read(reports),
            components=components,
            plans=plans,
            upward=_read(upward),
            roster=_read(roster),
            roster_source=self._roster_source(_read(about).zone),
            chains=chains,
            telling=telling,
            formulas=formulas,
            responsibility=_read(responsibility),
        )

    def _check_there(self) -> None:
        if not (self._root / "city.toml").is_file():
            expected = "a city folder with a `city.toml`, which `--city` or the setting `city` names"
            got = "a folder without it" if self._root.is_dir() else "no folder"
            raise BadCity([BadCityFile(expected=expected, got=got, at=str(self._root))])

    def _sources(self) -> tuple[Routes | None, DerivedBook | None]:
        """Return what topics mean, and what is computed of what comes."""
        routes = self._parsed("sources.toml", _routes, absent="")
        return routes, self._parsed("derived.toml", DerivedBook.parse, absent="")

    def _book(self, catalogue: Catalogue | None, departments: Directory | None, standards: Standards | None) -> Book:
        book = book_of(self._root, self._text)
        self._judge(book, catalogue, departments, standards)
        return book

    def _reports(self, departments: Directory | None, standards: Standards | None) -> ReportBook | None:
        reports = self._parsed("reports.yaml", parse_reports, absent="")
        if reports is not None and departments is not None and standards is not None:
            self._mistakes += report_mistakes(reports, departments, standards)
        return reports

    def _responsibility(self, standards: Standards | None, grids: bytes) -> Responsibility | None:
        found = self._parsed("responsibility.yaml", parse_responsibility, absent="")
        if found is not None and standards is not None and grids:
            self._mistakes += responsibility_mistakes(found, drawn_grids(grids).codes, standards)
        return found

    def _roster(self, departments: Directory | None) -> Roster | None:
        roster = self._parsed("rosters.yaml", parse_rosters, absent="")
        if roster is not None and departments is not None:
            self._mistakes += strangers(roster, departments)
        return roster

    def _plans(self, about: CityAbout | None, departments: Directory | None, standards: Standards | None) -> Plans:
        plans = read_plans(self._root, self._text, self._mistakes)
        if about is not None and departments is not None and standards is not None:
            self._mistakes += plan_mistakes(plans, departments, standards, about.districts)
        return plans

    def _upward(self, departments: Directory | None) -> UpwardBook | None:
        upward = self._parsed("upward.yaml", parse_upward, absent="")
        if upward is not None and departments is not None:
            self._mistakes += upward_strangers(upward, [one.id for one in departments])
        return upward

    def _formulas(self) -> Formulas:
        """Return how departments, posts and areas are measured: as the city says, else as the program brings along."""
        found = self._parsed("evaluation.yaml", parse_formulas, absent="")
        return default_formulas() if found is None else found

    def _telling(self, departments: Directory | None) -> tuple[Chains, TellingBook]:
        """Return who is told when nobody answers, and the city's words, groups and quotas."""

        def messages(text: str, file: str) -> TellingBook:
            return parse_messages(text, file, None if departments is None else [one.id for one in departments])

        telling = self._parsed("messages.yaml", messages, absent="")
        written = (self._root / "escalation.yaml").exists()
        chains = self._parsed("escalation.yaml", parse_chains) if written else default_chains()
        if chains is not None and telling is not None:
            self._mistakes += groups_missing(chains, telling.groups)
        return (
            default_chains() if chains is None else chains,
            TellingBook() if telling is None else telling,
        )

    def _raise_mistakes(self) -> None:
        if self._mistakes:
            raise BadCity([_placed(mistake, self._root) for mistake in self._mistakes])

    def _parsed(self, name: str, parse: Callable[[str, str], Read], *, absent: str | None = None) -> Read | None:
        """Return what a file says; None when it is wrong, or when it is missing and `absent` does not stand for it."""
        path = self._root / name
        if not path.exists():
            if absent is None:
                self._mistakes.append(BadCityFile(expected="a file", got="none", at=name))
            return parse(absent, name) if absent is not None else None
        try:
            return parse(self._text(path), name)
        except BadCityFile as exc:
            self._mistakes += faults_of(exc)
            return None

    def _calendar(self, zone: ZoneInfo) -> Calendar | None:
        return self._parsed("holidays.toml", lambda text, file: parse_holidays(text, zone, file), absent="")

    def _roster_source(self, zone: ZoneInfo) -> Source:
        rosters, holidays = (self._root / name for name in ("rosters.yaml", "holidays.toml"))
        return Source(
            rosters=self._text(rosters) if rosters.exists() else "",
            holidays=self._text(holidays) if holidays.exists() else "",
            zone=zone.key,
        )

    def _text(self, path: Path) -> str:
        try:
            return path.read_text("utf-8")
        except UnicodeDecodeError as exc:
            name = path.relative_to(self._root).as_posix()
            self._mistakes.append(BadCityFile(expected="UTF-8 text", got=f"byte {exc.start}", at=f"{name}:1"))
            return ""

    def _sensors(self) -> Registered:
        for name, read in _SENSOR_FILES:
            path = self._root / name
            if not path.exists():
                continue
            try:
                return self._sensors_of(path.read_bytes(), name, read)
            except BadSensors as exc:
                self._mistakes += exc.mistakes
        return Registered.of(())

    def _sensors_of(self, data: bytes, name: str, read: Callable[[bytes, str], Iterable[Sensor]]) -> Registered:
        """Return the sensors of a file, as they were read before where it is still the same; raises BadSensors."""
        if self._kept is None or len(data) < _LARGE_BYTES:
            return Registered.of(read(data, name))
        key = f"{name} {hashlib.sha256(data).hexdigest()}"
        found = self._kept.load(key)
        if found is None:
            found = Registered.of(read(data, name))
            found.census.digest()  # kept with it: the registry knows by it that it has them
            self._kept.save(key, found)
        return found

    def _components(self, about: CityAbout | None) -> tuple[Component, ...]:
        path = self._root / "components.csv"
        if about is None or not path.exists():
            return ()
        try:
            return tuple(read_components(path.read_bytes(), code=about.component_code))
        except BadComponents as exc:
            self._mistakes += exc.mistakes
            return ()

    def _judge(
        self,
        book: Iterable[tuple[str, str]],
        catalogue: Catalogue | None,
        departments: Directory | None,
        standards: Standards | None,
    ) -> None:
        """Note the mistakes of the rules, in themselves and against what else the city says, where that is whole."""
        if catalogue is None or departments is None or standards is None:
            return
        try:
            rules = read_book([file for file in book if file[0].endswith(".yaml")], catalogue)
        except BadRuleBook as exc:
            self._mistakes += exc.faults
            return
        for rule in rules.rules:
            at = f"{rule.file}:{rule.line}"
            if rule.response.incident_class not in standards:
                expected = f"a class of case-standards.yaml for rule `{rule.id}`"
                self._mistakes.append(BadCityFile(expected=expected, got=rule.response.incident_class, at=at))
            for stranger in (one for one in rule.response.departments if one not in departments):
                expected = f"a department of departments.yaml for rule `{rule.id}`"
                self._mistakes.append(BadCityFile(expected=expected, got=stranger, at=at))

    def _map(self, name: str) -> bytes:
        return self._parsed(name, _geojson, absent=_NO_FEATURES) or b""


def _with_twins(sensors: Registered, twins: Sequence[Sensor]) -> Registered:
    """Return sensors by id with those that play beside them."""
    return Registered(sensors.census.changed([NumberedSensor(0, one) for one in twins], ())) if twins else sensors


def _read(found: Read | None) -> Read:
    """Return what was read; what was not had a mistake, which has been raised."""
    assert found is not None
    return found


def _catalogue(text: str, file: str) -> Catalogue:
    return Catalogue.parse(text, file=file, base=default_catalogue())


def _routes(text: str, file: str) -> Routes:
    return Routes.parse(text, file=file)


def _geojson(text: str, file: str) -> bytes:
    try:
        content = json.loads(text)
    except json.JSONDecodeError as exc:
        raise BadCityFile(expected="GeoJSON", got=exc.msg, at=f"{file}:{exc.lineno}") from exc
    if not isinstance(content, dict) or content.get("type") != "FeatureCollection":
        raise BadCityFile(expected="a GeoJSON FeatureCollection", got=text[:40], at=f"{file}:1")
    return text.encode()


def _placed(mistake: BadCityFile, root: Path) -> BadCityFile:
    return BadCityFile(expected=mistake.expected, got=mistake.got, at=str(root / mistake.at))
