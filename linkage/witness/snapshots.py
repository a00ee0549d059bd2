"""Which picture of a camera belongs to an incident: the newest that one near it, or the camera itself, told of."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from urllib.parse import urlsplit

import numpy as np

from city.feed import Feed
from city.history import KeptEvent
from city.level import Domain
from city.nearness import distances_m
from city.place import Place
from city.registered import Registered
from city.sensor import Sensor
from linkage.admission.evidence import DRILL_TAG

#: The attribute of an event in which a camera gives a picture's address (the native topic's word).
ATTRIBUTE = "snapshot"

#: Cameras that are asked for one incident, and events of each that are looked through.
_CAMERAS, _EVENTS = 5, 50

#: Longest address that is kept; browsers take some 2,000 characters.
_LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Found:
    """A camera's picture; `distance_m` is None where the camera itself raised the alarm."""

    camera: str
    url: str
    event: str
    time_ns: int
    distance_m: float | None


def address_in(attributes: str) -> str:
    """Return the web address of the picture that an event's attributes give; empty where there is none to be opened."""
    told = json.loads(attributes).get(ATTRIBUTE)
    return told if isinstance(told, str) and is_address(told) else ""


def is_address(text: str) -> bool:
    """Tell whether a text is an http or https address of bounded length."""
    if len(text) > _LONGEST:
        return False
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def cameras_near(
    sensors: Iterable[Sensor], place: Place, district: str, within_m: float
) -> Sequence[tuple[float | None, str]]:
    """Return the nearest cameras with their distance, of this district or of none: whoever may see it may see them."""
    census = Registered.of(sensors).census
    words, numbers = census.words, census.numbers
    metres = distances_m(place, numbers["longitude"], numbers["latitude"])
    fits = words["domain"].having([Domain.VIDEO]) & words["district"].having(["", district]) & (metres <= within_m)
    fits &= words["tags"].where([DRILL_TAG not in tags for tags in words["tags"].words])
    rows = np.flatnonzero(fits)
    nearest = rows[np.argsort(metres[rows], kind="stable")[:_CAMERAS]]
    return [(float(metres[row]), census.texts["id"][row]) for row in nearest.tolist()]


async def newest(feed: Feed, cameras: Sequence[tuple[float | None, str]], from_ns: int, to_ns: int) -> Found | None:
    """Return the newest picture of these cameras in a span of time, of two as new the nearer one's.

    Raises:
        StoreUnavailable: ingest does not answer.
    """
    found = []
    for metres, camera in cameras:
        events = await feed.events(camera, from_ns, to_ns, _EVENTS)
        found += [_found(one, metres) for one in events if address_in(one.attributes)][:1]
    return max(found, key=lambda one: one.time_ns, default=None)


def told(found: Found | None) -> list[dict[str, object]]:
    """Return a picture as evidence keeps it; nothing for none."""
    return [] if found is None else [asdict(found)]


def _found(event: KeptEvent, metres: float | None) -> Found:
    return Found(event.sensor, address_in(event.attributes), event.event, event.time_ns, metres)
