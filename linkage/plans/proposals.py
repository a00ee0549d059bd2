"""Proposals in SQL: those that stand, making one, letting one cease, and what a person decides about one."""

from dataclasses import asdict

from sqlalchemy import Connection, RowMapping, func, insert, select, update

from city.errors import IllegalTransition, NotFound
from linkage.person import Person
from linkage.plans.proposal import Place, ProposalState, Proposed
from linkage.plans.tables import PROPOSALS, STANDING

#: Incidents that a proposal names; the others are counted by its reasons.
_MOST_NAMED = 50

#: What the log keeps of a proposal.
_SAID = ("kind", "plan", "version", "area", "drill", "level", "from_level", "need", "reasons", "incidents")


def standing(connection: Connection) -> dict[Place, RowMapping]:
    """Return the proposals that stand, also those that were dismissed and are still called for."""
    rows = connection.execute(select(PROPOSALS).where(STANDING)).mappings()
    return {Place(row["plan"], row["area"], row["drill"]): row for row in rows}


def open_rows(connection: Connection) -> list[RowMapping]:
    """Return the proposals that wait for a person, newest first."""
    query = select(PROPOSALS).where(STANDING, PROPOSALS.c.state == ProposalState.OPEN).order_by(PROPOSALS.c.id.desc())
    return list(connection.execute(query).mappings())


def put(
    connection: Connection, place: Place, version: str, wanted: Proposed, activation: int | None, now_ns: int
) -> dict[str, object]:
    """Write a proposal; return what the log keeps of it."""
    last = connection.execute(select(func.max(PROPOSALS.c.id))).scalar_one()
    row: dict[str, object] = {
        "id": 1 if last is None else last + 1,
        "kind": wanted.kind,
        "plan": place.plan,
        "version": version,
        "area": place.area,
        "drill": place.drill,
        "level": wanted.level,
        "from_level": wanted.from_level,
        "need": wanted.called.need,
        "reasons": [{**asdict(one), "name": dict(one.name)} for one in wanted.called.reasons],
        "incidents": list(wanted.called.incidents[:_MOST_NAMED]),
        "activation": activation,
        "state": ProposalState.OPEN,
        "stands": True,
        "made_ns": now_ns,
        "changed_ns": now_ns,
        "decided_by": "",
        "note": "",
    }
    connection.execute(insert(PROPOSALS), row)
    return {"proposal": row["id"], **{name: row[name] for name in _SAID}}


def cease(connection: Connection, row: RowMapping, now_ns: int) -> None:
    """Let a proposal stand no more: what called for it is gone, or something else is called for."""
    state = ProposalState.CEASED if row["state"] == ProposalState.OPEN else row["state"]
    change = update(PROPOSALS).where(PROPOSALS.c.id == row["id"])
    connection.execute(change.values(stands=False, state=state, changed_ns=now_ns))


def decide(
    connection: Connection, number: int, state: ProposalState, person: Person, note: str, now_ns: int
) -> RowMapping:
    """Note what a person decided; return the proposal as it was.

    Raises:
        NotFound: there is no such proposal.
        IllegalTransition: it was decided before, or ceased.
    """
    row = connection.execute(select(PROPOSALS).where(PROPOSALS.c.id == number)).mappings().one_or_none()
    if row is None:
        raise NotFound("proposal", number)
    if row["state"] != ProposalState.OPEN:
        raise IllegalTransition(state, state=row["state"], legal=(), at=f"proposal {number}")
    decided = {
        "state": state,
        "stands": state is ProposalState.DISMISSED,
        "decided_ns": now_ns,
        "decided_by": person.name,
        "note": note,
        "changed_ns": now_ns,
    }
    connection.execute(update(PROPOSALS).where(PROPOSALS.c.id == number).values(decided))
    return row


def settle(connection: Connection, place: Place, person: Person, now_ns: int) -> None:
    """Note that a person did what stood proposed here without naming the proposal."""
    row = standing(connection).get(place)
    if row is not None and row["state"] == ProposalState.OPEN:
        decide(connection, row["id"], ProposalState.TAKEN, person, "", now_ns)
