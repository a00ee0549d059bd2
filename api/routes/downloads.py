"""Readings to take away: one sensor's quantity as CSV, within limits."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse
from pydantic import Field

from api.errors import documented
from api.fields import ID_PATTERN, SensorId
from api.guard import Reads
from api.permissions import Right
from api.routes.readings import Span
from api.routes.sensors import visible_one
from api.services import Desk
from api.sessions import Session
from city.clock import SECOND_NS
from city.errors import BadRequest
from city.exporting import Wanted, header, lines, pages
from city.feed import Feed
from city.history import Resolution, SeriesQuery

router = APIRouter(prefix="/sensors", tags=["readings"])

Exporter = Annotated[Session, Depends(Reads(Right.EXPORT))]

#: Longest span of one download, and most readings in it: a month at one reading every three seconds, some 60 MB.
LONGEST_DAYS, MOST_READINGS = 31, 1_000_000
_LONGEST_NS = LONGEST_DAYS * 86_400 * SECOND_NS

#: Hours in the longest span, and the two that it cuts.
_HOURS = LONGEST_DAYS * 24 + 2

_CSV: dict[int | str, dict[str, Any]] = {
    200: {"description": "Readings in order of time.", "content": {"text/csv": {"schema": {"type": "string"}}}}
}


class WantedExport(Span):
    """Which readings."""

    quantity: Annotated[str, Field(min_length=1, max_length=100, pattern=ID_PATTERN)]


@router.get(
    "/{sensor:path}/readings.csv",
    response_class=StreamingResponse,
    responses={**documented(401, 403, 404, 409), **_CSV},
)
async def readings_csv(
    desk: Desk, exporter: Exporter, sensor: SensorId, wanted: Annotated[WantedExport, Query()]
) -> StreamingResponse:
    """Return the raw readings of one quantity from `from` up to, but not at, `to`: 31 days and a million at most.

    The quantity may be named by an alias of it.
    Columns: sensor, quantity, unit, time (UTC), value, quality.
    """
    found = await visible_one(desk, exporter, sensor)
    start_ns, end_ns = wanted.bounds(desk.given.clock)
    quantity = desk.given.city.catalogue.canonical(wanted.quantity)
    series = Wanted(found.id, quantity, desk.given.city.unit_of(quantity), start_ns, end_ns)
    await _require_few(desk.given.feed, series)
    headers = {"Content-Disposition": 'attachment; filename="readings.csv"'}
    return StreamingResponse(_text(desk.given.feed, series), media_type="text/csv", headers=headers)


async def _require_few(feed: Feed, wanted: Wanted) -> None:
    if wanted.end_ns - wanted.start_ns > _LONGEST_NS:
        days = round((wanted.end_ns - wanted.start_ns) / (86_400 * SECOND_NS))
        raise BadRequest(expected=f"{LONGEST_DAYS} days at most", got=f"{days} days", at="from")
    query = SeriesQuery(wanted.sensor, wanted.quantity, wanted.start_ns, wanted.end_ns, Resolution.HOUR, _HOURS)
    count = sum((await feed.readings(query)).count)
    if count > MOST_READINGS:
        raise BadRequest(expected=f"{MOST_READINGS} readings at most", got=f"{count}", at="from")


async def _text(feed: Feed, wanted: Wanted) -> AsyncIterator[str]:
    yield header()
    async for series in pages(feed, wanted):
        yield "".join(lines(series, wanted.unit))
