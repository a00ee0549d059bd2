"""Tells departments about a warning, and keeps who was told of which issue, when, and who has answered."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update

from city.clock import from_ns
from city.errors import NotPermitted
from linkage.deed import Deed
from linkage.departments import Axis, Department
from linkage.ledger import Page
from linkage.opening import CityBook
from linkage.person import Person
from linkage.plans.conditions import Warned
from linkage.plans.warned import departments_warned
from linkage.telling import outbox
from linkage.telling.messages import Sending
from linkage.telling.outbox import Draft
from linkage.warnings.categories import CATEGORIES
from linkage.warnings.tables import WARNING_TOLD

#: Kind of the messages, by which a city may give them words of its own.
KIND = "warning"

_COLOURS = {
    "blue": ("蓝色", "blue"),
    "yellow": ("黄色", "yellow"),
    "orange": ("橙色", "orange"),
    "red": ("红色", "red"),
}
_ISSUES = {"issue": ("发布", "issued"), "update": ("变更", "changed"), "cancel": ("解除", "cancelled")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One issue of a warning as departments hear of it; `event` is its number in the log."""

    warning: int
    serial: int
    kind: str
    category: str
    level: str
    drill: bool
    event: int
    incident: int | None
    area: str
    districts: tuple[str, ...]
    cautions: str
    measures: str
    issuer: str

    @property
    def about(self) -> tuple[str, str]:
        """Return what it says in a few words, in Chinese and English."""
        (zh, en), colour, kind = CATEGORIES[self.category], _COLOURS[self.level], _ISSUES[self.kind]
        return f"{zh}{colour[0]}预警{kind[0]}", f"{en} {colour[1]} warning {kind[1]}"


def concerned(connection: Connection, book: CityBook, issue: Issue, now_ns: int) -> tuple[str, ...]:
    """Return who is told: the duty desks, the departments of the plans that name it, and who was told before."""
    day = from_ns(now_ns).astimezone(book.zone).date()
    warned = Warned(id=issue.warning, category=issue.category, level=issue.level, districts=issue.districts)
    desks = [desk for axis in (Axis.COMMAND, Axis.SUPERVISION) for desk in book.directory.desks(axis, "")]
    before = select(WARNING_TOLD.c.department).where(WARNING_TOLD.c.warning == issue.warning)
    told = connection.execute(before.order_by(WARNING_TOLD.c.serial, WARNING_TOLD.c.department)).scalars()
    return tuple(dict.fromkeys([*desks, *departments_warned(book.plans.in_force(day), warned), *told]))


def tell(page: Page, book: CityBook, issue: Issue, departments: tuple[str, ...], sending: Sending) -> None:
    """Write a message to every channel of these departments, and that they were told."""
    rows = [
        {
            "warning": issue.warning,
            "serial": issue.serial,
            "department": department,
            "told_ns": page.now_ns,
            "acknowledged_by": "",
            "acknowledged_name": "",
        }
        for department in departments
    ]
    if rows:
        page.connection.execute(insert(WARNING_TOLD), rows)
    drafts = _drafts(book, issue, departments, sending)
    outbox.put(page.connection, drafts, book.telling.quotas, page.now_ns)


def acknowledge(page: Page, warning: int, serial: int, person: Person) -> None:
    """Say for one's department that this issue has been seen; saying it again changes nothing.

    Raises:
        NotPermitted: this person's department was not told of it.
    """
    mine = (
        (WARNING_TOLD.c.warning == warning)
        & (WARNING_TOLD.c.serial == serial)
        & (WARNING_TOLD.c.department == person.department)
    )
    row = page.connection.execute(select(WARNING_TOLD).where(mine)).mappings().one_or_none()
    if row is None:
        raise NotPermitted("acknowledge_warning", allowed="the departments told of it", at=f"warning {warning}")
    if row["acknowledged_ns"] is not None:
        return
    seen = {"acknowledged_ns": page.now_ns, "acknowledged_by": person.id, "acknowledged_name": person.name}
    page.connection.execute(update(WARNING_TOLD).where(mine).values(seen))
    data: dict[str, object] = {"warning": warning, "serial": serial, "told_ns": row["told_ns"]}
    page.note(Deed(step="acknowledge_warning", department=person.department, data=data), person)


def _drafts(book: CityBook, issue: Issue, departments: tuple[str, ...], sending: Sending) -> Iterator[Draft]:
    for department in (book.directory.find(one) for one in departments):
        if department is None:
            continue
        for channel in dict.fromkeys(department.channels):
            yield _draft(book, issue, department, channel, sending)


def _draft(book: CityBook, issue: Issue, department: Department, channel: str, sending: Sending) -> Draft:
    zh, en = issue.about
    words = book.telling.wording
    url = f"{sending.console_url.rstrip('/')}/#/plans/warnings" if sending.console_url else ""
    note = "\n".join((issue.cautions, issue.measures))
    facts = {
        language: {
            "title": about,
            "about": about,
            "level": issue.level,
            "place": issue.area,
            "district": "、".join(issue.districts),
            "note": note,
            "department": department.name[language],
            "url": url,
        }
        for language, about in (("zh", zh), ("en", en))
    }
    subject = f"{zh} / {en}: {issue.area}"
    lines = (
        subject,
        f"可能影响区域 / Area: {issue.area}",
        f"警示事项 / Cautions: {issue.cautions}",
        f"应对措施 / Measures: {issue.measures}",
        f"发布机关 / Issuer: {issue.issuer}",
        url,
    )
    name = f"warning\n{issue.warning}\n{issue.serial}\n{department.id}\n{channel}"
    return Draft(
        key=hashlib.sha256(name.encode()).hexdigest()[:32],
        channel=channel,
        department=department.id,
        subject=words.subject(KIND, facts, subject),
        body=words.body(KIND, facts, "\n".join(line for line in lines if line)),
        kind=KIND,
        incident=issue.incident,
        event=issue.event,
        # Who must get ready for harm is never told later because of a quota (Art. 64: timely).
        urgent=True,
        drill=issue.drill,
    )
