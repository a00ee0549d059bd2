"""Puts a signed notice into the outbox, once for each public channel, and says what became of it."""

import hashlib
from collections.abc import Collection, Sequence

from sqlalchemy import Connection, RowMapping, select

from linkage.ledger import Page
from linkage.notices.views import NoticeSent
from linkage.tables import MESSAGES
from linkage.telling import outbox
from linkage.telling.book import Quotas
from linkage.telling.outbox import PUBLIC_KIND, Draft
from linkage.telling.wording import LONGEST_SUBJECT
from linkage.viewing import moment


def send(page: Page, notice: RowMapping, event: int, channels: Collection[str]) -> None:
    """Write the messages of a notice that was signed with this event."""
    text = notice["text"]
    drafts = [
        Draft(
            key=hashlib.sha256(f"public\n{notice['id']}\n{channel}".encode()).hexdigest()[:32],
            channel=channel,
            department="",
            subject=" ".join(f"{text['zh']} / {text['en']}".split())[:LONGEST_SUBJECT],
            body=f"{text['zh']}\n{text['en']}",
            kind=PUBLIC_KIND,
            incident=notice["incident"],
            event=event,
            urgent=True,
            drill=notice["drill"],
        )
        for channel in dict.fromkeys(channels)
    ]
    outbox.put(page.connection, drafts, Quotas(), page.now_ns)


def sent(connection: Connection, events: Sequence[int]) -> dict[int, list[NoticeSent]]:
    """Return what became of the messages of these events, by event."""
    found: dict[int, list[NoticeSent]] = {}
    query = select(MESSAGES).where(MESSAGES.c.kind == PUBLIC_KIND, MESSAGES.c.event.in_(events))
    for row in connection.execute(query.order_by(MESSAGES.c.id)).mappings():
        line = NoticeSent(
            channel=row["channel"], state=row["state"], sent_at=moment(row["sent_ns"]), answer=row["answer"]
        )
        found.setdefault(row["event"], []).append(line)
    return found
