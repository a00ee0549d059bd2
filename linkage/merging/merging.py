"""The service behind merging, splitting and detaching, and behind proposals to join: each with a reason, by people."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, RowMapping, or_, select, update

from city.errors import BadRequest, Conflict, IllegalTransition, NotFound
from linkage import cases, permissions
from linkage.admission.proposing import ProposalState, note
from linkage.admission.tables import PROPOSALS
from linkage.admission.views import ProposalView
from linkage.conflict import Happened, matters
from linkage.deed import Deed
from linkage.idempotency import asking, done_before, keep_answer, known_answer, mark_done
from linkage.ledger import Ledger, Page
from linkage.merging.merge import merged
from linkage.merging.moving import move_alarms, move_keys, move_tasks
from linkage.merging.parting import Chosen, part_of
from linkage.merging.split import Split, split
from linkage.merging.viewing import proposal_of
from linkage.person import Person
from linkage.record import Case
from linkage.reports.moving import move_reports
from linkage.states import Step
from linkage.tables import EVENTS, INCIDENTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who asks, why, and which version of the incident they saw; the same request under one `key` is done once."""

    person: Person
    version: int
    note: str
    key: str = ""


class Merging:
    """Takes the steps that span two incidents. Calls block on the database: call from a thread."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def merge(self, incident: str, into: str, asked: Asked) -> str:
        """Let an incident go on in another open one; return the id of the one that goes on.

        Raises:
            NotFound: one of them is not there, or not this person's to see.
            NotPermitted: the step is somebody else's.
            Conflict: somebody changed it first, and that matters.
            IllegalTransition: one of them has ended.
            BadRequest: they are the same, one is an exercise and the other is not, or there is no reason.
        """
        with self._ledger.writing() as page:
            ask = asking(asked.person.id, asked.key, "merge", incident, into, asked.version, asked.note)
            if not done_before(page.connection, ask):
                source = self._open(page, incident, Step.MERGE, asked)
                target = self._visible(page.connection, into, asked.person)
                self._merge(page, source, target, asked)
                mark_done(page.connection, ask, page.now_ns)
        return into

    def split(self, incident: str, chosen: Chosen, asked: Asked, step: Step = Step.SPLIT) -> str:
        """Let some alarms and tasks go on in a new incident; return its id. Errors as for `merge`."""
        with self._ledger.writing() as page:
            ask = asking(asked.person.id, asked.key, step, incident, asdict(chosen), asked.version, asked.note)
            known = known_answer(page.connection, ask)
            if known is not None:
                return known
            number = self._split(page, incident, chosen, asked, step)
            keep_answer(page.connection, ask, number, page.now_ns)
        return number

    def proposals(self, incident: str, person: Person) -> tuple[ProposalView, ...]:
        """Return proposals that concern an incident, the newest first; raises NotFound."""
        with self._ledger.database.read() as connection:
            number = self._visible(connection, incident, person).incident.id
            concerning = or_(PROPOSALS.c.incident == number, PROPOSALS.c.into == number)
            rows = list(
                connection.execute(select(PROPOSALS).where(concerning).order_by(PROPOSALS.c.id.desc())).mappings()
            )
            numbers = {row[name] for row in rows for name in ("incident", "into")}
            named = connection.execute(select(INCIDENTS).where(INCIDENTS.c.id.in_(numbers))).mappings()
            incidents = {row["id"]: row for row in named}
        return tuple(proposal_of(row, incidents[row["incident"]], incidents[row["into"]]) for row in rows)

    def accept(self, proposal: str, person: Person, text: str = "", key: str = "") -> str:
        """Let the proposed incident go on in the other; return the id of the one that goes on. Errors as `merge`."""
        with self._ledger.writing() as page:
            ask = asking(person.id, key, "accept", proposal, text)
            known = known_answer(page.connection, ask)
            if known is not None:
                return known
            row = self._proposal(page.connection, proposal)
            source = self._visible(page.connection, str(row["incident"]), person)
            target = self._visible(page.connection, str(row["into"]), person)
            said = text if text.strip() else f"{row['name']['zh']} / {row['name']['en']}"
            asked = Asked(person=person, version=source.incident.version, note=said)
            self._permit(page.connection, source, Step.MERGE, person)
            self._merge(page, source, target, asked, reason="proposal")
            self._decide(page, row, ProposalState.ACCEPTED, person, said)
            keep_answer(page.connection, ask, str(row["into"]), page.now_ns)
        return str(row["into"])

    def decline(self, proposal: str, person: Person, text: str, key: str = "") -> None:
        """Say that two incidents are not one, and why. Errors as for `merge`."""
        with self._ledger.writing() as page:
            ask = asking(person.id, key, "decline", proposal, text)
            if done_before(page.connection, ask):
                return
            mark_done(page.connection, ask, page.now_ns)
            row = self._proposal(page.connection, proposal)
            source = self._visible(page.connection, str(row["incident"]), person)
            self._permit(page.connection, source, Step.MERGE, person)
            _check_reason(text)
            self._decide(page, row, ProposalState.DECLINED, person, text)
            for one, other in ((row["incident"], row["into"]), (row["into"], row["incident"])):
                deed = Deed(step="decline_join", note=text, data={"proposal": row["id"], "with": other})
                note(page, one, deed, person)

    def _split(self, page: Page, incident: str, chosen: Chosen, asked: Asked, step: Step) -> str:
        case = self._open(page, incident, step, asked)
        part = part_of(page, case, chosen, self._ledger.book)
        found = split(case, part, step, page.now_ns, asked.note)
        number = part.opening.id
        page.write(case, found.rest, asked.person)
        self._adopt(page, found, asked.person)
        move_keys(page.connection, case.incident.id, number, part.keys)
        return str(number)

    def _adopt(self, page: Page, found: Split, person: Person) -> None:
        """Write the new incident, and let it take over its tasks, which are there already."""
        bare = Case(found.carried.incident)
        book = self._ledger.book
        cases.save(page.connection, None, bare, book.standards.of(bare.incident.incident_class), book.calendar)
        move_tasks(page.connection, [task.id for task in found.carried.tasks], bare.incident.id)
        page.write(found.carried, found.part, person)

    def _merge(self, page: Page, source: Case, target: Case, asked: Asked, reason: str = "chosen") -> None:
        _check_reason(asked.note)
        at = f"incident {target.incident.number}"
        if source.incident.id == target.incident.id:
            raise BadRequest(expected="another incident", got=target.incident.number, at="into")
        if source.incident.drill is not target.incident.drill:
            raise BadRequest(expected="two exercises or two real incidents", got="one of each", at="into")
        if not target.incident.is_open:
            raise IllegalTransition(Step.MERGE, state=target.incident.state, legal=(), at=at)
        if source.incident.response_level:  # its plan's tasks would be left without their board: a leader ends it first
            at = f"incident {source.incident.number}"
            raise IllegalTransition(Step.MERGE, state="responding", legal=("end_response",), at=at)
        merge = merged(source, target, page.now_ns, note=asked.note, reason=reason)
        page.write(source, merge.source, asked.person)
        move_tasks(page.connection, merge.tasks, target.incident.id)
        page.write(merge.carried, merge.target, asked.person)
        move_alarms(page.connection, source.incident.id, target.incident.id)
        move_reports(page.connection, source.incident.id, target.incident.id)

    def _decide(self, page: Page, row: RowMapping, state: ProposalState, person: Person, text: str) -> None:
        values = {
            "state": str(state),
            "decided_ns": page.now_ns,
            "actor": person.id,
            "actor_name": person.name,
            "note": text,
        }
        page.connection.execute(update(PROPOSALS).where(PROPOSALS.c.id == row["id"]).values(values))

    def _proposal(self, connection: Connection, proposal: str) -> RowMapping:
        known = proposal.isascii() and proposal.isdigit() and len(proposal) <= 18
        query = select(PROPOSALS).where(PROPOSALS.c.id == (int(proposal) if known else 0))
        row = connection.execute(query).mappings().one_or_none()
        if row is None:
            raise NotFound("proposal", proposal)
        if row["state"] != ProposalState.OPEN:
            raise IllegalTransition("decide", state=row["state"], legal=(), at=f"proposal {proposal}")
        return row

    def _open(self, page: Page, incident: str, step: Step, asked: Asked) -> Case:
        """Return the open incident that the step is taken on, if this person may take it as they saw it."""
        case = self._visible(page.connection, incident, asked.person)
        self._permit(page.connection, case, step, asked.person)
        _check_reason(asked.note)
        _check_seen(page.connection, case, step, asked.version)
        if not case.incident.is_open:
            raise IllegalTransition(step, state=case.incident.state, legal=(), at=f"incident {case.incident.number}")
        return case

    def _permit(self, connection: Connection, case: Case, step: Step, person: Person) -> None:
        past = cases.past_steps(connection, case.incident.id, person.id)
        permissions.check(step, person, case, None, past)

    def _visible(self, connection: Connection, incident: str, person: Person) -> Case:
        known = incident.isascii() and incident.isdigit() and len(incident) <= 18
        case = cases.load(connection, int(incident)) if known else None
        if case is None or not permissions.may_see(person, case):
            raise NotFound("incident", incident)
        return case


def _check_reason(text: str) -> None:
    if not text.strip():
        raise BadRequest(expected="a reason", got="nothing", at="note")


def _check_seen(connection: Connection, case: Case, step: Step, version: int) -> None:
    if not 0 <= version <= case.incident.version:
        raise BadRequest(expected=f"0 to {case.incident.version}", got=version, at="version")
    rows = connection.execute(
        select(EVENTS)
        .where(EVENTS.c.incident == case.incident.id, EVENTS.c.version > version)
        .order_by(EVENTS.c.number)
    ).mappings()
    since: Sequence[Happened] = [
        Happened(row["step"], row["task"], row["actor_name"], row["from_state"], row["to_state"]) for row in rows
    ]
    mattering = matters(step, None, since)
    if mattering:
        told = ", ".join(str(event) for event in mattering[-3:])
        raise Conflict(found=told, at=f"incident {case.incident.number}")
