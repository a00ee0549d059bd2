"""The city itself, and its map."""

from typing import Any

from fastapi import APIRouter, Depends, Response

from api.city_facts import City
from api.errors import documented
from api.guard import Reads
from api.permissions import Right
from api.services import Desk

_GEOJSON = "application/geo+json"

#: The map changes when the program is started again.
_KEEP = {"Cache-Control": "private, max-age=300"}

router = APIRouter(prefix="/city", tags=["city"], dependencies=[Depends(Reads(Right.SEE_CITY))])


class GeoJson(Response):
    """A GeoJSON feature collection."""

    media_type = _GEOJSON


_LAYER: dict[int | str, dict[str, Any]] = {
    200: {"description": "A GeoJSON FeatureCollection.", "content": {_GEOJSON: {"schema": {"type": "object"}}}}
}


@router.get("", responses=documented(401, 403))
async def city(desk: Desk) -> City:
    """Tell names, places and words of the city."""
    return desk.given.city.city


@router.get("/basemap", response_class=GeoJson, responses={**documented(401, 403), **_LAYER})
async def basemap(desk: Desk) -> GeoJson:
    """Return what the map is drawn on."""
    return GeoJson(desk.given.city.basemap, headers=_KEEP)


@router.get("/grids", response_class=GeoJson, responses={**documented(401, 403), **_LAYER})
async def grids(desk: Desk) -> GeoJson:
    """Return the grids that the city is managed by."""
    return GeoJson(desk.given.city.grids, headers=_KEEP)
