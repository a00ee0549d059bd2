"""What the foreman's desk and the department are told of duty: in the event log, and by their channels."""

import hashlib
from collections.abc import Mapping
from typing import Any

from city.clock import from_ns
from linkage.deed import Deed
from linkage.departments import Axis
from linkage.ledger import Page
from linkage.opening import CityBook
from linkage.roster.judging import Gap
from linkage.roster.roster import Post, Roster
from linkage.telling import outbox
from linkage.telling.outbox import Draft


def gap_told(page: Page, book: CityBook, post: Post, gap: Gap) -> None:
    """Say that nobody will be on duty in a post."""
    data: dict[str, object] = {"post": post.id, "from_ns": gap.from_ns, "to_ns": gap.to_ns}
    number = page.note(Deed(step="roster_gap", department=post.department, data=data))
    span = {"zh": f"{_local(gap.from_ns, book)} 至 {_local(gap.to_ns, book)}"}
    span["en"] = f"{_local(gap.from_ns, book)} to {_local(gap.to_ns, book)}"
    subject = f"值班空缺 {post.name['zh']} / Nobody on duty: {post.name['en']}"
    _tell(page, book, post, number, (subject, f"{_where(book, post)}\n{span['zh']}\n{span['en']}"))


def late_told(page: Page, book: CityBook, post: Post, handover: int, missing: str) -> None:
    """Say that a handover is not signed though its shift has changed."""
    data: dict[str, object] = {"post": post.id, "handover": handover, "missing": missing}
    number = page.note(Deed(step="handover_late", department=post.department, data=data))
    subject = f"交接班超时 {post.name['zh']} / Handover late: {post.name['en']}"
    words = {
        "outgoing": "交班人未签字 / The outgoing has not signed",
        "incoming": "接班人未签字 / The incoming has not signed",
    }
    _tell(page, book, post, number, (subject, f"{_where(book, post)}\n{words[missing]}"))


#: What both are told of a swap.
_SWAPS = {
    "swap_asked": ("换班申请，待确认", "Swap of duty, to be confirmed"),
    "swap_agreed": ("换班已确认", "Swap of duty confirmed"),
    "swap_declined": ("换班未同意", "Swap of duty declined"),
    "swap_withdrawn": ("换班申请已撤回", "Swap of duty withdrawn"),
}


def swap_told(page: Page, book: CityBook, roster: Roster, swap: Mapping[str, Any], said: tuple[int, str]) -> None:
    """Tell both people of a swap what became of it, by their own channels or their department's.

    `said` is the number of the event and its step.
    """
    event, step = said
    zh, en = _SWAPS[step]
    names = {one: roster.contact(swap[one]) for one in ("first", "second")}
    lines = [
        f"{names[one].name}: {_local(swap[f'{one}_from_ns'], book)} – {_local(swap[f'{one}_to_ns'], book)}"
        for one in names
    ]
    department = book.directory.find(swap["department"])
    usual = () if department is None else department.channels
    drafts = [
        Draft(
            key=hashlib.sha256(f"duty\n{event}\n{contact.id}\n{channel}".encode()).hexdigest()[:32],
            channel=channel,
            department=swap["department"],
            subject=f"{zh} / {en}: {names['first'].name} ⇄ {names['second'].name}",
            body="\n".join([*lines, str(swap["answer"] if swap["answer"] else swap["note"])]).rstrip(),
            kind="duty",
            event=event,
            person=contact.id,
            person_name=contact.name,
            phone=contact.phone,
        )
        for contact in names.values()
        for channel in dict.fromkeys(contact.channels if contact.channels else usual)
    ]
    outbox.put(page.connection, drafts, book.telling.quotas, page.now_ns)


def _tell(page: Page, book: CityBook, post: Post, event: int, words: tuple[str, str]) -> None:
    concerned = dict.fromkeys((*book.directory.desks(Axis.SUPERVISION, ""), post.department))
    departments = [found for found in map(book.directory.find, concerned) if found is not None]
    drafts = [
        Draft(
            key=hashlib.sha256(f"duty\n{event}\n{department.id}\n{channel}".encode()).hexdigest()[:32],
            channel=channel,
            department=department.id,
            subject=words[0],
            body=words[1],
            kind="duty",
            event=event,
        )
        for department in departments
        for channel in dict.fromkeys(department.channels)
    ]
    outbox.put(page.connection, drafts, book.telling.quotas, page.now_ns)


def _where(book: CityBook, post: Post) -> str:
    department = book.directory.find(post.department)
    name: Mapping[str, str] = {"zh": post.department, "en": post.department} if department is None else department.name
    return f"{name['zh']} / {name['en']}"


def _local(at_ns: int, book: CityBook) -> str:
    return f"{from_ns(at_ns).astimezone(book.zone):%Y-%m-%d %H:%M}"
