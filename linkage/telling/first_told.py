"""The log says, once for each department and each of its tasks, when the first message was delivered to it.

Deliveries are no deeds, and a storm of messages must not fill the log: what evaluation asks is when a department was
first told, so that alone is an event.
"""

from collections.abc import Sequence, Set

from sqlalchemy import (
    BindParameter,
    Column,
    Connection,
    ForeignKey,
    RowMapping,
    Select,
    Table,
    bindparam,
    insert,
    select,
)

from linkage import event_log
from linkage.deed import Deed
from linkage.escalation.chain import GROUP
from linkage.event_log import Stamp
from linkage.tables import INCIDENTS, TASKS
from storage.columns import RowId, Word
from storage.sql import METADATA

#: What the log calls it.
TOLD = "told"

#: Stands for a message about no task, such as those to the desks.
_NO_TASK = 0

#: Who has been told of what; derived from the log, so that the first time is known without reading it.
FIRST_TOLD = Table(
    "first_told",
    METADATA,
    Column("incident", ForeignKey("incidents.id"), primary_key=True),
    Column("department", Word, primary_key=True),
    Column("task", RowId, primary_key=True, autoincrement=False),
)


# Built once: building a statement anew costs as much as running it.
_THESE: BindParameter[list[int]] = bindparam("these", expanding=True)
_TOLD = select(FIRST_TOLD).where(FIRST_TOLD.c.incident.in_(_THESE))
_VERSIONS = select(INCIDENTS.c.id, INCIDENTS.c.version).where(INCIDENTS.c.id.in_(_THESE))
_HOLDERS = select(TASKS.c.id, TASKS.c.incident).where(TASKS.c.id.in_(_THESE))

#: An incident, the department that was told of it, and the task that it was told of.
_Key = tuple[int, str, int]


def note_told(connection: Connection, delivered: Sequence[tuple[RowMapping, int]]) -> int:
    """Write which of the messages delivered, each with its time, were the first, inside the caller's transaction.

    The incidents' versions stay as they are: nothing of them changed. Returns how many entries the log has got.
    """
    counted = [one for one in delivered if one[0]["incident"] is not None and not _is_group(one[0]["department"])]
    fresh = _fresh(connection, counted) if counted else {}
    if not fresh:
        return 0
    versions = _pairs(connection, _VERSIONS, {incident for incident, _, _ in fresh})
    connection.execute(
        insert(FIRST_TOLD),
        [{"incident": incident, "department": name, "task": task} for incident, name, task in fresh],
    )
    stamps = (Stamp(at_ns=at_ns, incident=key[0], version=versions[key[0]]) for key, (_, at_ns) in fresh.items())
    deeds = (_deed(message) for message, _ in fresh.values())
    return len(event_log.append(connection, zip(deeds, stamps, strict=True)))


def _fresh(connection: Connection, delivered: Sequence[tuple[RowMapping, int]]) -> dict[_Key, tuple[RowMapping, int]]:
    """Return the first message of each incident, department and task that nobody was told of before."""
    # A task may have gone on in another incident since the message was written.
    holders = _pairs(connection, _HOLDERS, {message["task"] for message, _ in delivered} - {None})
    found: dict[_Key, tuple[RowMapping, int]] = {}
    for message, at_ns in delivered:
        task = _NO_TASK if message["task"] is None else message["task"]
        incident = holders.get(task, message["incident"])
        found.setdefault((incident, message["department"], task), (message, at_ns))
    told = connection.execute(_TOLD, {"these": sorted({incident for incident, _, _ in found})})
    for row in told:
        found.pop((row.incident, row.department, row.task), None)
    return found


def _pairs(connection: Connection, query: Select[int, int], these: Set[int]) -> dict[int, int]:
    """Return what `query` says of each of `these`."""
    return dict(connection.execute(query, {"these": sorted(these)}).all()) if these else {}


def _deed(message: RowMapping) -> Deed:
    data: dict[str, object] = {"message": message["id"], "about": message["event"], "channel": message["channel"]}
    return Deed(step=TOLD, task=message["task"], department=message["department"], data=data)


def _is_group(name: str) -> bool:
    return name.startswith(GROUP)
