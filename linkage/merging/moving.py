"""Moves alarms, keys and tasks from one incident to another, in SQL."""

from collections.abc import Collection, Iterable

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from linkage.tables import KEYS, MEMBERS, TASKS

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


def move_tasks(connection: Connection, tasks: Collection[int], target: int) -> None:
    """Let these tasks belong to another incident."""
    if tasks:
        connection.execute(update(TASKS).where(TASKS.c.id.in_(list(tasks))).values(incident=target))


def move_keys(connection: Connection, source: int, target: int, keys: Iterable[tuple[str, str]]) -> None:
    """Let these keys of an open incident, and the alarms behind them, belong to another open one."""
    for rule, place in keys:
        plain = rule.removeprefix("drill:")
        members = (MEMBERS.c.incident == source) & (MEMBERS.c.rule == plain) & (MEMBERS.c.target == place)
        connection.execute(update(MEMBERS).where(members).values(incident=target))
        key = (KEYS.c.incident == source) & (KEYS.c.rule == rule) & (KEYS.c.target == place)
        if not connection.execute(update(KEYS).where(key).values(incident=target)).rowcount:
            row = {"incident": target, "rule": rule, "target": place, "open": True}
            connection.execute(insert(KEYS), row)
