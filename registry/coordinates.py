"""Coordinate systems of files: named by the file, converted to WGS-84, in which everything is kept.

GCJ-02 is the system of Chinese maps: WGS-84 shifted by some hundred metres, by a function that was never published and
is well known (the terms below are those that every converter has). Its inverse is found by iteration.
"""

import re
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from city.place import Place

Degrees = NDArray[np.float64]


class Crs(StrEnum):
    """A coordinate system that a file may name."""

    WGS84 = "WGS-84"
    GCJ02 = "GCJ-02"
    #: China's geodetic system since 2008: within centimetres of WGS-84 (GB 22021-2008), so nothing is converted.
    CGCS2000 = "CGCS2000"


#: What a file may name, as its mistakes say it.
EXPECTED_CRS = "coordinates in " + " or ".join(f"`{one}`" for one in Crs)

_SPELLINGS = {
    Crs.WGS84: re.compile(r"WGS-?\s?84|(OGC:[\d.]*:?)?CRS:?84|EPSG:+4326", re.IGNORECASE),
    Crs.GCJ02: re.compile(r"GCJ-?02", re.IGNORECASE),
    Crs.CGCS2000: re.compile(r"CGCS-?2000|EPSG:+4490", re.IGNORECASE),
}
_URN = "urn:ogc:def:crs:"

#: Krasovsky 1940: semi-major axis in metres and squared eccentricity, as GCJ-02 has it.
_AXIS_M, _ECCENTRICITY = 6378245.0, 0.00669342162296594323
#: Where GCJ-02 shifts: west, south, east, north in degrees. Elsewhere it is WGS-84.
_SHIFTED = (72.004, 0.8293, 137.8347, 55.8271)
#: Each step takes the error to some thousandth of itself: five of them from 700 m to far below a millimetre.
_STEPS = 5


def crs_named(text: str) -> Crs | None:
    """Return the system that `text` names; None for one that is not known."""
    name = text.strip()
    name = name[len(_URN) :] if name.lower().startswith(_URN) else name
    return next((crs for crs, spelling in _SPELLINGS.items() if spelling.fullmatch(name)), None)


def to_wgs84(crs: Crs, longitude: Degrees, latitude: Degrees) -> tuple[Degrees, Degrees]:
    """Return places in WGS-84; within a millimetre of what was shifted. Not a number stays so."""
    if crs is not Crs.GCJ02:
        return longitude, latitude
    west, south = longitude, latitude
    for _ in range(_STEPS):
        shifted_longitude, shifted_latitude = _shifted(west, south)
        west, south = west - (shifted_longitude - longitude), south - (shifted_latitude - latitude)
    return west, south


def in_wgs84(crs: Crs, place: Place) -> Place:
    """Return one place in WGS-84."""
    longitude, latitude = to_wgs84(crs, np.array([place.longitude]), np.array([place.latitude]))
    return Place(float(longitude[0]), float(latitude[0]))


def from_wgs84(crs: Crs, longitude: Degrees, latitude: Degrees) -> tuple[Degrees, Degrees]:
    """Return places of WGS-84 in `crs`."""
    return _shifted(longitude, latitude) if crs is Crs.GCJ02 else (longitude, latitude)


def _shifted(longitude: Degrees, latitude: Degrees) -> tuple[Degrees, Degrees]:
    west, south, east, north = _SHIFTED
    inside = (longitude >= west) & (longitude <= east) & (latitude >= south) & (latitude <= north)
    x, y = longitude - 105.0, latitude - 35.0
    sine = np.sin(np.radians(latitude))
    magic = 1 - _ECCENTRICITY * sine**2
    d_latitude = np.degrees(_northward(x, y) * magic * np.sqrt(magic) / (_AXIS_M * (1 - _ECCENTRICITY)))
    d_longitude = np.degrees(_eastward(x, y) * np.sqrt(magic) / (_AXIS_M * np.cos(np.radians(latitude))))
    return longitude + np.where(inside, d_longitude, 0.0), latitude + np.where(inside, d_latitude, 0.0)


def _northward(x: Degrees, y: Degrees) -> Degrees:
    """Return the shift to the north in metres."""
    shift: Degrees = -100 + 2 * x + 3 * y + 0.2 * y**2 + 0.1 * x * y + 0.2 * np.sqrt(np.abs(x)) + _ripple(x)
    waves = 20 * np.sin(y * np.pi) + 40 * np.sin(y / 3 * np.pi) + 160 * np.sin(y / 12 * np.pi)
    shift += (waves + 320 * np.sin(y * np.pi / 30)) * 2 / 3
    return shift


def _eastward(x: Degrees, y: Degrees) -> Degrees:
    """Return the shift to the east in metres."""
    shift: Degrees = 300 + x + 2 * y + 0.1 * x**2 + 0.1 * x * y + 0.1 * np.sqrt(np.abs(x)) + _ripple(x)
    waves = 20 * np.sin(x * np.pi) + 40 * np.sin(x / 3 * np.pi) + 150 * np.sin(x / 12 * np.pi)
    shift += (waves + 300 * np.sin(x / 30 * np.pi)) * 2 / 3
    return shift


def _ripple(x: Degrees) -> Degrees:
    ripple: Degrees = (20 * np.sin(6 * x * np.pi) + 20 * np.sin(2 * x * np.pi)) * 2 / 3
    return ripple
