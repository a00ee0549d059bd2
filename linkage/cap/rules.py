"""What a CAP message must hold beyond its layout: the conditions of the standard, and bounds that keep it small."""

import re
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass

from city.errors import BadDocument
from city.place import Place
from linkage.cap.model import Alert, Area, Circle, Info, Polygon, Reference
from linkage.cap.words import REFERRING, Category, Scope

#: Identifier and sender may not hold these (CAP 1.2 §3.2.1): they would break references and XML.
_FORBIDDEN = re.compile(r"[\s,<&]")

#: What XML 1.0 can hold, but for the carriage return, which a parser turns into a line feed (XML 1.0 §2.2, §2.11).
_TEXT = re.compile(r"[\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]*")

#: A ring needs three corners and the first again (CAP 1.2 §3.2.4).
_FEWEST_PLACES = 4

#: Bounds of our own on what one message may hold; real ones have a few infos and a few hundred corners.
MOST_INFOS, MOST_AREAS, MOST_PLACES = 20, 200, 20_000

_LONGEST_ID = 200


def check(alert: Alert) -> None:
    """Find the first thing about `alert` that CAP 1.2 does not allow.

    Raises:
        BadDocument: names it and its place, such as `info[0].area[1].polygon[0]`.
    """
    for rule in _RULES:
        rule(alert)
    for number, info in enumerate(alert.infos):
        _check_info(info, f"info[{number}]")


def _check_names(alert: Alert) -> None:
    for name, value in (("identifier", alert.identifier), ("sender", alert.sender)):
        if not value or len(value) > _LONGEST_ID or _FORBIDDEN.search(value):
            expected = f"1 to {_LONGEST_ID} characters without spaces, commas, `<` and `&`"
            raise BadDocument(expected=expected, got=value, at=name)


def _check_conditions(alert: Alert) -> None:
    if alert.scope is Scope.RESTRICTED and not alert.restriction:
        raise BadDocument(expected="a restriction with scope `Restricted`", got="nothing", at="restriction")
    if alert.scope is Scope.PRIVATE and not alert.addresses:
        raise BadDocument(expected="addresses with scope `Private`", got="nothing", at="addresses")
    if alert.msg_type in REFERRING and not alert.references:
        raise BadDocument(expected=f"references with msgType `{alert.msg_type}`", got="nothing", at="references")


def _check_references(alert: Alert) -> None:
    for reference in alert.references:
        if not _is_reference(reference):
            expected = "sender and identifier without spaces, commas, `<` and `&`"
            raise BadDocument(expected=expected, got=reference.identifier, at="references")


def _is_reference(reference: Reference) -> bool:
    return all(name and not _FORBIDDEN.search(name) for name in (reference.sender, reference.identifier))


def _check_lists(alert: Alert) -> None:
    for name, members in (("addresses", alert.addresses), ("incidents", alert.incidents)):
        for member in members:
            if not member or '"' in member:
                raise BadDocument(expected="members without quotes", got=member, at=name)


def _check_texts(alert: Alert) -> None:
    for text, at in _texts(alert, "alert"):
        if not _TEXT.fullmatch(text):
            raise BadDocument(expected="characters that XML can hold", got=text, at=at)


def _texts(value: object, at: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield value, at
    elif isinstance(value, tuple):
        for member in value:
            yield from _texts(member, at)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _texts(getattr(value, field.name), f"{at}.{field.name}")


def _check_size(alert: Alert) -> None:
    areas = [area for info in alert.infos for area in info.areas]
    places = sum(len(ring) for area in areas for ring in area.polygons)
    for most, count, what in (
        (MOST_INFOS, len(alert.infos), "info"),
        (MOST_AREAS, len(areas), "area"),
        (MOST_PLACES, places, "polygon"),
    ):
        if count > most:
            raise BadDocument(expected=f"at most {most}", got=count, at=what)


def _check_info(info: Info, at: str) -> None:
    if not info.categories:
        words = ", ".join(f"`{word}`" for word in Category)
        raise BadDocument(expected=f"one of {words}", got="nothing", at=f"{at}.category")
    if not info.event:
        raise BadDocument(expected="a text", got="nothing", at=f"{at}.event")
    for number, resource in enumerate(info.resources):
        if not (resource.description and resource.mime_type):
            raise BadDocument(expected="resourceDesc and mimeType", got="nothing", at=f"{at}.resource[{number}]")
    for number, area in enumerate(info.areas):
        _check_area(area, f"{at}.area[{number}]")


def _check_area(area: Area, at: str) -> None:
    if not area.description:
        raise BadDocument(expected="a text", got="nothing", at=f"{at}.areaDesc")
    if area.ceiling is not None and area.altitude is None:
        raise BadDocument(expected="a ceiling only with an altitude", got=area.ceiling, at=f"{at}.ceiling")
    for number, ring in enumerate(area.polygons):
        _check_ring(ring, f"{at}.polygon[{number}]")
    for number, circle in enumerate(area.circles):
        _check_circle(circle, f"{at}.circle[{number}]")


def _check_ring(ring: Polygon, at: str) -> None:
    if len(ring) < _FEWEST_PLACES:
        raise BadDocument(expected=f"at least {_FEWEST_PLACES} places", got=len(ring), at=at)
    if ring[0] != ring[-1]:
        raise BadDocument(expected="the first place again at the end", got=ring[-1], at=at)
    for place in ring:
        _check_place(place, at)


def _check_circle(circle: Circle, at: str) -> None:
    _check_place(circle.center, at)
    if not 0 <= circle.radius_km <= 20_100:  # half way round the Earth
        raise BadDocument(expected="a radius of 0 to 20100 km", got=circle.radius_km, at=at)


def _check_place(place: Place, at: str) -> None:
    if not (-90 <= place.latitude <= 90 and -180 <= place.longitude <= 180):
        raise BadDocument(expected="latitude -90 to 90, longitude -180 to 180", got=place, at=at)


_RULES: tuple[Callable[[Alert], None], ...] = (
    _check_names,
    _check_conditions,
    _check_references,
    _check_lists,
    _check_texts,
    _check_size,
)
