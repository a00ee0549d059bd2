"""The names of the city's districts and sites, and the shapes of its districts, for what messages say of a place."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from city.place import Place
from linkage.cap.model import Area, Polygon
from linkage.cap.notice import Place as NamedPlace

#: Corners kept of one ring: a coast with thousands is thinned, which moves its line by less than a street's width.
_MOST_CORNERS = 500


@dataclass(frozen=True, slots=True)
class Atlas:
    """Names and shapes of districts by their id, names of sites by theirs, and the whole city's name."""

    city: Mapping[str, str] = field(default_factory=lambda: {"zh": "全市", "en": "The whole city"})
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    shapes: Mapping[str, tuple[Polygon, ...]] = field(default_factory=dict)
    sites: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def name(self, district: str) -> Mapping[str, str]:
        """Return a district's names; its id where the city gives none, the city's for no district."""
        if not district:
            return self.city
        return self.names.get(district, {"zh": district, "en": district})

    def spot(self, words: str) -> Mapping[str, str]:
        """Return a site's names; words that are no site's stand for themselves."""
        return self.sites.get(words, {"zh": words, "en": words})

    def where(self, spot: str, district: str) -> str:
        """Return a spot and its district in one line: in both languages, unless they read the same."""
        places = [self.spot(spot), *([self.name(district)] if district else [])]
        lines = (" ".join(names[language] for names in places).strip() for language in ("zh", "en"))
        return " / ".join(dict.fromkeys(lines))

    def place(self, district: str) -> NamedPlace:
        """Return a district as a place; the whole city for none."""
        shapes = self.shapes.get(district, ()) if district else tuple(self._all())
        return NamedPlace(name=self.name(district), area=Area(description=district or "city", polygons=shapes))

    def _all(self) -> Iterator[Polygon]:
        for shapes in self.shapes.values():
            yield from shapes


def drawn(
    basemap: bytes,
    names: Mapping[str, Mapping[str, str]],
    city: Mapping[str, str],
    sites: Mapping[str, Mapping[str, str]] | None = None,
) -> Atlas:
    """Return the atlas in a basemap: its features of kind `district`, by their id."""
    shapes: dict[str, tuple[Polygon, ...]] = {}
    for feature in json.loads(basemap).get("features", []):
        properties = feature.get("properties") or {}
        if properties.get("kind") == "district" and properties.get("id") in names:
            shapes[properties["id"]] = tuple(_rings(feature.get("geometry") or {}))
    return Atlas(city, names, shapes, {} if sites is None else sites)


def _rings(geometry: Mapping[str, Any]) -> Iterator[Polygon]:
    """Yield outer rings: CAP has no holes."""
    coordinates = geometry.get("coordinates", [])
    polygons = coordinates if geometry.get("type") == "MultiPolygon" else [coordinates]
    for polygon in polygons:
        if polygon and len(polygon[0]) >= 4:
            yield _thinned([Place(float(point[0]), float(point[1])) for point in polygon[0]])


def _thinned(ring: list[Place]) -> Polygon:
    every = -(-len(ring) // _MOST_CORNERS)
    corners = ring[:-1:every]
    return (*corners, corners[0])
