"""The United States' air quality index: EPA-454/B-24-002 (May 2024), table 6."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Column = NDArray[np.float64]

#: By item and time of averaging: parts of the unit in which concentrations are cut off, and bands with their lowest
#: and highest concentration (in those parts) and index. O3 and CO in ppm, SO2 and NO2 in ppb, particles in µg/m³.
_BANDS: dict[str, tuple[int, tuple[tuple[int, int, int, int], ...]]] = {
    "o3_8h": (1000, ((0, 54, 0, 50), (55, 70, 51, 100), (71, 85, 101, 150), (86, 105, 151, 200), (106, 200, 201, 300))),
    "o3_1h": (1000, ((125, 164, 101, 150), (165, 204, 151, 200), (205, 404, 201, 300), (405, 604, 301, 500))),
    "pm25_24h": (
        10,
        ((0, 90, 0, 50), (91, 354, 51, 100), (355, 554, 101, 150), (555, 1254, 151, 200), (1255, 2254, 201, 300),
         (2255, 3254, 301, 500)),
    ),
    "pm10_24h": (
        1,
        ((0, 54, 0, 50), (55, 154, 51, 100), (155, 254, 101, 150), (255, 354, 151, 200), (355, 424, 201, 300),
         (425, 604, 301, 500)),
    ),
    "co_8h": (
        10,
        ((0, 44, 0, 50), (45, 94, 51, 100), (95, 124, 101, 150), (125, 154, 151, 200), (155, 304, 201, 300),
         (305, 504, 301, 500)),
    ),
    "so2_1h": (1, ((0, 35, 0, 50), (36, 75, 51, 100), (76, 185, 101, 150), (186, 304, 151, 200))),
    "so2_24h": (1, ((305, 604, 201, 300), (605, 1004, 301, 500))),
    "no2_1h": (
        1,
        ((0, 53, 0, 50), (54, 100, 51, 100), (101, 360, 101, 150), (361, 649, 151, 200), (650, 1249, 201, 300),
         (1250, 2049, 301, 500)),
    ),
}  # fmt: skip
#: Of these the highest band does not end the scale: another time of averaging says what lies beyond it.
_ENDING = {"o3_8h": False, "so2_1h": True}

#: Molar volume of an ideal gas at 298.15 K and 1013.25 hPa, L/mol; molar masses, g/mol.
_MOLAR_VOLUME = 8.314462618 * 298.15 / 101.325
_MOLAR_MASS = {"so2": 64.066, "no2": 46.0055, "co": 28.010, "o3": 47.998}

#: What binary fractions may take from a decimal that lies on a limit.
_HAIR = 1e-6

#: NowCast: hours that it looks back, the smallest weight, and how many of the last hours it needs.
NOWCAST_HOURS, _LEAST_WEIGHT, _LAST, _OF_LAST = 12, 0.5, 3, 2


def parts(item: str, concentration: Column) -> Column:
    """Return a gas of µg/m³ (CO: mg/m³) in ppb (CO: ppm), at 298.15 K and 1013.25 hPa."""
    found: Column = concentration * _MOLAR_VOLUME / _MOLAR_MASS[item]
    return found


def index_of(item: str, concentration: Column) -> Column:
    """Return the index of one item with its time of averaging, as `pm25_24h`; NaN where it has none.

    Concentrations are cut off, not rounded: O3 to 0.001 ppm, PM2.5 and CO to 0.1, others to 1; the index is rounded to
    the nearest. Beyond the highest band of a scale it is extrapolated.
    """
    scale, bands = _BANDS[item]
    known = ~np.isnan(concentration)
    cut = np.floor(np.clip(np.where(known, concentration, 0.0), 0, None) * scale + _HAIR)
    low, high, least, most = (np.array(column, np.float64) for column in zip(*bands, strict=True))
    band = np.clip(np.searchsorted(low, cut, side="right") - 1, 0, len(bands) - 1)
    found = (most[band] - least[band]) / (high[band] - low[band]) * (cut - low[band]) + least[band]
    index = np.floor(found + 0.5)
    if item in _ENDING:
        index = np.where(cut > high[-1], most[-1] if _ENDING[item] else np.nan, index)
    return np.where(known & (cut >= low[0]), index, np.nan)


def aqi(of_items: Mapping[str, Column]) -> Column:
    """Return the highest index of those there are; NaN where there is none."""
    columns = np.stack(list(of_items.values()))
    missing = np.isnan(columns)
    return np.where(missing.all(axis=0), np.nan, np.max(np.where(missing, -1.0, columns), axis=0))


def nowcast(hours: Column) -> Column:
    """Return the NowCast of particles.

    Args:
        hours: means of hours, sensors x 12, the newest first; NaN for no data.

    Returns:
        Of each sensor Σ wⁱcᵢ / Σ wⁱ with w = max(0.5, lowest / highest); NaN where two of the last three hours are
        missing.
    """
    known = ~np.isnan(hours)
    highest = np.max(np.where(known, hours, 0.0), axis=1)
    lowest = np.min(np.where(known, hours, np.inf), axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        weight = np.where(highest > 0, np.maximum(_LEAST_WEIGHT, lowest / highest), 1.0)
        powers = weight[:, np.newaxis] ** np.arange(hours.shape[1])
        total = np.sum(np.where(known, powers * np.where(known, hours, 0.0), 0.0), axis=1)
        mean = total / np.sum(np.where(known, powers, 0.0), axis=1)
    enough = known[:, :_LAST].sum(axis=1) >= _OF_LAST
    return np.where(enough, mean, np.nan)
