"""The record of every attempt, and how each channel stands by it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby

from sqlalchemy import Connection, bindparam, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from city.clock import MILLISECOND_NS
from linkage.tables import MESSAGES, NEVER_NS
from linkage.telling.couriers import Receipt
from linkage.telling.outbox import MessageState
from linkage.telling.tables import ATTEMPTS, CHANNELS

# Built once: building a statement anew costs as much as running it.
_EARLIER = select(MESSAGES.c.id).where(MESSAGES.c.succeeded_by.in_(bindparam("later", expanding=True)))


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to deliver one message."""

    message: int
    channel: str
    at_ns: int
    ended_ns: int
    receipt: Receipt


def keep(connection: Connection, made: Sequence[Attempt]) -> None:
    """Write attempts and what each says about its channel, in their order, inside the caller's transaction."""
    connection.execute(insert(ATTEMPTS), [_row(attempt) for attempt in made])
    judged = [attempt for attempt in made if not attempt.receipt.blames_letter]
    for delivered, some in groupby(judged, key=lambda attempt: attempt.receipt.delivered):
        statement = _judgement(connection.dialect.name, delivered=delivered)
        connection.execute(statement, [_standing(attempt) for attempt in some])


def replace_earlier(connection: Connection, messages: Sequence[int]) -> None:
    """Take out of the outbox the messages in whose place these were delivered."""
    later = messages
    while later:
        earlier = list(connection.execute(_EARLIER, {"later": later}).scalars())
        done = {"state": MessageState.REPLACED, "next_ns": NEVER_NS}
        waiting = (MESSAGES.c.id.in_(earlier), MESSAGES.c.state == MessageState.WAITING)
        if earlier:
            connection.execute(update(MESSAGES).where(*waiting).values(done))
        later = earlier


def _row(attempt: Attempt) -> dict[str, object]:
    return {
        "message": attempt.message,
        "channel": attempt.channel,
        "at_ns": attempt.at_ns,
        "took_ms": max(0, attempt.ended_ns - attempt.at_ns) // MILLISECOND_NS,
        "delivered": attempt.receipt.delivered,
        "final": attempt.receipt.final,
        "answer": attempt.receipt.answer,
    }


def _standing(attempt: Attempt) -> dict[str, object]:
    """Return how a channel stands that has made no attempt but this."""
    delivered = attempt.receipt.delivered
    return {
        "name": attempt.channel,
        "tried_ns": attempt.at_ns,
        "answer": attempt.receipt.answer,
        "failing_ns": None if delivered else attempt.at_ns,
        "delivered_ns": attempt.ended_ns if delivered else None,
        "failures": int(not delivered),
    }


@cache
def _judgement(dialect: str, *, delivered: bool) -> postgresql.Insert | sqlite.Insert:
    """Return the statement that notes how channels stand: `failing_ns` is when the first failed attempt began."""
    statement = postgresql.insert(CHANNELS) if dialect == "postgresql" else sqlite.insert(CHANNELS)
    fresh = statement.excluded
    changed: dict[str, object] = {"tried_ns": fresh.tried_ns, "answer": fresh.answer}
    if delivered:
        changed |= {"failing_ns": None, "delivered_ns": fresh.delivered_ns, "failures": 0}
    else:
        first = func.coalesce(CHANNELS.c.failing_ns, fresh.failing_ns)
        changed |= {"failing_ns": first, "failures": CHANNELS.c.failures + 1}
    return statement.on_conflict_do_update(index_elements=["name"], set_=changed)
