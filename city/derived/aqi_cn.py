"""China's air quality index: HJ 633-2026, and HJ 633-2012 for what was measured before it came into force."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

Column = NDArray[np.float64]

#: The six items of the index, in µg/m³, CO in mg/m³; gases at 298.15 K and 1013.25 hPa (GB 3095).
ITEMS = ("so2", "no2", "co", "o3", "pm10", "pm25")

#: Valid minutes that make an hour's mean, and valid hours of 8 and of 24 (GB 3095, validity of data; 45 minutes is the
#: common rule, and a city may set it otherwise).
VALID_MINUTES, VALID_OF_8, VALID_OF_24 = 45, 6, 20
#: Valid 8-hour means of a day that its highest needs (HJ 663).
VALID_8H_OF_DAY = 14

#: Index at the end of each band.
_GRADES = (0, 50, 100, 150, 200, 300, 400, 500)
#: Up to this index it is not told where an item is missing.
_TOLD_ALONE = 100

_2026: dict[str, tuple[float, ...]] = {
    "so2_24h": (0, 50, 150, 475, 800, 1600, 2100, 2620),
    "so2_1h": (0, 150, 500, 650, 800),
    "no2_24h": (0, 40, 80, 180, 280, 565, 750, 940),
    "no2_1h": (0, 100, 200, 700, 1200, 2340, 3090, 3840),
    "co_24h": (0, 2, 4, 14, 24, 36, 48, 60),
    "co_1h": (0, 5, 10, 35, 60, 90, 120, 150),
    "o3_8h": (0, 100, 160, 215, 265, 800),
    "o3_1h": (0, 160, 200, 300, 400, 800, 1000, 1200),
    "pm10_24h": (0, 50, 120, 250, 350, 420, 500, 600),
    "pm25_24h": (0, 35, 60, 115, 150, 250, 350, 500),
}
_2012 = _2026 | {
    "pm10_24h": (0, 50, 150, 250, 350, 420, 500, 600),
    "pm25_24h": (0, 35, 75, 115, 150, 250, 350, 500),
}


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition of the standard.

    Attributes:
        since: the first day that it is in force.
        bands: concentration at the end of each band, by item and time of averaging.
        ends: beyond a table that ends early the index stays where it ends; else there is none, and the other time of
            averaging says it.
        sliding: an hour's report takes particles by their mean of 24 hours and ozone by that of 8 besides; else all
            items are means of the hour, particles by the bands of the day.
    """

    name: str
    since: date
    bands: Mapping[str, tuple[float, ...]]
    ends: bool
    sliding: bool


EDITIONS = (
    Edition("HJ 633-2026", date(2026, 3, 1), _2026, ends=True, sliding=False),
    Edition("HJ 633-2012", date.min, _2012, ends=False, sliding=True),
)


def edition_on(day: date) -> Edition:
    """Return the edition in force on a day."""
    return next(one for one in EDITIONS if one.since <= day)


def iaqi(edition: Edition, item: str, concentration: Column) -> Column:
    """Return the index of one item, rounded up; NaN where there is none.

    Args:
        edition: of the standard.
        item: with its time of averaging, as `so2_1h`.
        concentration: means in the item's unit, NaN for no data; rounded first, halves to even (GB/T 8170): to 0.1
            mg/m³ for CO, else to 1 µg/m³.
    """
    scale = 10 if item.startswith("co_") else 1
    known = ~np.isnan(concentration)
    rounded = np.rint(np.clip(np.where(known, concentration, 0.0), 0, None) * scale).astype(np.int64)
    ends = np.rint(np.array(edition.bands[item]) * scale).astype(np.int64)
    grades = np.array(_GRADES[: len(ends)], np.int64)
    band = np.clip(np.searchsorted(ends, rounded), 1, len(ends) - 1)
    low, high = ends[band - 1], ends[band]
    # All integers: what falls on a limit exactly is not rounded up beyond it.
    found = grades[band - 1] - -(grades[band] - grades[band - 1]) * (rounded - low) // (high - low)
    beyond = rounded > ends[-1]
    ended = edition.ends or len(ends) == len(_GRADES)
    index = np.where(beyond, float(grades[-1]) if ended else np.nan, found.astype(np.float64))
    return np.where(known, index, np.nan)


def aqi(of_items: Mapping[str, Column], exempt: Sequence[str] = ()) -> Column:
    """Return the index of all items, 1 to 500; NaN where it is not told.

    Args:
        of_items: the index of each item, NaN where it is missing.
        exempt: items that were never monitored where they were clean for three years (5.3.2); another missing item lets
            the index be told above 100 only (5.3.1).
    """
    columns = np.stack([of_items[item] for item in ITEMS])
    needed = np.stack([of_items[item] for item in ITEMS if item not in exempt])
    highest = np.max(np.where(np.isnan(columns), 0.0, columns), axis=0)
    whole = ~np.isnan(needed).any(axis=0)
    return np.where(whole | (highest > _TOLD_ALONE), np.maximum(highest, 1.0), np.nan)
