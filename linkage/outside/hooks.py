"""What departments' own systems are told: a task was dispatched, or something changed about it."""

import hashlib
import json
from collections.abc import Collection, Iterator, Sequence

from sqlalchemy import Connection

from city.clock import iso
from city.level import Level
from linkage.event_log import Entry
from linkage.record import Case, TaskRecord
from linkage.states import Step
from linkage.telling import outbox
from linkage.telling.book import Quotas
from linkage.telling.outbox import SYSTEM_PREFIX, Draft

#: Kinds of webhook.
DISPATCHED, CHANGED = "task.dispatched", "task.changed"

#: Events of the incident that every department with a task hears of.
_OF_ALL: frozenset[str] = frozenset(
    {
        "rise",
        "doubted",
        "confirmed",
        Step.URGE,
        Step.CONFIRM,
        Step.VOID,
        Step.CANCEL,
        Step.CLOSE,
        Step.FORCE_CLOSE,
        Step.REOPEN,
        Step.MERGE,
    }
)


def put(
    connection: Connection,
    before: Case | None,
    after: Case,
    entries: Sequence[Entry],
    systems: Collection[str],
    now_ns: int,
) -> int:
    """Write the webhooks that events of one case ask for, in the events' transaction; return how many."""
    known = set() if before is None else {task.id for task in before.tasks}
    drafts = [
        _draft(kind, entry, after, task, now_ns)
        for task in after.tasks
        if task.department in systems
        for kind, entry in _told(task, known, entries)
    ]
    return outbox.put(connection, drafts, Quotas(), now_ns)


def _told(task: TaskRecord, known: Collection[int], entries: Sequence[Entry]) -> Iterator[tuple[str, Entry]]:
    if task.id not in known:
        if entries:
            yield DISPATCHED, entries[-1]
        return
    for entry in entries:
        if entry.deed.task == task.id or (entry.deed.step in _OF_ALL and task.ended_ns is None):
            yield CHANGED, entry


def _draft(kind: str, entry: Entry, case: Case, task: TaskRecord, now_ns: int) -> Draft:
    channel = f"{SYSTEM_PREFIX}{task.department}"
    key = hashlib.sha256(f"{entry.hash}\n{channel}\n{task.id}".encode()).hexdigest()[:32]
    body = {
        "type": kind,
        "key": key,
        "event": {"number": entry.number, "step": str(entry.deed.step), "at": iso(now_ns), "note": entry.deed.note},
        "incident": _incident(case),
        "task": task_view(task),
    }
    return Draft(
        key=key,
        channel=channel,
        department=task.department,
        subject=kind,
        body=json.dumps(body, ensure_ascii=False, separators=(",", ":")),
        kind="task",
        incident=case.incident.id,
        event=entry.number,
        task=task.id,
        urgent=True,
    )


def _incident(case: Case) -> dict[str, object]:
    incident = case.incident
    return {
        "id": str(incident.id),
        "number": incident.number,
        "title": incident.title,
        "class": incident.incident_class,
        "state": incident.state,
        "priority": incident.priority,
        "level": Level(incident.level).word if incident.level else None,
        "district": incident.district,
        "place": incident.place,
        "longitude": incident.longitude,
        "latitude": incident.latitude,
        "opened_at": iso(incident.opened_ns),
        "first_actions": incident.first_actions,
        "drill": incident.drill,
        "hazard_unconfirmed": incident.doubted > 0,
        "version": incident.version,
    }


def task_view(task: TaskRecord) -> dict[str, object]:
    """Return a task as departments' systems see it."""
    return {
        "id": str(task.id),
        "department": task.department,
        "state": task.state,
        "dispatched_at": iso(task.dispatched_ns),
        "due_at": iso(task.due_ns),
        "note": task.note,
    }
