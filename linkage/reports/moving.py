"""Reports go where their incident goes on: who called is told how that ended."""

from sqlalchemy import Connection, update

from linkage.reports.tables import REPORTS


def move_reports(connection: Connection, source: int, target: int) -> None:
    """Let the reports of an incident that was merged belong to the one that goes on."""
    connection.execute(update(REPORTS).where(REPORTS.c.incident == source).values(incident=target))
