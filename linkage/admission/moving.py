"""Moves alarms and keys from one incident to another, in SQL."""

from sqlalchemy import Connection, bindparam, delete, select, update

from linkage.tables import KEYS, MEMBERS

_MEMBERS = update(MEMBERS).where(MEMBERS.c.incident == bindparam("source")).values(incident=bindparam("target_"))
_OTHERS = KEYS.alias("others")
_SHARED = delete(KEYS).where(
    KEYS.c.incident == bindparam("source"),
    select(_OTHERS.c.rule)
    .where(_OTHERS.c.incident == bindparam("target_"), _OTHERS.c.rule == KEYS.c.rule, _OTHERS.c.target == KEYS.c.target)
    .exists(),
)
_KEYS = update(KEYS).where(KEYS.c.incident == bindparam("source")).values(incident=bindparam("target_"), open=True)


def move_alarms(connection: Connection, source: int, target: int) -> None:
    """Let every alarm and key of `source`, which has ended, belong to `target`, which is open."""
    both = {"source": source, "target_": target}
    connection.execute(_MEMBERS, both)
    connection.execute(_SHARED, both)
    connection.execute(_KEYS, both)
