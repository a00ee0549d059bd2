"""The record of every attempt, and how each channel stands by it."""

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, func, insert, select, update

from city.clock import MILLISECOND_NS
from linkage.tables import MESSAGES, NEVER_NS
from linkage.telling.couriers import Receipt
from linkage.telling.outbox import MessageState
from linkage.telling.tables import ATTEMPTS, CHANNELS
from storage import sql

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


def keep(connection: Connection, attempt: Attempt) -> None:
    """Write an attempt and what it says about its channel, inside the caller's transaction."""
    receipt = attempt.receipt
    row = {
        "message": attempt.message,
        "channel": attempt.channel,
        "at_ns": attempt.at_ns,
        "took_ms": max(0, attempt.ended_ns - attempt.at_ns) // MILLISECOND_NS,
        "delivered": receipt.delivered,
        "final": receipt.final,
        "answer": receipt.answer,
    }
    connection.execute(insert(ATTEMPTS), row)
    if not receipt.blames_letter:
        _judge(connection, attempt)


def _judge(connection: Connection, attempt: Attempt) -> None:
    """Note how the channel stands: `failing_ns` is when the first attempt began that did not deliver."""
    delivered, answer = attempt.receipt.delivered, attempt.receipt.answer
    fresh = {
        "name": attempt.channel,
        "tried_ns": attempt.at_ns,
        "answer": answer,
        "failing_ns": None if delivered else attempt.at_ns,
        "delivered_ns": attempt.ended_ns if delivered else None,
        "failures": int(not delivered),
    }
    changed: dict[str, object] = {"tried_ns": attempt.at_ns, "answer": answer}
    if delivered:
        changed |= {"failing_ns": None, "delivered_ns": attempt.ended_ns, "failures": 0}
    else:
        first = func.coalesce(CHANNELS.c.failing_ns, attempt.at_ns)
        changed |= {"failing_ns": first, "failures": CHANNELS.c.failures + 1}
    statement = sql.insert(connection, CHANNELS).values(fresh)
    connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_=changed))


def replace_earlier(connection: Connection, message: int) -> None:
    """Take out of the outbox the messages in whose place this one was delivered."""
    later = [message]
    while later:
        earlier = list(connection.execute(_EARLIER, {"later": later}).scalars())
        done = {"state": MessageState.REPLACED, "next_ns": NEVER_NS}
        waiting = (MESSAGES.c.id.in_(earlier), MESSAGES.c.state == MessageState.WAITING)
        if earlier:
            connection.execute(update(MESSAGES).where(*waiting).values(done))
        later = earlier
