"""Notices for the public: one person drafts, the one who leads signs or refuses, and only then they are sent."""

from collections.abc import Mapping
from dataclasses import dataclass

from prometheus_client import Counter
from sqlalchemy import Connection, RowMapping, func, insert, select, update

from city.clock import SECOND_NS, iso
from city.errors import BadRequest, Conflict, IllegalTransition, NotFound, NotPermitted
from linkage import cases
from linkage.deed import Deed, Outcome
from linkage.ledger import Ledger, Page
from linkage.notices.about import Subject, known
from linkage.notices.sending import send, sent
from linkage.notices.tables import NOTICES
from linkage.notices.views import NoticeView
from linkage.person import Person, Role
from linkage.viewing import moment
from linkage.views import Names

NOTICES_DECIDED = Counter(
    "linkage_public_notices_decided_total", "Notices for the public, by what came of signing.", ["reason"]
)

#: The duty desks write what the public is told; who signs for it, the plan or the law says.
DRAFTING = frozenset({Role.FOREMAN, Role.DISPATCHER, Role.LEADER})

#: Most notices of one list.
MAX_LIMIT = 200

_HOUR_NS = 3600 * SECOND_NS


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided about a notice."""

    step: str
    state: str
    note: str


class Notices:
    """The service behind notices. Calls block on the database: call from a thread."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger, self._settings = ledger, ledger.settings.messages

    def draft(self, subject: Subject, text: Mapping[str, str], person: Person) -> int:
        """Write a notice about a warning or a response; without a text, the plan's own words; return its number.

        Raises:
            NotPermitted: this person writes none.
            BadRequest: it says nothing, or is about nothing.
            NotFound, IllegalTransition: as `known` says.
        """
        if not person.holds(DRAFTING):
            raise NotPermitted("draft_notice", allowed=" or ".join(sorted(DRAFTING)), at="public notices")
        subject.check()
        with self._ledger.writing() as page:
            about = known(page.connection, subject, person, self._ledger.book.atlas)
            words = text if any(part.strip() for part in text.values()) else about.template
            if not words or not all(words.get(language, "").strip() for language in ("zh", "en")):
                raise BadRequest(expected="a text in Chinese and in English", got="nothing", at="text")
            last = page.connection.execute(select(func.max(NOTICES.c.id))).scalar_one()
            row: dict[str, object] = {
                "id": 1 if last is None else int(last) + 1,
                "warning": subject.warning,
                "activation": subject.activation,
                "incident": None if about.case is None else about.case.incident.id,
                "drill": about.drill,
                "signer": str(about.signer),
                "text": dict(words),
                "state": "drafted",
                "drafted_ns": page.now_ns,
                "drafted_by": person.id,
                "drafted_name": person.name,
                "decided_by": "",
                "decided_name": "",
                "note": "",
                "event": 0,
            }
            page.connection.execute(insert(NOTICES), row)
            event = _say(page, row, "draft_notice", f"{words['zh']}\n{words['en']}", person)
            _change(page, row["id"], {"event": event})
            return int(str(row["id"]))

    def sign(self, number: int, person: Person) -> None:
        """Sign for a notice and send it by every public channel; what belongs to a drill is kept from them.

        Raises:
            NotFound: there is no such notice.
            IllegalTransition: it was decided on before.
            NotPermitted: it is another role's to sign, or this person drafted it.
            BadRequest: no public channel is configured.
            Conflict: as many have gone out within the hour as the quota allows.
        """
        with self._ledger.writing() as page:
            row = self._open(page, number, "sign_notice", person)
            if not self._settings.public:
                NOTICES_DECIDED.labels("no_channel").inc()
                raise BadRequest(expected="a channel in `linkage.messages.public`", got="none", at="public notices")
            self._check_quota(page, drill=row["drill"])
            event = self._decide(page, row, Decision("sign_notice", "signed", ""), person)
            send(page, row, event, self._settings.public)
        NOTICES_DECIDED.labels("signed").inc()

    def refuse(self, number: int, note: str, person: Person) -> None:
        """Refuse to sign, with a reason; errors as for `sign`."""
        if not note.strip():
            raise BadRequest(expected="a reason", got="nothing", at="note")
        with self._ledger.writing() as page:
            row = self._open(page, number, "refuse_notice", person)
            self._decide(page, row, Decision("refuse_notice", "refused", note), person)
        NOTICES_DECIDED.labels("refused").inc()

    def page(self, about: Subject | None = None, limit: int = 100) -> list[NoticeView]:
        """Return notices, newest first; those about one warning or response, or all."""
        query = select(NOTICES).order_by(NOTICES.c.id.desc()).limit(min(limit, MAX_LIMIT))
        if about is not None and about.warning is not None:
            query = query.where(NOTICES.c.warning == about.warning)
        if about is not None and about.activation is not None:
            query = query.where(NOTICES.c.activation == about.activation)
        with self._ledger.database.read() as connection:
            return _views(connection, list(connection.execute(query).mappings()))

    def one(self, number: int) -> NoticeView:
        """Return a notice.

        Raises:
            NotFound: there is none with this number.
        """
        with self._ledger.database.read() as connection:
            return _views(connection, [_row(connection, number)])[0]

    def _open(self, page: Page, number: int, step: str, person: Person) -> RowMapping:
        row = _row(page.connection, number)
        at = f"public notice {number}"
        if row["state"] != "drafted":
            raise IllegalTransition(step, state=row["state"], legal=(), at=at)
        if not person.holds(frozenset({Role(row["signer"])})):
            raise NotPermitted(step, allowed=row["signer"], at=at)
        if row["drafted_by"] == person.id:
            raise NotPermitted(step, allowed=f"another {row['signer']} than who drafted it", at=at)
        return row

    def _check_quota(self, page: Page, *, drill: bool) -> None:
        table, since_ns = NOTICES.c, page.now_ns - _HOUR_NS
        counted = select(func.count()).where(
            table.state == "signed", table.decided_ns > since_ns, table.drill.is_(drill)
        )
        most = self._settings.public_per_h
        if page.connection.execute(counted).scalar_one() >= most:
            NOTICES_DECIDED.labels("quota").inc()
            raise Conflict(found=f"{most} went out within the hour, the quota of `public_per_h`", at="public notices")

    def _decide(self, page: Page, row: RowMapping, decision: Decision, person: Person) -> int:
        event = _say(page, row, decision.step, decision.note, person)
        decided = {
            "state": decision.state,
            "decided_ns": page.now_ns,
            "decided_by": person.id,
            "decided_name": person.name,
            "note": decision.note,
            "event": event,
        }
        _change(page, row["id"], decided)
        return event


