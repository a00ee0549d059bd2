"""The log says, once for each department and each of its tasks, when the first message was delivered to it.

Deliveries are no deeds, and a storm of messages must not fill the log: what evaluation asks is when a department was
first told, so that alone is an event.
"""

from sqlalchemy import Column, Connection, ForeignKey, RowMapping, Table, select

from linkage import event_log
from linkage.deed import Deed
from linkage.escalation.chain import GROUP
from linkage.event_log import Stamp
from linkage.tables import INCIDENTS, TASKS
from storage import sql
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


def note_told(connection: Connection, message: RowMapping, now_ns: int) -> bool:
    """Write that a message was delivered if it is the first, inside the caller's transaction; tell whether it was.

    The incident's version stays as it is: nothing of the incident changed.
    """
    if message["incident"] is None or message["department"].startswith(GROUP):
        return False
    task, incident = message["task"], _incident(connection, message)
    row = {
        "incident": incident,
        "department": message["department"],
        "task": _NO_TASK if task is None else task,
    }
    statement = sql.insert(connection, FIRST_TOLD).values(row).on_conflict_do_nothing()
    if connection.execute(statement.returning(FIRST_TOLD.c.incident)).first() is None:
        return False
    version = connection.execute(select(INCIDENTS.c.version).where(INCIDENTS.c.id == incident)).scalar_one()
    data: dict[str, object] = {"message": message["id"], "about": message["event"], "channel": message["channel"]}
    deed = Deed(step=TOLD, task=task, department=message["department"], data=data)
    event_log.append(connection, [(deed, Stamp(at_ns=now_ns, incident=incident, version=version))])
    return True


def _incident(connection: Connection, message: RowMapping) -> int:
    """Return the incident that the message is about: its task may have gone on in another since it was written."""
    if message["task"] is None:
        return int(message["incident"])
    now = connection.execute(select(TASKS.c.incident).where(TASKS.c.id == message["task"])).scalar_one_or_none()
    return int(message["incident"] if now is None else now)
