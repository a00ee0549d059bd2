"""What telling has to do about deeds beside their messages: escalations move, departments' own systems are told."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from linkage.escalation import keeping
from linkage.escalation.chain import Chains
from linkage.escalation.waiting import QUIET, Moment
from linkage.event_log import Entry, Stamp
from linkage.outside import hooks
from linkage.record import Case


@dataclass(frozen=True, slots=True)
class Change:
    """A case before and after what was written about it in one transaction; `before` is None for a new one."""

    before: Case | None
    after: Case
    entries: Sequence[Entry]
    stamps: Sequence[Stamp]


def follow(connection: Connection, change: Change, chains: Chains, systems: Collection[str], now_ns: int) -> None:
    """Move escalations and write webhooks, inside the caller's transaction."""
    deeds = [entry.deed for entry in change.entries]
    keeping.follow(connection, change.before, change.after, deeds, chains, Moment(now_ns, _by(change)))
    if systems:
        hooks.put(connection, change.before, change.after, change.entries, systems, now_ns)


def _by(change: Change) -> str:
    """Return who did what is more than the system's own bookkeeping; empty for the system."""
    doers = (
        stamp.actor_name if stamp.actor_name else str(stamp.actor)
        for entry, stamp in zip(change.entries, change.stamps, strict=True)
        if stamp.actor is not None and entry.deed.step not in QUIET
    )
    return next(doers, "")
