"""Sums up what quotas held: one message that says how many more there were, once there is room again."""

import hashlib

from sqlalchemy import RowMapping, func, select, update

from linkage.ledger import Ledger, Page
from linkage.tables import KEPT_BACK, MESSAGES, NEVER_NS
from linkage.telling import outbox
from linkage.telling.outbox import Draft, MessageState

#: Held messages of which a summary repeats the subject.
_SHOWN = 5

#: Summaries in one transaction, so that other writers get their turn.
_BATCH = 20


class Summing:
    """The turn that writes summaries: one for each department and channel."""

    name = "summaries"
    every_s = 5.0

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def take(self) -> int:
        """Sum up what was held long enough; return how many summaries were written."""
        due = MESSAGES.c.next_ns <= self._ledger.clock.now_ns()
        wanted = select(MESSAGES.c.department, MESSAGES.c.channel).where(KEPT_BACK, due).distinct().limit(_BATCH)
        with self._ledger.database.read() as connection:
            found = list(connection.execute(wanted).mappings())
        if not found:
            return 0
        with self._ledger.writing() as page:
            return sum(self._sum_up(page, one) for one in found)

    def _sum_up(self, page: Page, one: RowMapping) -> int:
        held = (KEPT_BACK, MESSAGES.c.department == one["department"], MESSAGES.c.channel == one["channel"])
        counted = select(func.count(), func.min(MESSAGES.c.id), func.max(MESSAGES.c.id)).where(*held)
        count, first, last = page.connection.execute(counted).one()
        if not count:
            return 0
        newest = select(MESSAGES.c.subject).where(*held).order_by(MESSAGES.c.id.desc()).limit(_SHOWN)
        subjects = list(page.connection.execute(newest).scalars())
        done = {"state": MessageState.SUMMED_UP, "next_ns": NEVER_NS}
        page.connection.execute(update(MESSAGES).where(*held).values(done))
        name = f"summary\n{one['department']}\n{one['channel']}\n{first}\n{last}"
        draft = self._draft(one, count, subjects, hashlib.sha256(name.encode()).hexdigest()[:32])
        return outbox.put(page.connection, [draft], self._ledger.book.telling.quotas, page.now_ns)

    def _draft(self, one: RowMapping, count: int, subjects: list[str], key: str) -> Draft:
        words, kind = self._ledger.book.telling.wording, "summary"
        facts = {language: {"count": str(count), "note": "\n".join(subjects)} for language in ("zh", "en")}
        usual = f"另有 {count} 条消息 / And {count} more messages"
        more = [] if count <= len(subjects) else ["…"]
        return Draft(
            key=key,
            channel=one["channel"],
            department=one["department"],
            subject=words.subject(kind, facts, usual),
            body=words.body(kind, facts, "\n".join([usual, *(f"- {line}" for line in subjects), *more])),
            kind=kind,
            urgent=True,
        )
