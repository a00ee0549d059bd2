"""Sends waiting messages: at least once, repeated only under the same key, at a bounded rate for each channel."""

from dataclasses import dataclass

import structlog
from prometheus_client import Counter
from sqlalchemy import Connection, RowMapping, func, select, update

from city.clock import SECOND_NS, Clock
from linkage.config import MessageSettings
from linkage.failpoint import Failpoints, Work
from linkage.ledger import EVENTS_WRITTEN
from linkage.tables import MESSAGES, NEVER_NS, WAITING
from linkage.telling import attempts
from linkage.telling.attempts import Attempt
from linkage.telling.couriers import Courier, Letter, Receipt
from linkage.telling.first_told import TOLD, note_told
from linkage.telling.link import Links
from linkage.telling.outbox import MessageState
from storage.sql import Database

log = structlog.get_logger()

MESSAGES_SENT = Counter("linkage_messages_sent_total", "Messages delivered, by channel.", ["channel"])
MESSAGES_FAILED = Counter(
    "linkage_messages_failed_total", "Attempts that did not deliver, by channel and what follows.", ["channel", "then"]
)

_MINUTE_NS = 60 * SECOND_NS


@dataclass(frozen=True, slots=True)
class _Claimed:
    """A message taken for one attempt; if we die now, it comes up again when the claim runs out."""

    row: RowMapping
    attempts: int
    at_ns: int
    letter: Letter


class Post:
    """The sending side of the outbox. Calls block on the database and on the courier: call from a thread."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: MessageSettings,
        courier: Courier,
        failpoints: Failpoints | None = None,
        links: Links | None = None,
    ) -> None:
        self._database, self._clock, self._settings, self._courier = database, clock, settings, courier
        self._failpoints = Failpoints() if failpoints is None else failpoints
        self._links = links
        self._complaints: dict[str, str] = {}

    def waiting(self) -> list[str]:
        """Return the channels on which a message is due."""
        due = MESSAGES.c.next_ns <= self._clock.now_ns()
        with self._database.read() as connection:
            return list(connection.execute(select(MESSAGES.c.channel).where(WAITING, due).distinct()).scalars())

    def send(self, channel: str) -> int:
        """Send what is due on `channel`, as far as its rate allows; return how many messages were delivered.

        Ends at the first attempt that fails and may succeed later, so that a dead channel is not hammered.
        """
        delivered = 0
        while (claimed := self._claim(channel)) is not None:
            receipt = self._courier.carry(claimed.letter)
            self._record(claimed, receipt)
            delivered += receipt.delivered
            if not receipt.delivered and not receipt.final:
                break
        return delivered

    def _claim(self, channel: str) -> _Claimed | None:
        """Take the next due message of `channel`, if its rate allows one more."""
        now_ns, pace = self._clock.now_ns(), self._settings.paced(channel)
        lease_ns = round(pace.timeout_s * 4 * SECOND_NS)
        query = (
            select(MESSAGES)
            .where(WAITING, MESSAGES.c.channel == channel, MESSAGES.c.next_ns <= now_ns)
            .order_by(MESSAGES.c.next_ns, MESSAGES.c.id)
            .limit(1)
        )
        with self._database.write() as connection:
            row = connection.execute(query).mappings().one_or_none()
            if row is None or _sent_lately(connection, channel, now_ns) >= pace.rate_per_min:
                return None
            tried = row["attempts"] + 1
            taken = {"attempts": tried, "tried_ns": now_ns, "next_ns": now_ns + lease_ns}
            connection.execute(update(MESSAGES).where(MESSAGES.c.id == row["id"]).values(taken))
            self._failpoints.before(Work.CLAIM)
        self._failpoints.after(Work.CLAIM)
        return _Claimed(row, tried, now_ns, self._letter(row))

    def _letter(self, row: RowMapping) -> Letter:
        """Return the letter of a message; its link is signed now and never kept."""
        body, until_ns = row["body"], row["link_until_ns"]
        if until_ns is not None and self._links is not None:
            body = f"{body}\n确认收到 / Acknowledge: {self._links.url(row['key'], until_ns)}"
        return Letter(
            row["key"], row["channel"], row["subject"], body, row["department"], row["person_name"], row["phone"]
        )

    def _record(self, claimed: _Claimed, receipt: Receipt) -> None:
        now_ns, channel = self._clock.now_ns(), claimed.letter.channel
        pace = self._settings.paced(channel)
        values: dict[str, object] = {"answer": receipt.answer}
        if receipt.delivered:
            values |= {"state": MessageState.SENT, "sent_ns": now_ns, "next_ns": NEVER_NS}
            MESSAGES_SENT.labels(channel).inc()
        elif receipt.final or now_ns - claimed.row["created_ns"] > pace.give_up_after_s * SECOND_NS:
            values |= {"state": MessageState.FAILED, "next_ns": NEVER_NS}
            MESSAGES_FAILED.labels(channel, "given_up").inc()
        else:
            values |= {"next_ns": now_ns + retry_ns(claimed.attempts, pace)}
            MESSAGES_FAILED.labels(channel, "retried").inc()
        told = False
        attempt = Attempt(claimed.row["id"], channel, claimed.at_ns, now_ns, receipt)
        with self._database.write() as connection:
            connection.execute(update(MESSAGES).where(MESSAGES.c.id == claimed.row["id"]).values(values))
            attempts.keep(connection, attempt)
            if receipt.delivered:
                attempts.replace_earlier(connection, claimed.row["id"])
                told = note_told(connection, claimed.row, now_ns)
            self._failpoints.before(Work.RECORD)
        self._failpoints.after(Work.RECORD)
        if told:
            EVENTS_WRITTEN.labels(TOLD).inc()
        self._tell(claimed, receipt)

    def _tell(self, claimed: _Claimed, receipt: Receipt) -> None:
        """Log what a channel says when it says something new."""
        channel = claimed.letter.channel
        before = self._complaints.pop(channel, "")
        if receipt.delivered:
            if before:
                log.info("channel_delivers_again", channel=channel)
            return
        self._complaints[channel] = receipt.answer
        if receipt.answer != before:
            tell = log.error if receipt.final else log.warning
            tell("message_not_delivered", message=claimed.row["id"], channel=channel, answer=receipt.answer)


def retry_ns(attempts: int, settings: MessageSettings) -> int:
    """Return how long to wait after the `attempts`-th failure: doubling, up to the longest wait."""
    # 2^32 times the first wait is beyond any longest wait; the bound keeps the number small.
    wait_s = settings.first_retry_s * 2.0 ** min(attempts - 1, 32)
    return round(min(wait_s, settings.longest_retry_s) * SECOND_NS)


def _sent_lately(connection: Connection, channel: str, now_ns: int) -> int:
    """Return how many attempts the channel made in the last minute."""
    recent = (MESSAGES.c.channel == channel) & (MESSAGES.c.tried_ns > now_ns - _MINUTE_NS)
    count: int = connection.execute(select(func.count()).select_from(MESSAGES).where(recent)).scalar_one()
    return count
