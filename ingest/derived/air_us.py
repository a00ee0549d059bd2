"""The United States' air quality index of stations, particles by their NowCast."""

from datetime import date

import numpy as np
from numpy.typing import NDArray

from city.derived.aqi_cn import ITEMS, VALID_OF_8, VALID_OF_24
from city.derived.aqi_us import NOWCAST_HOURS, aqi, index_of, nowcast, parts
from ingest.derived.air import Air, AirSettings, Results, read_air
from ingest.derived.hours import mean_of
from ingest.derived.section import Section
from ingest.derived.surroundings import Surroundings

NAME = "aqi_us"
OUTPUTS = (NAME, "nowcast_us_pm10", "nowcast_us_pm25")

#: Parts per billion in one per million.
_BILLION = 1000.0


def read(section: Section) -> AirSettings:
    """Return what the city says of its stations."""
    section.only("enabled", "valid_minutes", "where")
    return read_air(section)


def make(settings: AirSettings, around: Surroundings) -> Air:
    """Return the derivation."""
    return Air(NAME, _Us(), settings, around)


class _Us:
    def hour(self, hours: NDArray[np.float64], _day: date) -> Results:
        """Return the index of the hour, and the NowCast of particles."""
        so2, no2, co, o3, pm10, pm25 = (hours[:, :, place] for place in range(len(ITEMS)))
        o3, co = parts("o3", o3) / _BILLION, parts("co", co)
        so2, no2 = parts("so2", so2), parts("no2", no2)
        cast10, cast25 = nowcast(pm10[:, :NOWCAST_HOURS]), nowcast(pm25[:, :NOWCAST_HOURS])
        index = aqi(
            {
                "pm25": index_of("pm25_24h", cast25),
                "pm10": index_of("pm10_24h", cast10),
                "o3_8h": index_of("o3_8h", mean_of(o3[:, :8], VALID_OF_8)),
                "o3_1h": index_of("o3_1h", o3[:, 0]),
                "co": index_of("co_8h", mean_of(co[:, :8], VALID_OF_8)),
                "so2_1h": index_of("so2_1h", so2[:, 0]),
                "so2_24h": index_of("so2_24h", mean_of(so2, VALID_OF_24)),
                "no2": index_of("no2_1h", no2[:, 0]),
            }
        )
        return dict(zip(OUTPUTS, (index, cast10, cast25), strict=True))

    def day(self, _hours: NDArray[np.float64], _day: date) -> Results:
        """Return nothing: its NowCast is told by the hour."""
        return {}