def _row(connection: Connection, number: int) -> RowMapping:
    row = connection.execute(select(NOTICES).where(NOTICES.c.id == number)).mappings().one_or_none()
    if row is None:
        raise NotFound("notice", number)
    return row


def _change(page: Page, number: object, values: Mapping[str, object]) -> None:
    page.connection.execute(update(NOTICES).where(NOTICES.c.id == number).values(dict(values)))


def _say(page: Page, row: Mapping[str, object] | RowMapping, step: str, note: str, person: Person) -> int:
    """Write what was done, into the log of the incident that it is about if there is one; return its number."""
    data = {name: row[name] for name in ("warning", "activation", "drill", "signer", "text")}
    deed = Deed(step=step, note=note, data={"notice": row["id"], **data})
    case = None if row["incident"] is None else cases.load(page.connection, int(str(row["incident"])))
    if case is None:
        return page.note(deed, person)
    page.write(case, Outcome(case, (deed,)), person)
    return page.last


def _views(connection: Connection, rows: list[RowMapping]) -> list[NoticeView]:
    found = sent(connection, [row["event"] for row in rows])
    return [
        NoticeView(
            id=str(row["id"]),
            **{name: None if row[name] is None else str(row[name]) for name in ("warning", "activation", "incident")},
            drill=row["drill"],
            signer=row["signer"],
            text=Names(zh=row["text"]["zh"], en=row["text"]["en"]),
            state=row["state"],
            drafted_at=iso(row["drafted_ns"]),
            drafted_by=row["drafted_name"],
            decided_at=moment(row["decided_ns"]),
            decided_by=row["decided_name"],
            note=row["note"],
            sent=tuple(found.get(row["event"], ())),
        )
        for row in rows
    ]
