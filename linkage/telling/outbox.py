"""Messages on their way into the outbox: rows written with what they tell of, and held where a quota is used up."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

import prometheus_client
from sqlalchemy import Connection, bindparam, func, insert, select

from city.clock import SECOND_NS
from linkage.tables import MESSAGES
from linkage.telling.book import Quotas

MESSAGES_HELD = prometheus_client.Counter(
    "linkage_messages_held_total", "Messages held back and summed up later, by reason.", ["reason"]
)

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
    select(MESSAGES.c.department, func.count().label("told"), func.min(MESSAGES.c.created_ns).label("first_ns"))
    .where(
        MESSAGES.c.department.in_(bindparam("departments", expanding=True)),
        MESSAGES.c.created_ns > bindparam("since_ns"),
        MESSAGES.c.state.in_(_COUNTED),
    )
    .group_by(MESSAGES.c.department)
)


def put(connection: Connection, drafts: Iterable[Draft], quotas: Quotas, now_ns: int) -> int:
    """Write messages inside the caller's transaction; return how many, held ones among them."""
    some = list(drafts)
    lately = _Lately(connection, {draft.department for draft in some if not draft.urgent}, quotas, now_ns)
    rows: list[dict[str, object]] = []
    for draft in some:
        until_ns = None if draft.urgent else lately.held_until_ns(draft.department)
        if until_ns is None:
            lately.fresh[draft.department] += 1
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
    """What departments were told in the last hour; `fresh` counts what is being written."""

    def __init__(self, connection: Connection, departments: Collection[str], quotas: Quotas, now_ns: int) -> None:
        self.fresh: Counter[str] = Counter()
        self._quotas, self._now_ns = quotas, now_ns
        asked = {"departments": sorted(departments), "since_ns": now_ns - _HOUR_NS}
        rows = connection.execute(_LAST_HOUR, asked) if departments else ()
        self._told = {row.department: (row.told, row.first_ns) for row in rows}

    def held_until_ns(self, department: str) -> int | None:
        """Return when the department's quota has room again; None when it has room now."""
        told, first_ns = self._told.get(department, (0, self._now_ns))
        if told + self.fresh[department] < self._quotas.of(department):
            return None
        return int(first_ns) + _HOUR_NS
