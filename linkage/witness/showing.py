"""The evidence of an incident as views."""

from sqlalchemy import Connection, RowMapping, select

from city.clock import iso
from linkage.tables import EVIDENCE
from linkage.views import Evidence, EvidenceSeries

#: Moments of one incident that are shown, newest first.
_SHOWN = 50


def shown(connection: Connection, incident: int) -> tuple[Evidence, ...]:
    """Return what was copied for an incident, oldest first."""
    query = select(EVIDENCE).where(EVIDENCE.c.incident == incident).order_by(EVIDENCE.c.id.desc()).limit(_SHOWN)
    return tuple(_view(row) for row in reversed(list(connection.execute(query).mappings())))


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
