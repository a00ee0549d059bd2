"""Escalations in SQL: moved in the transaction of the deeds that move them."""

from collections.abc import Iterable, Sequence
from dataclasses import fields

from sqlalchemy import Connection, RowMapping, bindparam, insert, select, update

from linkage.deed import Deed
from linkage.escalation.chain import Chains
from linkage.escalation.climb import Escalation, EscalationState
from linkage.escalation.tables import CALLS, ESCALATIONS
from linkage.escalation.waiting import QUIET, Moment, moved
from linkage.record import Case

#: Stands for a call that was asked for and is no longer needed: somebody answered first.
NOT_NEEDED = "not_needed"

_FIELDS = tuple(field.name for field in fields(Escalation))

# Built once: building a statement anew costs as much as running it.
_OF_INCIDENT = select(ESCALATIONS).where(ESCALATIONS.c.incident == bindparam("number")).order_by(ESCALATIONS.c.id)
_CHANGE = update(ESCALATIONS).where(ESCALATIONS.c.id == bindparam("number_"))
_UNNEEDED = (
    update(CALLS).where(CALLS.c.escalation == bindparam("number_"), CALLS.c.outcome == "").values(outcome=NOT_NEEDED)
)


def follow(
    connection: Connection, before: Case | None, after: Case, deeds: Sequence[Deed], chains: Chains, moment: Moment
) -> None:
    """Begin, stop and move the escalations of a case, as its deeds ask for, inside the caller's transaction."""
    chain = chains.of(after.incident.priority)
    if chain is None or all(deed.step in QUIET for deed in deeds):
        return
    known = [] if before is None else of_incident(connection, after.incident.id)
    changed = moved(known, before, after, deeds, chain, moment)
    begun = [_row(one) for one in changed if one.id == 0]
    if begun:
        connection.execute(insert(ESCALATIONS), begun)
    save(connection, (one for one in changed if one.id))


def of_incident(connection: Connection, incident: int) -> list[Escalation]:
    """Return the escalations of an incident, also ended ones."""
    return [escalation_of(row) for row in connection.execute(_OF_INCIDENT, {"number": incident}).mappings()]


def save(connection: Connection, changed: Iterable[Escalation]) -> None:
    """Write how escalations stand now; the calls of those that stopped are no longer needed."""
    rows = list(changed)
    if rows:
        connection.execute(_CHANGE, [{"number_": one.id, **_row(one)} for one in rows])
    stopped = [{"number_": one.id} for one in rows if one.state is not EscalationState.CLIMBING]
    if stopped:
        connection.execute(_UNNEEDED, stopped)


def escalation_of(row: RowMapping) -> Escalation:
    """Return the escalation in a row."""
    return Escalation(**{**{name: row[name] for name in _FIELDS}, "state": EscalationState(row["state"])})


def _row(one: Escalation) -> dict[str, object]:
    return {name: getattr(one, name) for name in _FIELDS if name != "id"}
