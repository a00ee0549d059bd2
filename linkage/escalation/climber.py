"""Fires the rungs that are due: messages, calls to be made and an event, in one transaction with the climb itself."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace

import structlog
from prometheus_client import Counter
from sqlalchemy import RowMapping, insert, select

from city.clock import SECOND_NS
from linkage import cases
from linkage.deed import Deed, Outcome
from linkage.escalation import climb, keeping
from linkage.escalation.chain import Chain, Way
from linkage.escalation.climb import Escalation, Fired, Why
from linkage.escalation.reaching import Reached, chosen, covered, reached
from linkage.escalation.tables import CALLS, ESCALATIONS, NEVER_NS
from linkage.failpoint import Work
from linkage.ledger import Ledger, Page, Sheet
from linkage.record import Case
from linkage.telling import messages, outbox
from linkage.telling.channel_alarm import others
from linkage.telling.outbox import Draft
from linkage.waking import Due

log = structlog.get_logger()

RUNGS_FIRED = Counter(
    "linkage_rungs_fired_total", "Rungs of escalations that were fired, by way and reason.", ["way", "why"]
)
RUNGS_UNREACHED = Counter(
    "linkage_rungs_unreached_total", "Rungs that led to nobody: no channel, nobody to call.", ["way"]
)

#: Rungs fired in one transaction: some 20 ms, after which officers get their turn.
_DUE = Due(select(ESCALATIONS), ESCALATIONS.c.next_ns, 40, then=(ESCALATIONS.c.id,), work=Work.ESCALATE)

_ABOUT = {Why.UNANSWERED: ("无人应答", "No answer yet"), Why.FORGOTTEN: ("无后续处理", "Left alone since")}


class Climber:
    """The turn of escalations. What is due is found by the index on `next_ns`, however many wait."""

    name = "escalations"

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.every_s = ledger.settings.climb_s

    def take(self) -> int:
        """Fire every rung that is due; return how many escalations moved."""
        return _DUE.take(self._ledger, self._climb_all)

    def _climb_all(self, page: Page, rows: Sequence[RowMapping]) -> None:
        climbs = [keeping.escalation_of(row) for row in rows]
        known, sheet = cases.load_some(page.connection, {one.incident for one in climbs}), Sheet(page)
        drafts: list[Draft] = []
        moved: list[Escalation] = []
        for one in climbs:
            case = sheet.case(one.incident) or known.get(one.incident)
            chain = None if case is None else self._ledger.book.chains.of(case.incident.priority)
            fired = None if chain is None else climb.fired(one, chain, page.now_ns)
            # What can no longer climb is put aside.
            moved.append(replace(one, next_ns=NEVER_NS) if fired is None else fired.after)
            if case is not None and chain is not None and fired is not None:
                drafts += self._fire(page, sheet, _Words(self._ledger, case, one, fired, page.now_ns), chain)
        keeping.save(page.connection, moved)
        sheet.flush()
        outbox.put(page.connection, drafts, self._ledger.book.telling.quotas, page.now_ns)

    def _fire(self, page: Page, sheet: Sheet, words: "_Words", chain: Chain) -> list[Draft]:
        """Fire one rung; return its messages."""
        case, one, fired = words.case, words.one, words.fired
        found = reached(fired, case, self._ledger.book, page.now_ns)
        if covered(fired, found):
            return []
        RUNGS_FIRED.labels(fired.rung.way, fired.why).inc()
        drafts = list(words.drafts(found, chain)) if fired.rung.way is Way.TELL else []
        unreached = not found if fired.rung.way is Way.CALL else not drafts
        if unreached:
            RUNGS_UNREACHED.labels(fired.rung.way).inc()
            log.warning("rung_unreached", escalation=one.id, incident=one.incident, whom=fired.rung.whom)
        sheet.write(case, Outcome(case, (_deed(one, fired, case, found, drafts),)))
        if fired.rung.way is Way.CALL:
            self._ask_for_calls(page, one, found)
        return drafts

    def _ask_for_calls(self, page: Page, one: Escalation, found: Sequence[Reached]) -> None:
        rows = [
            {
                "escalation": one.id,
                "incident": one.incident,
                "department": whom.department,
                "person": "" if whom.contact is None else whom.contact.id,
                "person_name": "" if whom.contact is None else whom.contact.name,
                "phone": "" if whom.contact is None else whom.contact.phone,
                "asked_ns": page.now_ns,
                "outcome": "",
                "caller": "",
                "caller_name": "",
                "note": "",
            }
            for whom in found
        ]
        if rows:
            page.connection.execute(insert(CALLS), rows)


class _Words:
    """The messages of one rung."""

    def __init__(self, ledger: Ledger, case: Case, one: Escalation, fired: Fired, now_ns: int) -> None:
        self._ledger, self.case, self.one, self.fired, self._now_ns = ledger, case, one, fired, now_ns
        since_ns = one.started_ns if one.answered_ns is None else one.answered_ns
        self._waited_min = max(0, now_ns - since_ns) // (60 * SECOND_NS)

    def drafts(self, found: Sequence[Reached], chain: Chain) -> Iterator[Draft]:
        """Yield the messages to everybody who is reached, by the channels that the rung uses."""
        for whom in found:
            for channel in chosen(others(whom.channels, self.case.incident), self.fired, chain):
                yield self._draft(whom, channel)

    def _draft(self, whom: Reached, channel: str) -> Draft:
        contact, one, case = whom.contact, self.one, self.case
        words, kind = self._ledger.book.telling.wording, "escalation"
        facts = self._facts(whom)
        person = "" if contact is None else contact.id
        sending = self._ledger.sending(self._now_ns)
        return Draft(
            key=self._key(whom.department, person, channel),
            channel=channel,
            department=whom.department,
            subject=words.subject(kind, facts, self._subject()),
            body=words.body(kind, facts, self._body()),
            kind=kind,
            incident=case.incident.id,
            task=one.task,
            escalation=one.id,
            person=person,
            person_name="" if contact is None else contact.name,
            phone="" if contact is None else contact.phone,
            link_until_ns=sending.link_until_ns,
            urgent=case.incident.priority <= messages.MOST_URGENT,
            drill=case.incident.drill,
        )

    def _key(self, department: str, person: str, channel: str) -> str:
        """Return the key of this rung's message: the same climb, round, rung and place give it."""
        # The round that fired, not the one that comes next.
        name = ("escalation", self.one.id, self.one.round, self.fired.index, self.fired.why)
        return hashlib.sha256("\n".join(map(str, (*name, department, person, channel))).encode()).hexdigest()[:32]

    def _subject(self) -> str:
        zh, en = _ABOUT[self.fired.why]
        title = self.case.incident.title
        return f"[{self.case.incident.number}] {zh} {title['zh']} / {en}: {title['en']}"

    def _body(self) -> str:
        waited = f"已等待 {self._waited_min} 分钟 / Waiting for {self._waited_min} min"
        return messages.case_body(self.case, self._ledger.book, self._ledger.console_url, waited)

    def _facts(self, whom: Reached) -> dict[str, dict[str, str]]:
        common = messages.common_facts(self.case, self._ledger.book, self._ledger.console_url)
        department = self._ledger.book.directory.find(whom.department)
        own = {"waited_min": str(self._waited_min), "person": "" if whom.contact is None else whom.contact.name}
        return {
            language: {
                **common[language],
                **own,
                "about": about,
                "department": whom.department if department is None else department.name[language],
            }
            for language, about in zip(("zh", "en"), _ABOUT[self.fired.why], strict=True)
        }


def _deed(one: Escalation, fired: Fired, case: Case, found: Sequence[Reached], drafts: Sequence[Draft]) -> Deed:
    to = [
        {"department": whom.department, "person": "" if whom.contact is None else whom.contact.name} for whom in found
    ]
    return Deed(
        step="escalate",
        from_state=case.incident.state,
        to_state=case.incident.state,
        task=one.task,
        department=one.department if one.department else None,
        data={
            "escalation": one.id,
            "rung": fired.index,
            "round": one.round,
            "way": fired.rung.way,
            "whom": fired.rung.whom,
            "why": fired.why,
            "to": to,
            "channels": [draft.channel for draft in drafts],
        },
    )
