"""Open incidents as GeoJSON, for maps of other systems."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import JSONResponse

from api.errors import documented
from api.guard import Reads
from api.permissions import Right
from api.services import Desk
from api.sessions import Session
from linkage.geojson import MAX_FEATURES, IncidentFeatures

router = APIRouter(tags=["incidents"])


class GeoJson(JSONResponse):
    """RFC 7946's media type."""

    media_type = "application/geo+json"


@router.get("/incidents.geojson", response_class=GeoJson, responses=documented(401, 403))
def incidents_geojson(
    desk: Desk,
    reader: Annotated[Session, Depends(Reads(Right.SEE_QUEUE))],
    limit: Annotated[
        int, Query(ge=1, le=MAX_FEATURES, description="Most features; the most urgent come first.")
    ] = 1000,
) -> IncidentFeatures:
    """Return the open incidents that have a place and that the caller may see."""
    return desk.given.map.features(reader.user.person, limit)
