"""The signed link's one power: to say, once, that the message was seen."""

from dataclasses import dataclass
from enum import StrEnum

from prometheus_client import Counter
from sqlalchemy import Connection, RowMapping, select, update

from city.errors import NotFound
from linkage import cases
from linkage.escalation.answering import acknowledged, waits
from linkage.ledger import Ledger
from linkage.person import Person
from linkage.record import Case, TaskRecord
from linkage.tables import MESSAGES
from linkage.telling.link import LinkKeys

LINKS_USED = Counter(
    "linkage_links_used_total", "Links that were opened to acknowledge, by what came of it.", ["state"]
)


class LinkState(StrEnum):
    """What a link can still do."""

    READY = "ready"
    DONE = "done"  #: it acknowledged just now
    USED = "used"  #: it acknowledged before
    EXPIRED = "expired"
    MOOT = "moot"  #: there is nothing left to acknowledge


@dataclass(frozen=True, slots=True)
class LinkPage:
    """What the page of a link shows: no more than the message itself told."""

    state: LinkState
    number: str
    title: dict[str, str]
    to: str


@dataclass(frozen=True, slots=True)
class _Found:
    """The message of a link, with the case it is about."""

    row: RowMapping
    case: Case
    task: TaskRecord | None
    to: Person
    state: LinkState


class Acknowledging:
    """The service behind the page of a link. Calls block on the database: call from a thread."""

    def __init__(self, ledger: Ledger, keys: LinkKeys) -> None:
        self._ledger, self._keys = ledger, keys

    def look(self, token: str) -> LinkPage:
        """Return what a link would acknowledge, and change nothing.

        Raises:
            NotFound: we never signed this link.
        """
        with self._ledger.database.read() as connection:
            return _page(self._found(connection, token))

    def acknowledge(self, token: str) -> LinkPage:
        """Acknowledge what the link stands for, once, in the name of whom its message was sent to; raises NotFound."""
        with self._ledger.writing() as page:
            found = self._found(page.connection, token)
            if found.state is LinkState.READY:
                used = update(MESSAGES).where(MESSAGES.c.id == found.row["id"]).values(linked_ns=page.now_ns)
                page.connection.execute(used)
                said = {"by": "link", "message": found.row["id"], "department": found.row["department"]}
                page.write(found.case, acknowledged(found.case, found.task, said, page.now_ns), found.to)
        state = LinkState.DONE if found.state is LinkState.READY else found.state
        LINKS_USED.labels(state).inc()
        shown = _page(found)
        return LinkPage(state, shown.number, shown.title, shown.to)

    def _found(self, connection: Connection, token: str) -> _Found:
        link = self._keys.read(token)
        if link is None:
            raise NotFound("link", "signed by us")
        row = connection.execute(select(MESSAGES).where(MESSAGES.c.key == link.message)).mappings().one_or_none()
        case = None if row is None or row["incident"] is None else cases.load(connection, row["incident"])
        if row is None or case is None:
            raise NotFound("link", "with a message")
        task = case.task(row["task"])
        state = LinkState.READY
        if row["linked_ns"] is not None:
            state = LinkState.USED
        elif self._ledger.clock.now_ns() > link.until_ns:
            state = LinkState.EXPIRED
        elif not waits(case, task):
            state = LinkState.MOOT
        return _Found(row, case, task, self._person(row), state)

    def _person(self, row: RowMapping) -> Person:
        """Return whom the message was sent to: a person, or the department as a whole."""
        department = self._ledger.book.directory.find(row["department"])
        name = row["department"] if department is None else department.name["zh"]
        if row["person"]:
            return Person(row["person"], row["person_name"], frozenset(), row["department"])
        return Person(f"department:{row['department']}", name, frozenset(), row["department"])


def _page(found: _Found) -> LinkPage:
    return LinkPage(found.state, found.case.incident.number, found.case.incident.title, found.to.name)
