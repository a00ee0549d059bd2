"""Tells the author's department about a silence: that it is about to end, has lasted long, or has ended."""

import hashlib
from enum import StrEnum

from city.clock import from_ns
from linkage.ledger import Page
from linkage.opening import CityBook
from linkage.silences.silence import Silence
from linkage.telling import outbox
from linkage.telling.outbox import Draft


class Why(StrEnum):
    """Why its author hears of a silence."""

    ENDS = "ends"
    LONG = "long"
    ENDED = "ended"


#: What is said of it, with the number of alarms that it hides, or hid.
_WORDS = {
    Why.ENDS: ("即将结束，仍隐藏 {} 条报警", "ends soon and still hides {} alarms"),
    Why.LONG: ("仍在生效，隐藏 {} 条报警", "still holds and hides {} alarms"),
    Why.ENDED: ("已结束，曾隐藏 {} 次报警", "has ended; it hid alarms {} times"),
}


def warn(page: Page, silence: Silence, book: CityBook, *, event: int, why: Why, count: int) -> None:
    """Write a message to each channel of the department of who made the silence, if they have one."""
    department = book.directory.find(silence.department)
    if department is None:
        return
    drafts = [
        Draft(
            key=hashlib.sha256(f"silence\n{silence.id}\n{event}\n{channel}".encode()).hexdigest()[:32],
            channel=channel,
            department=department.id,
            subject=_subject(silence, why, count),
            body=_body(silence, book),
            kind="silence",
            event=event,
        )
        for channel in dict.fromkeys(department.channels)
    ]
    outbox.put(page.connection, drafts, book.telling.quotas, page.now_ns)


def _subject(silence: Silence, why: Why, count: int) -> str:
    zh, en = _WORDS[why]
    return f"静默 {silence.id} {zh.format(count)} / Silence {silence.id} {en.format(count)}"


def _body(silence: Silence, book: CityBook) -> str:
    until = from_ns(silence.until_ns).astimezone(book.zone)
    return "\n".join(
        [
            f"建立人 / By: {silence.author_name}",
            f"原因 / Reason: {silence.reason}",
            f"截止 / Until: {until:%Y-%m-%d %H:%M %z}",
        ]
    )
