"""What was sent to whom and what came back, message by message."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, RowMapping, or_, select

from city.clock import iso
from linkage.person import Person
from linkage.scope import sees_everything, visible
from linkage.tables import INCIDENTS, MESSAGES
from linkage.telling.tables import ATTEMPTS
from linkage.viewing import message_of, moment
from linkage.views import MessageView, Moment, View
from storage.sql import Database

#: Attempts that the view of one message carries, newest first.
_SHOWN_ATTEMPTS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedMessages:
    """Which messages; what is empty asks for nothing in particular."""

    incident: str | None = None
    channel: str = ""
    department: str = ""
    state: str = ""
    kind: str = ""
    before: int | None = None


class AttemptView(View):
    """One try: when, how long it took, and what came back."""

    at: Moment
    took_ms: int
    delivered: bool
    answer: str


class SentView(MessageView):
    """A message with whom it was for and every try to deliver it."""

    kind: str
    number: str | None
    task: str | None
    person: str
    subject: str
    receipt: str
    linked_at: Moment | None
    next_at: Moment | None
    replaced: bool
    tries: tuple[AttemptView, ...]


class Sent:
    """Reads the outbox. Calls block on the database: call from a thread."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(self, person: Person, wanted: WantedMessages, limit: int) -> list[SentView]:
        """Return messages that `person` may see, newest first."""
        query = select(MESSAGES, INCIDENTS.c.number).join(
            INCIDENTS, INCIDENTS.c.id == MESSAGES.c.incident, isouter=True
        )
        query = query.where(*_conditions(person, wanted)).order_by(MESSAGES.c.id.desc()).limit(limit)
        with self._database.read() as connection:
            rows = list(connection.execute(query).mappings())
            tries = _tries(connection, [row["id"] for row in rows])
        return [_view(row, tries.get(row["id"], ())) for row in rows]


def _conditions(person: Person, wanted: WantedMessages) -> list[ColumnElement[bool]]:
    ours: ColumnElement[bool] = MESSAGES.c.incident.is_(None)
    if not sees_everything(person):
        ours = ours & (MESSAGES.c.department == person.department)
    conditions: list[ColumnElement[bool]] = [or_(ours, MESSAGES.c.incident.is_not(None) & visible(person))]
    named = ("channel", "department", "state", "kind")
    conditions += [MESSAGES.c[name] == getattr(wanted, name) for name in named if getattr(wanted, name)]
    if wanted.incident is not None:
        conditions.append(MESSAGES.c.incident == int(wanted.incident))
    if wanted.before is not None:
        conditions.append(MESSAGES.c.id < wanted.before)
    return conditions


def _tries(connection: Connection, messages: Sequence[int]) -> dict[int, list[AttemptView]]:
    found: dict[int, list[AttemptView]] = {}
    query = select(ATTEMPTS).where(ATTEMPTS.c.message.in_(messages)).order_by(ATTEMPTS.c.id.desc())
    for row in connection.execute(query).mappings():
        views = found.setdefault(row["message"], [])
        if len(views) < _SHOWN_ATTEMPTS:
            told = {name: row[name] for name in ("took_ms", "delivered", "answer")}
            views.append(AttemptView(at=iso(row["at_ns"]), **told))
    return found


def _view(row: RowMapping, tries: Sequence[AttemptView]) -> SentView:
    waiting = row["state"] in {"waiting", "held"}
    return SentView(
        **message_of(row).model_dump(),
        kind=row["kind"],
        number=row["number"],
        task=None if row["task"] is None else str(row["task"]),
        person=row["person_name"],
        subject=row["subject"],
        receipt=row["answer"] if row["state"] == "sent" else "",
        linked_at=moment(row["linked_ns"]),
        next_at=moment(row["next_ns"]) if waiting else None,
        replaced=bool(row["succeeded_by"]),
        tries=tuple(tries),
    )
