"""Silences out of SQL: rows as values, and those that hold now."""

from datetime import time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, RowMapping, bindparam, select

from linkage.admission.holds import Quiet
from linkage.silences.matching import matchers_of
from linkage.silences.silence import Silence, SilenceKind, holds_until
from linkage.silences.tables import SILENCES
from linkage.silences.window import Window

_LIVE = select(SILENCES).where(
    SILENCES.c.ended_ns.is_(None), SILENCES.c.starts_ns <= bindparam("now"), SILENCES.c.until_ns > bindparam("now")
)


def silence_of(row: RowMapping) -> Silence:
    """Return the silence in a row."""
    return Silence(
        id=row["id"],
        kind=SilenceKind(row["kind"]),
        matchers=matchers_of(row["matchers"]),
        starts_ns=row["starts_ns"],
        until_ns=row["until_ns"],
        with_alarm=row["with_alarm"],
        alarms=tuple(row["alarms"]),
        windows=tuple(window_of(window) for window in row["windows"]),
        reason=row["reason"],
        author=row["author"],
        author_name=row["author_name"],
        department=row["department"],
        created_ns=row["created_ns"],
        ended_ns=row["ended_ns"],
    )


def window_of(plain: dict[str, Any]) -> Window:
    """Return the window that `plain_window` wrote."""
    return Window(tuple(plain["days"]), time.fromisoformat(plain["begins"]), time.fromisoformat(plain["ends"]))


def plain_window(window: Window) -> dict[str, object]:
    """Return a window as JSON keeps it."""
    return {"days": list(window.days), "begins": f"{window.begins:%H:%M}", "ends": f"{window.ends:%H:%M}"}


def quiets(connection: Connection, now_ns: int, zone: ZoneInfo) -> list[Quiet]:
    """Return the silences that hold now, the oldest first."""
    silences = [silence_of(row) for row in connection.execute(_LIVE, {"now": now_ns}).mappings()]
    found = [(silence, holds_until(silence, now_ns, zone)) for silence in silences]
    return [
        Quiet(silence.id, silence.kind, silence.matchers, until_ns)
        for silence, until_ns in sorted(found, key=lambda pair: pair[0].id)
        if until_ns is not None
    ]
