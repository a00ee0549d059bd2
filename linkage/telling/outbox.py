"""Messages on their way into the outbox: rows written with what they tell of, and held where a quota is used up."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, partial

from prometheus_client import Counter
from sqlalchemy import Connection, bindparam, insert, select

from city.clock import SECOND_NS
from linkage.tables import MESSAGES
from linkage.telling.book import Quotas

MESSAGES_HELD = Counter("linkage_messages_held_total", "Messages held back and summed up later, by reason.", ["reason"])

#: A department's own system has one channel, called after it, and no other: nobody else may read its tasks.
SYSTEM_PREFIX = "system:"

_HOUR_NS = 3600 * SECOND_NS

#: Kind of a notice for the public: it goes by public channels alone, and never falls through to another.
PUBLIC_KIND = "public"

#: What the subject of every message of an exercise begins with.
DRILL_MARK = "【演练 DRILL】"


class MessageState(StrEnum):
    """What became of a message."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    HELD = "held"  #: over the department's quota; it will be summed up
    SUMMED_UP = "summed_up"  #: counted in a summary
    REPLACED = "replaced"  #: another channel delivered it first


#: Those that a quota counts.
_COUNTED = (MessageState.WAITING, MessageState.SENT, MessageState.FAILED, MessageState.REPLACED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A message to be written.

    Attributes:
        key: the same for every repetition of the same message to the same place.
        link_until_ns: until when its link acknowledges; None for a message without one.
        urgent: never held by a quota: a rise in level, a first notice of priority 1, a call by a plan.
        drill: it belongs to an exercise, and its first words say so.
    """

    key: str
    channel: str
    department: str
    subject: str
    body: str
    kind: str
    incident: int | None = None
    event: int = 0
    task: int | None = None
    escalation: int | None = None
    person: str = ""
    person_name: str = ""
    phone: str = ""
    link_until_ns: int | None = None
    urgent: bool = False
    drill: bool = False


# Built once: building a statement anew costs as much as running it.
_LAST_HOUR = (
    select(MESSAGES.c.created_ns)
    .where(
        MESSAGES.c.department == bindparam("told"),
        MESSAGES.c.created_ns > bindparam("since_ns"),
        MESSAGES.c.state.in_(_COUNTED),
    )
    .order_by(MESSAGES.c.created_ns)
    .limit(bindparam("quota"))
)


def put(connection: Connection, drafts: Iterable[Draft], quotas: Quotas, now_ns: int) -> int:
    """Write messages inside the caller's transaction; return how many, held ones among them."""
    rows: list[dict[str, object]] = []
    lately: dict[str, _Lately] = {}
    for draft in drafts:
        told = lately.get(draft.department)
        if told is None:
            told = lately[draft.department] = _Lately(connection, draft.department, quotas, now_ns)
        until_ns = None if draft.urgent else told.held_until_ns
        if until_ns is None:
            told.fresh += 1
        else:
            MESSAGES_HELD.labels("quota").inc()
        rows.append(row_of(draft, now_ns, until_ns))
    if rows:
        connection.execute(insert(MESSAGES), rows)
    return len(rows)


def row_of(draft: Draft, now_ns: int, held_until_ns: int | None = None) -> dict[str, object]:
    """Return the outbox's row of a message written now."""
    return {
        "key": draft.key,
        "incident": draft.incident,
        "event": draft.event,
        "department": draft.department,
        "channel": draft.channel,
        "subject": f"{DRILL_MARK}{draft.subject}" if draft.drill else draft.subject,
        "body": draft.body,
        "state": MessageState.WAITING if held_until_ns is None else MessageState.HELD,
        "attempts": 0,
        "created_ns": now_ns,
        "next_ns": now_ns if held_until_ns is None else held_until_ns,
        "tried_ns": 0,
        "answer": "",
        "kind": draft.kind,
        "task": draft.task,
        "escalation": draft.escalation,
        "person": draft.person,
        "person_name": draft.person_name,
        "phone": draft.phone,
        "link_until_ns": draft.link_until_ns,
    }


class _Lately:
    """What a department was told in the last hour; `fresh` counts what is being written."""

    def __init__(self, connection: Connection, department: str, quotas: Quotas, now_ns: int) -> None:
        self.fresh = 0
        self._quota, self._now_ns = quotas.of(department), now_ns
        self._read = partial(
            connection.execute,
            _LAST_HOUR,
            {"told": department, "since_ns": now_ns - _HOUR_NS, "quota": self._quota},
        )

    @cached_property
    def _created(self) -> list[int]:
        return list(self._read().scalars())

    @property
    def held_until_ns(self) -> int | None:
        """Return when the department's quota has room again; None when it has room now."""
        if len(self._created) + self.fresh < self._quota:
            return None
        return (self._created[0] if self._created else self._now_ns) + _HOUR_NS
