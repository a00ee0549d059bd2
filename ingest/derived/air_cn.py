"""China's air quality index of stations, by the edition of HJ 633 that was in force."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from city.derived.aqi_cn import ITEMS, VALID_8H_OF_DAY, VALID_OF_8, VALID_OF_24, Edition, aqi, edition_on, iaqi
from ingest.derived.air import Air, AirSettings, Results, read_air
from ingest.derived.hours import mean_of
from ingest.derived.section import Section
from ingest.derived.surroundings import Surroundings

NAME, _OF_DAY = "aqi_cn", "aqi_cn_day"
_OF_ITEMS = {item: f"iaqi_cn_{item}" for item in ITEMS}
OUTPUTS = (NAME, _OF_DAY, *_OF_ITEMS.values())

_PARTICLES = ("pm10", "pm25")
_O3 = ITEMS.index("o3")


@dataclass(frozen=True, slots=True)
class CnSettings:
    """Stations, and items that nobody need monitor (HJ 633-2026, 5.3.2)."""

    air: AirSettings
    exempt: tuple[str, ...]


def read(section: Section) -> CnSettings:
    """Return what the city says of its index."""
    section.only("enabled", "valid_minutes", "where", "exempt")
    return CnSettings(read_air(section), section.words("exempt", ITEMS))


def make(settings: CnSettings, around: Surroundings) -> Air:
    """Return the derivation."""
    return Air(NAME, _Cn(settings.exempt), settings.air, around)


class _Cn:
    def __init__(self, exempt: tuple[str, ...]) -> None:
        self._exempt = exempt

    def hour(self, hours: NDArray[np.float64], day: date) -> Results:
        """Return the real-time index, and that of each item."""
        edition = edition_on(day)
        of_items = {item: self._of_hour(edition, item, hours[:, :, place]) for place, item in enumerate(ITEMS)}
        return {NAME: aqi(of_items, self._exempt), **{_OF_ITEMS[item]: one for item, one in of_items.items()}}

    def _of_hour(self, edition: Edition, item: str, hours: NDArray[np.float64]) -> NDArray[np.float64]:
        if item in _PARTICLES:
            return iaqi(edition, f"{item}_24h", mean_of(hours, VALID_OF_24) if edition.sliding else hours[:, 0])
        found = iaqi(edition, f"{item}_1h", hours[:, 0])
        if not edition.sliding:
            return found
        if item == "o3":
            return np.fmax(found, iaqi(edition, "o3_8h", mean_of(hours[:, :8], VALID_OF_8)))
        beyond = np.isnan(found) & ~np.isnan(hours[:, 0])  # SO2 above 800: the table of hours has ended
        return np.where(beyond, iaqi(edition, f"{item}_24h", mean_of(hours, VALID_OF_24)), found)

    def day(self, hours: NDArray[np.float64], day: date) -> Results:
        """Return the index of the day: means of 24 hours, and of ozone the highest of 8."""
        edition = edition_on(day)
        of_items = {
            item: iaqi(edition, f"{item}_24h", mean_of(hours[:, :, place], VALID_OF_24))
            for place, item in enumerate(ITEMS)
            if item != "o3"
        }
        of_items["o3"] = iaqi(edition, "o3_8h", _highest_of_8(hours[:, :, _O3]))
        return {_OF_DAY: aqi(of_items, self._exempt)}


def _highest_of_8(hours: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the highest of the 8-hour means that lie within the day, NaN where too few are valid."""
    means = np.stack([mean_of(hours[:, at : at + 8], VALID_OF_8) for at in range(hours.shape[1] - 7)], axis=1)
    known = ~np.isnan(means)
    return np.where(known.sum(axis=1) >= VALID_8H_OF_DAY, np.max(np.where(known, means, -1.0), axis=1), np.nan)
