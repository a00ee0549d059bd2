"""Writes down what came back from attempts, those of many channels in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from prometheus_client import Counter
from sqlalchemy import RowMapping, bindparam, update

from city.clock import SECOND_NS
from linkage.config import MessageSettings
from linkage.failpoint import Failpoints, Work
from linkage.ledger import EVENTS_WRITTEN
from linkage.tables import MESSAGES, NEVER_NS
from linkage.telling import attempts
from linkage.telling.attempts import Attempt
from linkage.telling.claiming import Claimed
from linkage.telling.couriers import Receipt
from linkage.telling.first_told import TOLD, note_told
from linkage.telling.outbox import MessageState
from storage.sql import Database

log = structlog.get_logger()

MESSAGES_SENT = Counter("linkage_messages_sent_total", "Messages delivered, by channel.", ["channel"])
MESSAGES_FAILED = Counter(
    "linkage_messages_failed_total", "Attempts that did not deliver, by channel and what follows.", ["channel", "then"]
)

_SENT, _GIVEN_UP, _RETRIED = "sent", "given_up", "retried"

#: How a message stands by what follows an attempt.
_STATES = {_SENT: MessageState.SENT, _GIVEN_UP: MessageState.FAILED, _RETRIED: MessageState.WAITING}

# Built once: building a statement anew costs as much as running it.
_ONE = update(MESSAGES).where(MESSAGES.c.id == bindparam("number_"))
_SETTLE = _ONE.values(
    state=bindparam("state_"), sent_ns=bindparam("sent"), next_ns=bindparam("next"), answer=bindparam("answer_")
)
_LET_GO = _ONE.values(attempts=bindparam("tries"), tried_ns=bindparam("tried"), next_ns=bindparam("next"))


@dataclass(frozen=True, slots=True)
class Report:
    """An attempt that was made: when it began and ended, what came back, and which messages were taken for nothing."""

    claimed: Claimed
    at_ns: int
    ended_ns: int
    receipt: Receipt
    untried: Sequence[Claimed] = ()

    @property
    def attempt(self) -> Attempt:
        """Return the attempt as it is kept."""
        return Attempt(self.claimed.row["id"], self.claimed.letter.channel, self.at_ns, self.ended_ns, self.receipt)


class Receipts:
    """The keeping of what came back. Calls block on the database: call from a thread, one at a time."""

    def __init__(self, database: Database, settings: MessageSettings, failpoints: Failpoints) -> None:
        self._database, self._settings, self._failpoints = database, settings, failpoints
        self._complaints: dict[str, str] = {}

    def keep(self, reports: Sequence[Report]) -> Sequence[Report]:
        """Write what came back, and let go of what was taken for nothing; return the reports."""
        outcomes = [self._outcome(report) for report in reports]
        untried = [_as_before(one.row) for report in reports for one in report.untried]
        delivered = [(one.claimed.row, one.ended_ns) for one in reports if one.receipt.delivered]
        with self._database.write() as connection:
            connection.execute(_SETTLE, outcomes)
            if untried:
                connection.execute(_LET_GO, untried)
            attempts.keep(connection, [report.attempt for report in reports])
            attempts.replace_earlier(connection, [row["id"] for row, _ in delivered])
            told = note_told(connection, delivered)
            self._failpoints.before(Work.RECORD)
        self._failpoints.after(Work.RECORD)
        EVENTS_WRITTEN.labels(TOLD).inc(told)
        for report in reports:
            self._tell(report)
        return reports

    def _outcome(self, report: Report) -> dict[str, object]:
        """Return how a message stands after an attempt."""
        then, next_ns = self._follows(report)
        return {
            "number_": report.claimed.row["id"],
            "answer_": report.receipt.answer,
            "state_": _STATES[then],
            "sent": report.ended_ns if report.receipt.delivered else None,
            "next": next_ns,
        }

    def _follows(self, report: Report) -> tuple[str, int]:
        """Return what follows an attempt, and when the message is looked at again."""
        receipt, row, now_ns = report.receipt, report.claimed.row, report.ended_ns
        if receipt.delivered:
            return _SENT, NEVER_NS
        pace = self._settings.paced(report.claimed.letter.channel)
        if receipt.final or now_ns - row["created_ns"] > pace.give_up_after_s * SECOND_NS:
            return _GIVEN_UP, NEVER_NS
        return _RETRIED, now_ns + retry_ns(report.claimed.attempts, pace)

    def _tell(self, report: Report) -> None:
        """Count an attempt, and log what a channel says when it says something new."""
        receipt, channel = report.receipt, report.claimed.letter.channel
        before = self._complaints.pop(channel, "")
        if receipt.delivered:
            MESSAGES_SENT.labels(channel).inc()
            if before:
                log.info("channel_delivers_again", channel=channel)
            return
        MESSAGES_FAILED.labels(channel, self._follows(report)[0]).inc()
        self._complaints[channel] = receipt.answer
        if receipt.answer != before:
            tell = log.error if receipt.final else log.warning
            tell("message_not_delivered", message=report.claimed.row["id"], channel=channel, answer=receipt.answer)


def retry_ns(attempts: int, settings: MessageSettings) -> int:
    """Return how long to wait after the `attempts`-th failure: doubling, up to the longest wait."""
    # 2^32 times the first wait is beyond any longest wait; the bound keeps the number small.
    wait_s = settings.first_retry_s * 2.0 ** min(attempts - 1, 32)
    return round(min(wait_s, settings.longest_retry_s) * SECOND_NS)


def _as_before(row: RowMapping) -> dict[str, object]:
    """Return what a claim changed, as it was."""
    return {"number_": row["id"], "tries": row["attempts"], "tried": row["tried_ns"], "next": row["next_ns"]}
