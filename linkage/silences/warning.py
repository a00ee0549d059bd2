"""Tells the author's department about a silence: that it is about to end, or has lasted long."""

import hashlib

from city.clock import from_ns
from linkage.ledger import Page
from linkage.opening import CityBook
from linkage.silences.silence import Silence
from linkage.telling import outbox
from linkage.telling.outbox import Draft


def warn(page: Page, silence: Silence, book: CityBook, *, event: int, ends: bool, burning: int) -> None:
    """Write a message to each channel of the department of who made the silence, if they have one."""
    department = book.directory.find(silence.department)
    if department is None:
        return
    drafts = [
        Draft(
            key=hashlib.sha256(f"silence\n{silence.id}\n{event}\n{channel}".encode()).hexdigest()[:32],
            channel=channel,
            department=department.id,
            subject=_subject(silence, ends=ends, burning=burning),
            body=_body(silence, book),
            kind="silence",
            event=event,
        )
        for channel in dict.fromkeys(department.channels)
    ]
    outbox.put(page.connection, drafts, book.telling.quotas, page.now_ns)


def _subject(silence: Silence, *, ends: bool, burning: int) -> str:
    if ends:
        zh, en = f"静默 {silence.id} 即将结束，仍隐藏 {burning} 条报警", "ends soon and still hides"
        return f"{zh} / Silence {silence.id} {en} {burning} alarms"
    zh, en = f"静默 {silence.id} 仍在生效，隐藏 {burning} 条报警", "still holds and hides"
    return f"{zh} / Silence {silence.id} {en} {burning} alarms"


def _body(silence: Silence, book: CityBook) -> str:
    until = from_ns(silence.until_ns).astimezone(book.zone)
    return "\n".join(
        [
            f"建立人 / By: {silence.author_name}",
            f"原因 / Reason: {silence.reason}",
            f"截止 / Until: {until:%Y-%m-%d %H:%M %z}",
        ]
    )
