"""The weather and other warnings from outside that are in force now: what plans and people look at."""

from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, select

from city.clock import iso
from linkage.cap.judging import State
from linkage.cap.tables import CAP_RECEIVED
from linkage.plans.conditions import Warned
from linkage.views import Moment, Names, View
from storage.sql import Database

#: Warnings shown at once; a city has a handful.
_MOST = 200


class ReceivedWarning(View):
    """A warning from outside as the API shows it; without districts it holds for the whole city."""

    id: str
    sender: str
    identifier: str
    category: str
    level: str
    level_from: str
    districts: tuple[str, ...]
    headline: Names
    starts_at: Moment
    expires_at: Moment
    drill: bool


def warned(connection: Connection, now_ns: int, *, drill: bool = False) -> tuple[Warned, ...]:
    """Return the warnings in force as conditions of plans look at them; those of drills only for a drill.

    Their ids are negative, so that none is taken for a warning that the city issued itself.
    """
    query = select(CAP_RECEIVED).where(in_force(now_ns), CAP_RECEIVED.c.drill.is_(drill)).order_by(CAP_RECEIVED.c.id)
    return tuple(
        Warned(id=-row["id"], category=row["category"], level=row["level"], districts=tuple(row["districts"]))
        for row in connection.execute(query).mappings()
    )


def in_force(now_ns: int) -> ColumnElement[bool]:
    """Return the condition that a received message is in force."""
    columns = CAP_RECEIVED.c
    return (columns.state == State.IN_FORCE) & (columns.starts_ns <= now_ns) & (columns.expires_ns > now_ns)


def acts(row: RowMapping, now_ns: int) -> bool:
    """Tell whether a row of `cap_received` is in force."""
    return bool(row["state"] == State.IN_FORCE and row["starts_ns"] <= now_ns < row["expires_ns"])


class Received:
    """Reads what was received. Calls block on the database: call from a thread."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def in_force(self, now_ns: int) -> list[ReceivedWarning]:
        """Return the warnings in force, newest first."""
        query = select(CAP_RECEIVED).where(in_force(now_ns)).order_by(CAP_RECEIVED.c.id.desc()).limit(_MOST)
        with self._database.read() as connection:
            return [ReceivedWarning(**received_fields(row)) for row in connection.execute(query).mappings()]


def received_fields(row: RowMapping) -> dict[str, Any]:
    """Return the fields of `ReceivedWarning` that a row of `cap_received` says."""
    return {
        "id": str(row["id"]),
        "sender": row["sender"],
        "identifier": row["identifier"],
        "category": row["category"],
        "level": row["level"],
        "level_from": row["level_from"],
        "districts": tuple(row["districts"]),
        "headline": Names(**row["headline"]),
        "starts_at": iso(row["starts_ns"]),
        "expires_at": iso(row["expires_ns"]),
        "drill": row["drill"],
    }
