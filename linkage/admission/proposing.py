"""Asks people whether two incidents are one: a row for each pair, and an entry in both trails."""

from dataclasses import replace
from enum import StrEnum

from sqlalchemy import func, insert, select

from city.clock import from_ns
from linkage import cases
from linkage.admission.nearness import Neighbour, happening_of, nearnesses
from linkage.admission.neighbourhood import MOST_PROPOSED, neighbours
from linkage.admission.tables import PROPOSALS
from linkage.deed import Deed, Outcome
from linkage.ledger import Page
from linkage.opening import CityBook
from linkage.person import Person
from linkage.record import Case


class ProposalState(StrEnum):
    """What became of a proposal; one whose incidents have ended is lapsed, which is computed."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"


def propose(page: Page, number: int, neighbour: Neighbour) -> None:
    """Propose that incident `number` goes on in its neighbour, unless that was proposed before."""
    pair = PROPOSALS.c.incident.in_([number, neighbour.incident]) & PROPOSALS.c.into.in_([number, neighbour.incident])
    if page.connection.execute(select(PROPOSALS.c.id).where(pair).limit(1)).first() is not None:
        return
    proposal = (page.connection.execute(select(func.max(PROPOSALS.c.id))).scalar_one() or 0) + 1
    row = {
        "id": proposal,
        "incident": number,
        "into": neighbour.incident,
        "nearness": neighbour.nearness.id,
        "name": neighbour.nearness.name,
        "distance_m": neighbour.distance_m,
        "apart_ns": neighbour.apart_ns,
        "at_ns": page.now_ns,
        "state": ProposalState.OPEN,
        "decided_ns": None,
        "actor": "",
        "actor_name": "",
        "note": "",
    }
    page.connection.execute(insert(PROPOSALS), row)
    told = {"proposal": proposal, "nearness": neighbour.nearness.id, "distance_m": round(neighbour.distance_m)}
    for one, other in ((number, neighbour.incident), (neighbour.incident, number)):
        note(page, one, Deed(step="propose_join", data={**told, "with": other}))


def note(page: Page, number: int, deed: Deed, actor: Person | None = None) -> None:
    """Write a deed into an incident's trail that changes nothing else of it."""
    case = cases.load(page.connection, number)
    if case is not None:
        state = case.incident.state
        page.write(case, Outcome(case, (replace(deed, from_state=state, to_state=state),)), actor)


def propose_near(page: Page, case: Case, book: CityBook) -> None:
    """Propose that an incident which a person opened goes on in open ones near it, where a plan says so."""
    happening = happening_of(case.incident)
    if happening is None:
        return
    day = from_ns(page.now_ns).astimezone(book.zone).date()
    near = neighbours(page.connection, happening, nearnesses(book.plans, day))
    for neighbour in [one for one in near if one.incident != case.incident.id][:MOST_PROPOSED]:
        propose(page, case.incident.id, neighbour)
