"""Warnings (预警): a person issues one, issues it anew as things change, and cancels it when it is over."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import Connection, RowMapping, func, insert, select, update

from city.errors import BadRequest, Conflict, IllegalTransition, NotFound, NotPermitted
from linkage import cases
from linkage.deed import Deed, Outcome
from linkage.ledger import Ledger, Page
from linkage.permissions import may_see
from linkage.person import Person, Role
from linkage.record import Case
from linkage.scales import COLOURS
from linkage.warnings.categories import CATEGORIES
from linkage.warnings.tables import WARNING_ISSUES, WARNINGS
from linkage.warnings.telling import Issue, acknowledge, concerned, tell

#: The leader on duty, and the shift foreman who enters what the weather bureau or the government has issued.
ISSUING = frozenset({Role.LEADER, Role.FOREMAN})


@dataclass(frozen=True, slots=True, kw_only=True)
class WarningContent:
    """What a warning must state (Emergency Response Law 2024 Art. 64), beside its category and the time of issue.

    Attributes:
        area: the possible area in words; `districts` are those of the city's in it, none for the whole city.
        cautions: what to beware of; `measures`: what to do.
        issuer: who issues it, which need not be the person who enters it.
    """

    level: str
    starts_ns: int
    area: str
    cautions: str
    measures: str
    issuer: str
    ends_ns: int | None = None
    districts: tuple[str, ...] = ()
    note: str = ""

    def check(self, districts: Sequence[str]) -> None:
        """Raise BadRequest when something that the law asks for is missing or cannot be."""
        for name in ("area", "cautions", "measures", "issuer"):
            if not getattr(self, name).strip():
                raise BadRequest(expected="what Art. 64 asks for", got="nothing", at=name)
        if self.level not in COLOURS:
            raise BadRequest(expected=" or ".join(f"`{one}`" for one in COLOURS), got=self.level, at="level")
        if self.ends_ns is not None and self.ends_ns <= self.starts_ns:
            raise BadRequest(expected="an end after the start", got="one before it", at="ends_at")
        for district in self.districts:
            if district not in districts:
                raise BadRequest(expected="a district of the city", got=district, at="districts")


class Warnings:
    """What is warned of. It starts no response. Calls block on the database: call from a thread."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def issue(self, category: str, content: WarningContent, person: Person, incident: int | None = None) -> int:
        """Issue a warning, about an incident or about nothing that has happened yet; return its number.

        Raises:
            NotPermitted: this person issues no warnings.
            BadRequest: something that the law asks for is missing or cannot be.
            NotFound: the incident is not there, or not this person's to see.
        """
        self._check("issue", category, content, person)
        with self._ledger.writing() as page:
            case = None if incident is None else self._case(page, incident, person)
            drill = case is not None and case.incident.drill
            return self.put(page, category, content, person, case, drill=drill)

    def put(
        self, page: Page, category: str, content: WarningContent, person: Person, case: Case | None, *, drill: bool
    ) -> int:
        """Write a warning on a page that is already open, as an exercise does; return its number."""
        number = _next_id(page.connection)
        row = {
            "id": number,
            "category": category,
            "level": content.level,
            "districts": list(content.districts),
            "drill": drill,
            "source": "person",
            "incident": None if case is None else case.incident.id,
            "issues": 0,
            "issued_ns": page.now_ns,
            "starts_ns": content.starts_ns,
            "ends_ns": content.ends_ns,
        }
        page.connection.execute(insert(WARNINGS), row)
        self._say(page, row, "issue", content, person)
        return number

    def update(self, number: int, seen: int, content: WarningContent, person: Person) -> None:
        """Issue a warning anew, at another level or with other words; `seen` is the issue that the person saw.

        Raises:
            NotPermitted, BadRequest: as for `issue`.
            NotFound: there is no such warning.
            IllegalTransition: it was cancelled.
            Conflict: somebody else changed it first.
        """
        with self._ledger.writing() as page:
            row = self._standing(page, number, seen, "update_warning")
            self._check("update_warning", row["category"], content, person)
            self._say(page, row, "update", content, person)

    def cancel(self, number: int, seen: int, note: str, person: Person) -> None:
        """Cancel a warning; errors as for `update`."""
        if not person.holds(ISSUING):
            raise NotPermitted("cancel_warning", allowed=" or ".join(sorted(ISSUING)), at="warnings")
        with self._ledger.writing() as page:
            row = self._standing(page, number, seen, "cancel_warning")
            self._say(page, row, "cancel", replace(_last(page.connection, row), note=note), person)

    def acknowledge(self, number: int, seen: int, person: Person) -> None:
        """Say for one's department that the newest issue has been seen; `seen` is the one that the person saw.

        Raises:
            NotFound: there is no such warning.
            NotPermitted: this person's department was not told of it.
            Conflict: it says something newer by now.
        """
        with self._ledger.writing() as page:
            query = select(WARNINGS.c.issues, WARNINGS.c.level).where(WARNINGS.c.id == number)
            row = page.connection.execute(query).one_or_none()
            if row is None:
                raise NotFound("warning", number)
            if row.issues != seen:
                raise Conflict(found=f"it is now `{row.level}`, issue {row.issues}", at=f"warning {number}")
            acknowledge(page, number, seen, person)

    def _check(self, step: str, category: str, content: WarningContent, person: Person) -> None:
        if not person.holds(ISSUING):
            raise NotPermitted(step, allowed=" or ".join(sorted(ISSUING)), at="warnings")
        if category not in CATEGORIES:
            raise BadRequest(expected="a category of warnings", got=category, at="category")
        content.check(self._ledger.book.districts)

    def _case(self, page: Page, incident: int, person: Person) -> Case:
        case = cases.load(page.connection, incident)
        if case is None or not may_see(person, case):
            raise NotFound("incident", incident)
        return case

    def _standing(self, page: Page, number: int, seen: int, step: str) -> RowMapping:
        row = page.connection.execute(select(WARNINGS).where(WARNINGS.c.id == number)).mappings().one_or_none()
        if row is None:
            raise NotFound("warning", number)
        if row["cancelled_ns"] is not None:
            raise IllegalTransition(step, state="cancelled", legal=(), at=f"warning {number}")
        if row["issues"] != seen:
            raise Conflict(found=f"it is now `{row['level']}`, issue {row['issues']}", at=f"warning {number}")
        return row

    def _say(self, page: Page, row: Any, kind: str, content: WarningContent, person: Person) -> None:  # noqa: ANN401
        """Write an issue, its event, and how the warning stands by it; `row` is the warning before it."""
        number, serial = row["id"], row["issues"] + 1
        data = {"warning": number, "serial": serial, "kind": kind, "category": row["category"], "drill": row["drill"]}
        before = "" if kind == "issue" else row["level"]
        deed = Deed(
            step=f"{kind}_warning",
            from_state=before,
            to_state="" if kind == "cancel" else content.level,
            note=content.note,
            data={**data, **{key: value for key, value in asdict(content).items() if key != "note"}},
        )
        told = _issue(row, kind, content)
        departments = concerned(page.connection, self._ledger.book, told, page.now_ns)
        deed = replace(deed, data={**deed.data, "told": list(departments)})
        event = self._log(page, row["incident"], deed, "" if kind == "cancel" else content.level, person)
        issue = {
            **asdict(content),
            "districts": list(content.districts),
            "warning": number,
            "serial": serial,
            "kind": kind,
            "issued_ns": page.now_ns,
            "actor": person.id,
            "actor_name": person.name,
            "event": event,
        }
        page.connection.execute(insert(WARNING_ISSUES), issue)
        standing = {
            "issues": serial,
            "level": content.level,
            "districts": list(content.districts),
            "starts_ns": content.starts_ns,
            "ends_ns": content.ends_ns,
            "cancelled_ns": page.now_ns if kind == "cancel" else None,
        }
        page.connection.execute(update(WARNINGS).where(WARNINGS.c.id == number).values(standing))
        sending = self._ledger.sending(page.now_ns)
        tell(page, self._ledger.book, replace(told, event=event), departments, sending)

    def _log(self, page: Page, incident: int | None, deed: Deed, level: str, person: Person) -> int:
        """Write the event, into the incident that it is about if there is one; return its number."""
        case = None if incident is None else cases.load(page.connection, incident)
        if case is None:
            return page.note(deed, person)
        after = Case(replace(case.incident, warning_level=level), case.tasks)
        page.write(case, Outcome(after, (deed,)), person)
        return page.last


def _issue(row: Any, kind: str, content: WarningContent) -> Issue:  # noqa: ANN401 - a row, or one to be
    """Return the next issue of a warning as departments hear of it; its event is not written yet."""
    names = ("area", "districts", "cautions", "measures", "issuer", "level")
    return Issue(
        warning=row["id"],
        serial=row["issues"] + 1,
        kind=kind,
        category=row["category"],
        drill=row["drill"],
        event=0,
        incident=row["incident"],
        **{name: getattr(content, name) for name in names},
    )


def _next_id(connection: Connection) -> int:
    last = connection.execute(select(func.max(WARNINGS.c.id))).scalar_one()
    return 1 if last is None else int(last) + 1


def _last(connection: Connection, row: RowMapping) -> WarningContent:
    """Return what the warning said last."""
    key = (WARNING_ISSUES.c.warning == row["id"]) & (WARNING_ISSUES.c.serial == row["issues"])
    last = connection.execute(select(WARNING_ISSUES).where(key)).mappings().one()
    names = ("level", "starts_ns", "area", "cautions", "measures", "issuer", "ends_ns")
    return WarningContent(**{name: last[name] for name in names}, districts=tuple(last["districts"]))
