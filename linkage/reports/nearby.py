"""Near duplicates: open incidents of the same class, near in place and time, that a report may be about."""

from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, func, select

from city.nearness import box_around
from city.place import Place, distance_m
from linkage.attachments.tables import PHOTOS
from linkage.person import Person
from linkage.queue import summaries
from linkage.reports.book import ReportBook
from linkage.reports.tables import REPORTS
from linkage.reports.views import Near
from linkage.scope import visible
from linkage.tables import INCIDENTS

#: How many near duplicates a reporter can compare while somebody waits on the telephone.
_MOST = 5


@dataclass(frozen=True, slots=True)
class Sought:
    """What a report is about so far: its class and place, at the moment of asking."""

    incident_class: str
    place: Place
    now_ns: int


def near_duplicates(connection: Connection, sought: Sought, book: ReportBook, person: Person) -> tuple[Near, ...]:
    """Return open incidents that `person` may see and that this may be, the nearest first.

    The index finds those in a box; the distance decides.
    """
    box = box_around(sought.place, book.within_m)
    query = select(INCIDENTS).where(
        INCIDENTS.c.incident_class == sought.incident_class,
        INCIDENTS.c.latitude.between(box.south, box.north),
        INCIDENTS.c.longitude.between(box.west, box.east),
        INCIDENTS.c.opened_ns >= sought.now_ns - book.within_ns,
        INCIDENTS.c.ended_ns.is_(None),
        INCIDENTS.c.drill.is_(False),
        visible(person),
    )
    found = [(_metres(sought.place, row), row) for row in connection.execute(query).mappings()]
    close = sorted(((metres, row) for metres, row in found if metres <= book.within_m), key=_nearest)[:_MOST]
    numbers = [row["id"] for _, row in close]
    lines = summaries(connection, [row for _, row in close])
    counts, photos = _counts(connection, numbers), _photos(connection, numbers)
    return tuple(
        Near(
            summary=line,
            distance_m=round(metres, 1),
            reports=counts.get(row["id"], 0),
            photos=tuple(photos.get(row["id"], ())),
        )
        for line, (metres, row) in zip(lines, close, strict=True)
    )


def _metres(place: Place, row: RowMapping) -> float:
    return distance_m(place, Place(row["longitude"], row["latitude"]))


def _nearest(found: tuple[float, RowMapping]) -> tuple[float, int]:
    return found[0], found[1]["id"]


def _counts(connection: Connection, incidents: list[int]) -> dict[int, int]:
    query = select(REPORTS.c.incident, func.count().label("reports")).where(REPORTS.c.incident.in_(incidents))
    return {row.incident: row.reports for row in connection.execute(query.group_by(REPORTS.c.incident))}


def _photos(connection: Connection, incidents: list[int]) -> dict[int, list[str]]:
    """Return the photos with which each was reported, but for personal ones: looking at those is logged."""
    query = select(PHOTOS.c.incident, PHOTOS.c.id).where(
        PHOTOS.c.incident.in_(incidents), PHOTOS.c.kind == "report", PHOTOS.c.personal.is_(False)
    )
    found: dict[int, list[str]] = {}
    for row in connection.execute(query.order_by(PHOTOS.c.at_ns)):
        found.setdefault(row.incident, []).append(row.id)
    return found
