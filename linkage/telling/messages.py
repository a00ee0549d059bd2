"""The outbox of messages: what a department is told, written in the same transaction as the event it tells of."""

import hashlib
from collections.abc import Iterable
from enum import StrEnum

from sqlalchemy import Connection, insert

from city.clock import from_ns
from city.level import Level
from linkage.departments import Department
from linkage.event_log import Entry
from linkage.opening import CityBook
from linkage.record import Case
from linkage.tables import MESSAGES


class MessageState(StrEnum):
    """What became of a message."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


#: What the message is about, by the event's step.
_ABOUT = {
    "open": ("新事件", "New incident"),
    "rise": ("升级", "Worse"),
    "overdue": ("超时", "Overdue"),
    "file": ("待派遣", "To dispatch"),
    "dispatch": ("派遣任务", "Task"),
    "urge": ("督办", "Urged"),
    "void": ("自动派遣已撤销", "Voided"),
    "cancel": ("已作废", "Cancelled"),
    "feed_back": ("待核查", "To check"),
    "return": ("退回", "Returned"),
    "rework": ("返工", "Rework"),
}

#: What command is told of an incident that the system filed.
_BY_ITSELF = ("系统自动立案", "Filed by the system")


def idempotency_key(entry: Entry, department: str, channel: str) -> str:
    """Return the key under which this message may be sent again: the same event, department and channel give it."""
    return hashlib.sha256(f"{entry.hash}\n{department}\n{channel}".encode()).hexdigest()[:32]


def put(
    connection: Connection, entries: Iterable[Entry], case: Case, book: CityBook, *, now_ns: int, console_url: str
) -> int:
    """Write the messages that `entries` ask for; return how many."""
    rows = [
        _row(entry, department, channel, case, book, console_url) | {"created_ns": now_ns, "next_ns": now_ns}
        for entry in entries
        for department in (book.directory.find(name) for name in entry.deed.told)
        if department is not None
        for channel in dict.fromkeys(department.channels)
    ]
    if rows:
        connection.execute(insert(MESSAGES), rows)
    return len(rows)


def _row(
    entry: Entry, department: Department, channel: str, case: Case, book: CityBook, console_url: str
) -> dict[str, object]:
    return {
        "key": idempotency_key(entry, department.id, channel),
        "incident": case.incident.id,
        "event": entry.number,
        "department": department.id,
        "channel": channel,
        "subject": subject(entry, case),
        "body": body(entry, case, book, console_url),
        "state": MessageState.WAITING,
        "attempts": 0,
        "tried_ns": 0,
        "answer": "",
        "kind": str(entry.deed.step),
        "person": "",
        "person_name": "",
        "phone": "",
    }


def subject(entry: Entry, case: Case) -> str:
    """Return the message's one line."""
    by_itself = entry.deed.step == "file" and "unconfirmed" in entry.deed.data
    zh, en = _BY_ITSELF if by_itself else _ABOUT.get(entry.deed.step, (entry.deed.step, entry.deed.step))
    title = case.incident.title
    return f"[{case.incident.number}] {zh} {title['zh']} / {en}: {title['en']}"


def body(entry: Entry, case: Case, book: CityBook, console_url: str) -> str:
    """Return the message's text: what, how bad, where, since when, what to do first, in both languages."""
    incident = case.incident
    level = f" · {Level(incident.level).word}" if incident.level else ""
    opened = from_ns(incident.opened_ns).astimezone(book.zone)
    lines = [
        incident.title["zh"],
        incident.title["en"],
        f"优先级 / Priority: {incident.priority}{level}",
        f"地点 / Place: {incident.place} {incident.district}".rstrip(),
        f"时间 / Since: {opened:%Y-%m-%d %H:%M:%S %z}",
    ]
    if incident.unconfirmed_ns is not None:
        lines.append("系统自动派遣，待人工确认 / Dispatched by the system, not yet confirmed by a person")
    lines += [f"- {line}" for actions in incident.first_actions.values() for line in actions]
    if entry.deed.note:
        lines.append(f"说明 / Note: {entry.deed.note}")
    if console_url:
        lines.append(f"{console_url.rstrip('/')}/#/incident/{incident.id}")
    return "\n".join(lines)
