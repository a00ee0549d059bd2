"""The evidence of an incident as views."""

from sqlalchemy import Connection, RowMapping, select

from city.clock import iso
from linkage.tables import EVIDENCE
from linkage.views import Evidence, EvidenceSeries, Snapshot
from linkage.witness.asking import READINGS, SNAPSHOT

#: Moments of one incident that are shown, newest first.
_SHOWN = 50


def shown(connection: Connection, incident: int) -> tuple[Evidence, ...]:
    """Return what was copied for an incident, oldest first."""
    return tuple(_view(row) for row in _rows(connection, incident, READINGS))


def pictured(connection: Connection, incident: int) -> tuple[Snapshot, ...]:
    """Return the pictures of cameras that belong to an incident, without their addresses, oldest first."""
    found = ((row, row["series"][0]) for row in _rows(connection, incident, SNAPSHOT) if row["series"])
    return tuple(
        Snapshot(id=str(row["id"]), camera=one["camera"], at=iso(one["time_ns"]), distance_m=one["distance_m"])
        for row, one in found
    )


def _rows(connection: Connection, incident: int, kind: str) -> list[RowMapping]:
    query = select(EVIDENCE).where(EVIDENCE.c.incident == incident, EVIDENCE.c.kind == kind)
    newest = query.order_by(EVIDENCE.c.id.desc()).limit(_SHOWN)
    return list(reversed(list(connection.execute(newest).mappings())))


def _view(row: RowMapping) -> Evidence:
    return Evidence(
        event=row["event"],
        moment=row["moment"],
        sensor=row["sensor"],
        at=iso(row["at_ns"]),
        state=row["state"],
        reason=row["reason"],
        series=tuple(
            EvidenceSeries(
                quantity=one["quantity"],
                at=tuple(iso(time_ns) for time_ns in one["time_ns"]),
                value=tuple(one["value"]),
                quality=tuple(one["quality"]),
            )
            for one in row["series"]
        ),
    )
