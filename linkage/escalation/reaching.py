"""Whom a rung reaches: departments and people, and by which of their channels."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from linkage.departments import Axis
from linkage.escalation.chain import COMMAND, DEPARTMENT, DUTY, GROUP, LEADER, By, Chain, Way
from linkage.escalation.climb import Escalation, Fired
from linkage.escalation.waiting import desks
from linkage.opening import CityBook
from linkage.record import Case
from linkage.telling.contact import DUTY_POST, LEADER_POST, Contact

_POSTS = {DUTY: DUTY_POST, COMMAND: DUTY_POST, LEADER: LEADER_POST}


@dataclass(frozen=True, slots=True)
class Reached:
    """A department, or a person of one, and the channels that lead there; without a person it is the department."""

    department: str
    channels: tuple[str, ...] = ()
    contact: Contact | None = None


def reached(fired: Fired, case: Case, book: CityBook, now_ns: int) -> tuple[Reached, ...]:
    """Return whom a rung reaches now, each once, with every channel that could be used."""
    whom = fired.rung.whom
    if whom.startswith(GROUP):
        return tuple(_group(whom.removeprefix(GROUP), book))
    departments = _departments(fired.after, case, book, to_command=whom == COMMAND)
    return tuple(one for name in departments for one in _of_department(name, _POSTS.get(whom, ""), book, now_ns))


def chosen(channels: tuple[str, ...], fired: Fired, chain: Chain) -> tuple[str, ...]:
    """Return the channels that a rung uses: the first, the next after those of earlier rungs, or all."""
    if not channels or fired.rung.by is By.ALL:
        return channels
    if fired.rung.by is By.FIRST:
        return channels[:1]
    before = sum(rung.way is Way.TELL for rung in chain.rungs[: fired.index])
    return (channels[before % len(channels)],)


def covered(fired: Fired, found: Iterable[Reached]) -> bool:
    """Tell whether the message of the event itself has just told the same: the first rung, nobody named on duty."""
    first = fired.index == 0 and fired.after.round == 0 and fired.rung.after_s == 0
    plain = fired.rung.way is Way.TELL and fired.rung.whom in {DUTY, DEPARTMENT}
    return first and plain and all(one.contact is None and one.channels for one in found)


def _departments(one: Escalation, case: Case, book: CityBook, *, to_command: bool) -> tuple[str, ...]:
    if to_command:
        return book.directory.desks(Axis.COMMAND, case.incident.district)
    return desks(case, book.directory) if one.task is None else (one.department,)


def _of_department(name: str, post: str, book: CityBook, now_ns: int) -> Iterator[Reached]:
    department = book.directory.find(name)
    channels = () if department is None else department.channels
    contacts = book.telling.on_duty(name, post, now_ns) if post else ()
    for contact in contacts:
        yield Reached(name, contact.channels if contact.channels else channels, contact)
    if not contacts:
        yield Reached(name, channels)


def _group(name: str, book: CityBook) -> Iterator[Reached]:
    group = book.telling.groups.get(name)
    if group is None:
        return
    for department in group.departments:
        yield from _of_department(department, "", book, 0)
    for person in group.people:
        yield Reached(f"{GROUP}{name}", person.channels, person)
