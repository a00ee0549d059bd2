"""What a silence is about: words that an alarm must match, each list by one of its members."""

from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from city.census import Census
from city.level import Level
from city.sensor import Sensor


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What of an alarm a silence can be about."""

    rule: str
    sensor: str
    level: int
    domain: str
    incident_class: str
    site: str = ""
    district: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matchers:
    """Which alarms; an empty list asks for nothing in particular.

    Attributes:
        level_at_most: alarms above this level are never matched.
    """

    rules: tuple[str, ...] = ()
    sensors: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    level_at_most: int = Level.MAJOR

    @property
    def broad(self) -> bool:
        """Tell whether nothing narrows it down: it would be about every alarm of the city."""
        lists = (self.rules, self.sensors, self.sites, self.districts, self.domains, self.classes)
        return not any(lists)

    def match(self, subject: Subject) -> bool:
        """Tell whether an alarm is meant."""
        return (
            subject.level <= self.level_at_most
            and _among(subject.rule, self.rules)
            and _among(subject.incident_class, self.classes)
            and self.match_place(subject.sensor, subject.site, subject.district, subject.domain)
        )

    def match_sensor(self, sensor: Sensor) -> bool:
        """Tell whether alarms about this sensor can be meant."""
        return self.match_place(sensor.id, sensor.site, sensor.district, sensor.domain)

    def match_census(self, census: Census) -> NDArray[np.bool_]:
        """Tell of each sensor whether alarms about it can be meant."""
        meant = np.ones(len(census), np.bool_)
        for column, words in (("site", self.sites), ("district", self.districts), ("domain", self.domains)):
            if words:
                meant &= census.words[column].having(words)
        if self.sensors:
            named = np.zeros(len(census), np.bool_)
            named[[row for sensor in self.sensors if (row := census.row_of(sensor)) is not None]] = True
            meant &= named
        return meant

    def match_place(self, sensor: str, site: str, district: str, domain: str) -> bool:
        """Tell whether what is known of the place fits."""
        return (
            _among(sensor, self.sensors)
            and _among(site, self.sites)
            and _among(district, self.districts)
            and _among(domain, self.domains)
        )

    def plain(self) -> dict[str, Any]:
        """Return it as JSON keeps it."""
        return {name: list(value) if isinstance(value, tuple) else int(value) for name, value in asdict(self).items()}


def matchers_of(plain: dict[str, Any]) -> Matchers:
    """Return what `Matchers.plain` wrote."""
    lists = {field.name: tuple(plain[field.name]) for field in fields(Matchers) if field.name != "level_at_most"}
    return Matchers(**lists, level_at_most=int(plain["level_at_most"]))


def _among(word: str, words: tuple[str, ...]) -> bool:
    return not words or word in words
