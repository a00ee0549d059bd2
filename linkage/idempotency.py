"""What was asked for under an idempotency key, and what was answered, so that asking again does nothing again.

A client that does not know whether its request arrived sends it again with the same key (IETF draft
idempotency-key-header). The key is written in the transaction of what it did: both are there, or neither.
"""

import hashlib
import json
from dataclasses import dataclass

from sqlalchemy import Column, Connection, Index, String, Table, Text, insert, select

from city.errors import Conflict
from storage.columns import TimeNs, Word
from storage.sql import METADATA

ANSWERED = Table(
    "answered",
    METADATA,
    Column("person", Word, primary_key=True),
    Column("key", Word, primary_key=True),
    Column("asked", String(64), nullable=False),
    Column("answer", Text, nullable=False),
    Column("at_ns", TimeNs, nullable=False),
    Index("ix_answered_at", "at_ns"),
)


@dataclass(frozen=True, slots=True)
class Ask:
    """Something asked for under a key; a key is its person's (or token's) own, others may use the same.

    Attributes:
        asked: fingerprint of the request, so that a key used for something else is noticed.
    """

    person: str
    key: str
    asked: str


def asking(person: str, key: str, *request: object) -> Ask:
    """Return what `person` asks for under `key`; `request` is everything that makes it this request, JSON values."""
    text = json.dumps(request, ensure_ascii=True, sort_keys=True, separators=(",", ":"), default=str)
    return Ask(person, key, hashlib.sha256(text.encode()).hexdigest())


def remembered(connection: Connection, ask: Ask) -> object | None:
    """Return what was answered under this key, None when it is new; read it in the transaction that would act.

    Raises:
        Conflict: the key was used for something else.
    """
    query = select(ANSWERED.c.asked, ANSWERED.c.answer).where(
        ANSWERED.c.person == ask.person, ANSWERED.c.key == ask.key
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    if row.asked != ask.asked:
        raise Conflict(found="the key was used for another request", at="Idempotency-Key")
    answer: object = json.loads(row.answer)
    return answer


def remember(connection: Connection, ask: Ask, answer: object, now_ns: int) -> None:
    """Write what is answered (a JSON value, not None) in the transaction of what was done."""
    connection.execute(
        insert(ANSWERED),
        {
            "person": ask.person,
            "key": ask.key,
            "asked": ask.asked,
            "answer": json.dumps(answer, ensure_ascii=False),
            "at_ns": now_ns,
        },
    )


def known_answer(connection: Connection, ask: Ask) -> str | None:
    """Return the words answered under this key before; without a key there are none. Raises as `remembered` does."""
    answer = remembered(connection, ask) if ask.key else None
    return None if answer is None else str(answer)


def keep_answer(connection: Connection, ask: Ask, answer: str, now_ns: int) -> None:
    """Write the words that are answered, in the transaction that did it; without a key nothing is written."""
    if ask.key:
        remember(connection, ask, answer, now_ns)


def done_before(connection: Connection, ask: Ask) -> bool:
    """Tell whether this was done under its key already; without a key it never was. Raises as `remembered` does."""
    return ask.key != "" and remembered(connection, ask) is not None


def mark_done(connection: Connection, ask: Ask, now_ns: int) -> None:
    """Write that this was done, in the transaction that did it; without a key nothing is written."""
    if ask.key:
        remember(connection, ask, "done", now_ns)
