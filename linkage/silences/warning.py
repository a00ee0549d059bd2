"""Tells the author of a silence, by whatever reaches them, that it is about to end, has lasted long, or has ended."""

import hashlib
from enum import StrEnum

from city.clock import from_ns
from linkage.departments import Axis
from linkage.ledger import Page
from linkage.opening import CityBook
from linkage.silences.silence import Silence
from linkage.telling import outbox
from linkage.telling.contact import Contact
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
    """Write a message to the author's own channels, else to their department's, else to the supervision desks'.

    Those desks hear of it too where the department has no channel: a silence that nobody is warned of is forgotten.
    """
    author = _author(silence, book)
    drafts = [
        Draft(
            key=hashlib.sha256(f"silence\n{silence.id}\n{event}\n{channel}".encode()).hexdigest()[:32],
            channel=channel,
            department=department,
            person=author.id,
            person_name=author.name,
            phone=author.phone,
            subject=_subject(silence, why, count),
            body=_body(silence, book),
            kind="silence",
            event=event,
        )
        for channel, department in _channels(silence, author, book).items()
    ]
    outbox.put(page.connection, drafts, book.telling.quotas, page.now_ns)


def _author(silence: Silence, book: CityBook) -> Contact:
    person = book.person(silence.author)
    found = book.contact(person.username) if person is not None else None
    return Contact(silence.author, silence.author_name) if found is None else found


def _channels(silence: Silence, author: Contact, book: CityBook) -> dict[str, str]:
    """Return the channels that reach the author, each with the department that it is a channel of."""
    own = book.directory.find(silence.department)
    if author.channels:
        return dict.fromkeys(author.channels, "" if own is None else own.id)
    if own is not None and own.channels:
        return dict.fromkeys(own.channels, own.id)
    desks = (book.directory.find(desk) for desk in book.directory.desks(Axis.SUPERVISION, ""))
    return {channel: desk.id for desk in desks if desk is not None for channel in desk.channels}


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
