"""Every message that came from outside, newest first: what it does, which plans it arms, what was proposed by it."""

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import Connection, RowMapping, select

from city.clock import from_ns, iso
from linkage.cap.arming import Armed, armed
from linkage.cap.in_force import ReceivedWarning, acts, received_fields
from linkage.cap.judging import State
from linkage.cap.tables import CAP_RECEIVED
from linkage.ledger import Ledger
from linkage.plans.conditions import Warned
from linkage.plans.plan import Plan
from linkage.plans.tables import PROPOSALS
from linkage.views import Moment, Names, View

#: Proposals looked through for a page of messages, the newest first.
_MOST_PROPOSALS = 500


class ArmedLevel(View):
    """A level of a plan that the warning counts for, by the plans of today."""

    plan: str
    name: Names
    level: str


class ProposedBy(View):
    """A proposal among whose reasons the warning is; `state` is what became of it."""

    id: str
    plan: str
    name: Names
    level: str
    state: str
    made_at: Moment
    activation: str | None


class HeardWarning(ReceivedWarning):
    """A message from outside; `acting` while it arms plans, `reason` says why it is in its state."""

    state: str
    reason: str
    msg_type: str
    status: str
    source: str
    sent_at: Moment
    received_at: Moment
    acting: bool
    arms: tuple[ArmedLevel, ...]
    proposed: tuple[ProposedBy, ...]


class HeardList:
    """Reads what was heard. Calls block on the database: call from a thread."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def page(self, before: int, limit: int) -> list[HeardWarning]:
        """Return messages from before the number `before` (0: from the newest), newest first."""
        query = select(CAP_RECEIVED).order_by(CAP_RECEIVED.c.id.desc()).limit(limit)
        if before:
            query = query.where(CAP_RECEIVED.c.id < before)
        now_ns = self._ledger.clock.now_ns()
        book = self._ledger.book
        plans = book.plans.in_force(from_ns(now_ns).astimezone(book.zone).date())
        with self._ledger.database.read() as connection:
            rows = connection.execute(query).mappings().all()
            counts = [_arms(plans, row, now_ns) for row in rows]
            made = _proposals(connection, {one.plan for found in counts for one in found}, rows)
        return [_view(row, found, made, now_ns) for row, found in zip(rows, counts, strict=True)]


def _arms(plans: Iterable[Plan], row: RowMapping, now_ns: int) -> tuple[Armed, ...]:
    if row["state"] == State.KEPT:
        return ()
    warning = Warned(id=-row["id"], category=row["category"], level=row["level"], districts=tuple(row["districts"]))
    return armed(plans, warning, now_ns)


def _proposals(connection: Connection, plans: Collection[str], rows: Sequence[RowMapping]) -> Sequence[RowMapping]:
    """Return the proposals of these plans since the oldest of these messages came."""
    if not plans:
        return ()
    since_ns = min(row["received_ns"] for row in rows)
    made = PROPOSALS.c.changed_ns >= since_ns
    query = select(PROPOSALS).where(PROPOSALS.c.plan.in_(plans), made).order_by(PROPOSALS.c.id.desc())
    return connection.execute(query.limit(_MOST_PROPOSALS)).mappings().all()


def _view(row: RowMapping, found: Sequence[Armed], made: Sequence[RowMapping], now_ns: int) -> HeardWarning:
    return HeardWarning(
        **received_fields(row),
        state=row["state"],
        reason=row["reason"],
        msg_type=row["msg_type"],
        status=row["status"],
        source=row["source"],
        sent_at=iso(row["sent_ns"]),
        received_at=iso(row["received_ns"]),
        acting=acts(row, now_ns),
        arms=tuple(ArmedLevel(plan=one.plan, name=Names(**one.name), level=one.level) for one in found),
        proposed=tuple(_proposed(one, found) for one in made if _among_reasons(one, row, found)),
    )


def _among_reasons(proposal: RowMapping, row: RowMapping, found: Sequence[Armed]) -> bool:
    """Tell whether the warning is among what a proposal gives as its reasons."""
    if proposal["drill"] != row["drill"] or not row["received_ns"] <= proposal["made_ns"] < row["expires_ns"]:
        return False
    held = {reason["trigger"] for reason in proposal["reasons"] if reason["holds"]}
    levels = (one for one in found if (one.plan, one.level) == (proposal["plan"], proposal["level"]))
    return any(held & set(one.triggers) for one in levels)


def _proposed(proposal: RowMapping, found: Sequence[Armed]) -> ProposedBy:
    name = next(one.name for one in found if one.plan == proposal["plan"])
    return ProposedBy(
        id=str(proposal["id"]),
        plan=proposal["plan"],
        name=Names(**name),
        level=proposal["level"],
        state=proposal["state"],
        made_at=iso(proposal["made_ns"]),
        activation=None if proposal["activation"] is None else str(proposal["activation"]),
    )
