"""The city's unit grids (万米单元网格): which one a place lies in."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from shapely import STRtree
from shapely.geometry import Point, shape

from city.place import Place


class Grids:
    """Finds grids by place; safe between threads, since nothing in it changes."""

    def __init__(self, cells: Sequence[tuple[str, Any]] = ()) -> None:
        self._codes = [code for code, _ in cells]
        self._tree = STRtree([polygon for _, polygon in cells])

    @property
    def codes(self) -> Sequence[str]:
        """Return the codes of all grids."""
        return self._codes

    def at(self, place: Place | None) -> str:
        """Return the code of the grid at a place; on a border the first of the map's, empty outside all of them."""
        if place is None or not self._codes:
            return ""
        found = self._tree.query(Point(place), predicate="intersects")
        return self._codes[int(found.min())] if len(found) else ""


def drawn_grids(geojson: bytes) -> Grids:
    """Return the grids in a map: its features that are areas and have an `id`."""
    return Grids(list(_cells(json.loads(geojson).get("features", []))))


def _cells(features: Iterable[dict[str, Any]]) -> Iterable[tuple[str, Any]]:
    for feature in features:
        geometry, code = feature.get("geometry") or {}, (feature.get("properties") or {}).get("id")
        if code and geometry.get("type") in {"Polygon", "MultiPolygon"}:
            yield str(code), shape(geometry)
