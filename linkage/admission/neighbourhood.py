"""Finds open incidents near a happening, in SQL and among those that were opened a moment ago."""

from collections.abc import Iterable, Sequence
from math import cos, degrees, radians

from sqlalchemy import Connection, select

from city.place import EARTH_RADIUS_M
from linkage import cases
from linkage.admission.nearness import Happening, Nearness, Neighbour, neighbour
from linkage.record import IncidentRecord
from linkage.tables import INCIDENTS

#: Candidates looked at for one happening; of more, the oldest are enough to ask a person about.
_MOST = 50

#: Incidents proposed for one; a person looks at them one by one.
MOST_PROPOSED = 5

#: Below this cosine of the latitude the box around a place is all longitudes.
_POLAR = 1e-6


def neighbours(
    connection: Connection, happening: Happening, nearnesses: Sequence[Nearness], fresh: Iterable[IncidentRecord] = ()
) -> list[Neighbour]:
    """Return open incidents near it, nearest first, each once; `fresh` are those not yet written."""
    found: dict[int, Neighbour] = {}
    for nearness in nearnesses:
        if not nearness.concerns(happening.incident_class, happening.rule):
            continue
        for incident in (*_candidates(connection, happening, nearness), *fresh):
            near = neighbour(happening, incident, nearness)
            if near is not None and near.incident not in found:
                found[near.incident] = near
    return sorted(found.values(), key=lambda near: (near.distance_m, near.incident))


def _candidates(connection: Connection, happening: Happening, nearness: Nearness) -> list[IncidentRecord]:
    tall = degrees(nearness.radius_m / EARTH_RADIUS_M)
    narrowing = cos(radians(happening.place.latitude))
    wide = tall / narrowing if narrowing > _POLAR else 360.0
    longitude, latitude = happening.place
    query = (
        select(INCIDENTS)
        .where(
            INCIDENTS.c.incident_class.in_(sorted(nearness.classes)) | INCIDENTS.c.rule.in_(sorted(nearness.rules)),
            INCIDENTS.c.latitude.between(latitude - tall, latitude + tall),
            INCIDENTS.c.longitude.between(longitude - wide, longitude + wide),
            INCIDENTS.c.ended_ns.is_(None),
        )
        .order_by(INCIDENTS.c.id)
        .limit(_MOST)
    )
    return [cases.incident_of(row) for row in connection.execute(query).mappings()]
