"""Sends waiting messages: at least once, repeated only under the same key, at a bounded rate for each channel."""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from prometheus_client import Counter
from sqlalchemy import Connection, RowMapping, bindparam, func, select, update

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

# Built once: building a statement anew costs as much as running it.
_DUE = (
    select(MESSAGES)
    .where(WAITING, MESSAGES.c.channel == bindparam("on"), MESSAGES.c.next_ns <= bindparam("now_ns"))
    .order_by(MESSAGES.c.next_ns, MESSAGES.c.id)
    .limit(bindparam("most"))
)
_LATELY = (
    select(func.count())
    .select_from(MESSAGES)
    .where(MESSAGES.c.channel == bindparam("on"), MESSAGES.c.tried_ns > bindparam("since_ns"))
)
_ONE = update(MESSAGES).where(MESSAGES.c.id == bindparam("number_"))
_SETTLE = _ONE.values(
    state=bindparam("state_"), sent_ns=bindparam("sent"), next_ns=bindparam("next"), answer=bindparam("answer_")
)
_LET_GO = _ONE.values(attempts=bindparam("tries"), tried_ns=bindparam("tried"), next_ns=bindparam("next"))


#: Messages of a channel taken in one transaction; each is recorded in one of its own, so that one at most is repeated.
_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class _Claimed:
    """A message taken for one attempt; if we die now, it comes up again when the claim runs out."""

    row: RowMapping
    letter: Letter

    @property
    def attempts(self) -> int:
        return int(self.row["attempts"]) + 1


@dataclass(frozen=True, slots=True)
class _Carried:
    """An attempt that was made: when it began and ended, and what came back."""

    claimed: _Claimed
    at_ns: int
    ended_ns: int
    receipt: Receipt

    @property
    def attempt(self) -> Attempt:
        return Attempt(self.claimed.row["id"], self.claimed.letter.channel, self.at_ns, self.ended_ns, self.receipt)


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

        Ends at the first attempt that fails and may succeed later, so that a dead channel is not hammered; what was
        taken with it waits no longer for that.
        """
        delivered = 0
        while claimed := self._claim(channel):
            until_ns = self._clock.now_ns() + _lease_ns(self._settings.paced(channel)) // 2
            for place, one in enumerate(claimed, 1):
                at_ns = self._clock.now_ns()
                receipt = self._courier.carry(one.letter)
                carried = _Carried(one, at_ns, self._clock.now_ns(), receipt)
                # The claim must not run out under a later one.
                ends = _stops(receipt) or carried.ended_ns > until_ns
                self._record(carried, claimed[place:] if ends else ())
                delivered += receipt.delivered
                if ends:
                    return delivered
        return delivered

    def _claim(self, channel: str) -> list[_Claimed]:
        """Take the next due messages of `channel`, as far as its rate allows."""
        now_ns, pace = self._clock.now_ns(), self._settings.paced(channel)
        with self._database.write() as connection:
            left = pace.rate_per_min - _sent_lately(connection, channel, now_ns)
            wanted = {"on": channel, "now_ns": now_ns, "most": max(0, min(_AT_ONCE, left))}
            rows = list(connection.execute(_DUE, wanted).mappings())
            if not rows:
                return []
            taken = {"attempts": MESSAGES.c.attempts + 1, "tried_ns": now_ns, "next_ns": now_ns + _lease_ns(pace)}
            connection.execute(update(MESSAGES).where(MESSAGES.c.id.in_([row["id"] for row in rows])).values(taken))
            self._failpoints.before(Work.CLAIM)
        self._failpoints.after(Work.CLAIM)
        return [_Claimed(row, self._letter(row)) for row in rows]

    def _letter(self, row: RowMapping) -> Letter:
        """Return the letter of a message; its link is signed now and never kept."""
        body, until_ns = row["body"], row["link_until_ns"]
        if until_ns is not None and self._links is not None:
            body = f"{body}\n确认收到 / Acknowledge: {self._links.url(row['key'], until_ns)}"
        return Letter(
            row["key"], row["channel"], row["subject"], body, row["department"], row["person_name"], row["phone"]
        )

    def _record(self, carried: _Carried, untried: Sequence[_Claimed]) -> None:
        """Write what came back before the next one goes, and let go of those that were taken for nothing."""
        row, receipt = carried.claimed.row, carried.receipt
        outcome, told = self._outcome(carried), False
        with self._database.write() as connection:
            connection.execute(_SETTLE, outcome)
            if untried:
                connection.execute(_LET_GO, [_as_before(one.row) for one in untried])
            attempts.keep(connection, carried.attempt)
            if receipt.delivered:
                attempts.replace_earlier(connection, row["id"])
                told = note_told(connection, row, carried.ended_ns)
            self._failpoints.before(Work.RECORD)
        self._failpoints.after(Work.RECORD)
        if told:
            EVENTS_WRITTEN.labels(TOLD).inc()
        self._tell(carried.claimed, receipt)

    def _outcome(self, carried: _Carried) -> dict[str, object]:
        """Return how a message stands after an attempt."""
        claimed, receipt, now_ns = carried.claimed, carried.receipt, carried.ended_ns
        channel, values = claimed.letter.channel, {"number_": claimed.row["id"], "answer_": receipt.answer}
        pace = self._settings.paced(channel)
        if receipt.delivered:
            MESSAGES_SENT.labels(channel).inc()
            return {**values, "state_": MessageState.SENT, "sent": now_ns, "next": NEVER_NS}
        if receipt.final or now_ns - claimed.row["created_ns"] > pace.give_up_after_s * SECOND_NS:
            MESSAGES_FAILED.labels(channel, "given_up").inc()
            return {**values, "state_": MessageState.FAILED, "sent": None, "next": NEVER_NS}
        MESSAGES_FAILED.labels(channel, "retried").inc()
        again_ns = now_ns + retry_ns(claimed.attempts, pace)
        return {**values, "state_": MessageState.WAITING, "sent": None, "next": again_ns}

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


def _stops(receipt: Receipt) -> bool:
    """Tell whether the channel should be left alone for a while after this."""
    return not receipt.delivered and not receipt.final


def _lease_ns(pace: MessageSettings) -> int:
    """Return how long a claim holds."""
    return round(pace.timeout_s * 4 * SECOND_NS)


def _as_before(row: RowMapping) -> dict[str, object]:
    """Return what a claim changed, as it was."""
    return {"number_": row["id"], "tries": row["attempts"], "tried": row["tried_ns"], "next": row["next_ns"]}


def _sent_lately(connection: Connection, channel: str, now_ns: int) -> int:
    """Return how many attempts the channel made in the last minute."""
    wanted = {"on": channel, "since_ns": now_ns - _MINUTE_NS}
    count: int = connection.execute(_LATELY, wanted).scalar_one()
    return count
