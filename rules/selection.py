"""Which sensors a rule is about: every condition given must match, and a list matches any of its members."""

from dataclasses import dataclass
from typing import Any

from city.level import Domain
from city.yaml_lines import Located

LISTS = ("kinds", "districts", "sites", "grids", "upstreams", "classes", "tags", "sensors")

#: A corner is longitude and latitude, WGS-84 degrees.
Corner = tuple[float, float]

_FEWEST_CORNERS = 3

_WORD = {"type": "string", "minLength": 1}
_WORDS = {"type": "array", "items": _WORD, "minItems": 1}
_CORNER = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}

#: The JSON Schema of a selection.
SELECTION: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "minProperties": 1,
    "properties": {
        "domain": {"enum": [domain.value for domain in Domain]},
        "quantity": _WORD,
        **dict.fromkeys(LISTS, _WORDS),
        "area": {"type": "array", "items": _CORNER, "minItems": 3, "description": "corners, [longitude, latitude]"},
    },
}


@dataclass(frozen=True, slots=True)
class Selection:
    """The `select` of a rule; an empty condition matches every sensor.

    Attributes:
        quantity: the quantity that is judged; a sensor that lists its quantities must list this one.
        grids: codes of grids, or the beginning that the grids of a street or a community share.
        upstreams: gateways or feeders that sensors depend on.
        classes: main class, or main class and subclass, of components (GB/T 30428.2: `01`, `0103`) that sensors are or
            watch; they stand behind the six digits of the county in the code.
        tags: a sensor that carries any of these matches.
        sensors: sensor ids.
        area: corners of a polygon; a sensor without a place is in none.
    """

    domain: Domain | None = None
    quantity: str = ""
    kinds: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    grids: tuple[str, ...] = ()
    upstreams: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    sensors: tuple[str, ...] = ()
    area: tuple[Corner, ...] = ()


def read_selection(written: Located) -> Selection:
    """Return the selection of a rule.

    Raises:
        BadCityFile: a key is unknown, a domain is none of the four, or a list is empty or holds something but texts.
    """
    fields = written.fields((), ("domain", "quantity", "area", *LISTS))
    if not fields:
        raise written.wrong(expected="at least one condition", got="nothing")
    lists = {key: _words(fields[key]) for key in LISTS if key in fields}
    domain = Domain(fields["domain"].word(list(Domain))) if "domain" in fields else None
    quantity = fields["quantity"].text() if "quantity" in fields else ""
    return Selection(domain=domain, quantity=quantity, area=_area(fields["area"]) if "area" in fields else (), **lists)


def _words(written: Located) -> tuple[str, ...]:
    words = tuple(member.text() for member in written.items())
    if not words:
        raise written.wrong(expected="at least one word", got="an empty list")
    return words


def _area(written: Located) -> tuple[Corner, ...]:
    corners = tuple(read_corner(member) for member in written.items())
    if len(corners) < _FEWEST_CORNERS:
        raise written.wrong(expected=f"a polygon of {_FEWEST_CORNERS} corners or more")
    return corners


def read_corner(written: Located) -> Corner:
    """Return a place, `[longitude, latitude]`; raises BadCityFile."""
    members = written.items()
    if len(members) != 2:
        raise written.wrong(expected="`[longitude, latitude]`")
    longitude, latitude = (member.number() for member in members)
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        raise written.wrong(expected="longitude and latitude in degrees", got=f"{longitude:g}, {latitude:g}")
    return longitude, latitude
