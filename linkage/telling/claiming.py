"""Takes due messages for one attempt, those of many channels in one transaction, as far as each one's rate allows."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, bindparam, func, select, update

from city.clock import SECOND_NS, Clock
from linkage.config import MessageSettings
from linkage.failpoint import Failpoints, Work
from linkage.tables import MESSAGES, WAITING
from linkage.telling.couriers import Letter
from linkage.telling.link import Links
from storage.sql import Database

#: Messages of a channel taken in one transaction: shared among those who send on it, but some for each.
_AT_ONCE, _FOR_EACH = 20, 4

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
_TAKE = (
    update(MESSAGES)
    .where(MESSAGES.c.id == bindparam("number_"))
    .values(attempts=MESSAGES.c.attempts + 1, tried_ns=bindparam("tried"), next_ns=bindparam("next"))
)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message taken for one attempt; if we die now, it comes up again when the claim runs out."""

    row: RowMapping
    letter: Letter

    @property
    def attempts(self) -> int:
        """Return how many attempts this one makes."""
        return int(self.row["attempts"]) + 1


@dataclass(frozen=True, slots=True)
class Claim:
    """What was taken of a channel's messages; `full` when there may be more that are due."""

    letters: tuple[Claimed, ...]
    full: bool


class Claiming:
    """The taking of messages. Calls block on the database: call from a thread."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: MessageSettings,
        failpoints: Failpoints,
        links: Links | None = None,
    ) -> None:
        self._database, self._clock, self._settings = database, clock, settings
        self._failpoints, self._links = failpoints, links

    def take(self, channels: Sequence[str]) -> list[Claim]:
        """Take the next due messages of each of `channels`; one that is named twice is given its next ones twice."""
        now_ns = self._clock.now_ns()
        with self._database.write() as connection:
            claims = [self._of_channel(connection, channel, now_ns) for channel in channels]
            if any(rows for rows, _ in claims):
                self._failpoints.before(Work.CLAIM)
        if any(rows for rows, _ in claims):
            self._failpoints.after(Work.CLAIM)
        return [Claim(tuple(Claimed(row, self._letter(row)) for row in rows), full) for rows, full in claims]

    def _of_channel(self, connection: Connection, channel: str, now_ns: int) -> tuple[Sequence[RowMapping], bool]:
        pace = self._settings.paced(channel)
        lately = connection.execute(_LATELY, {"on": channel, "since_ns": now_ns - _MINUTE_NS}).scalar_one()
        most = max(0, min(max(_FOR_EACH, _AT_ONCE // pace.at_once), pace.rate_per_min - lately))
        rows = connection.execute(_DUE, {"on": channel, "now_ns": now_ns, "most": most}).mappings().all()
        if rows:
            taken = {"tried": now_ns, "next": now_ns + lease_ns(pace)}
            connection.execute(_TAKE, [{"number_": row["id"], **taken} for row in rows])
        return rows, 0 < most == len(rows)

    def _letter(self, row: RowMapping) -> Letter:
        """Return the letter of a message; its link is signed now and never kept."""
        body, until_ns = row["body"], row["link_until_ns"]
        if until_ns is not None and self._links is not None:
            body = f"{body}\n确认收到 / Acknowledge: {self._links.url(row['key'], until_ns)}"
        return Letter(
            row["key"], row["channel"], row["subject"], body, row["department"], row["person_name"], row["phone"]
        )


def lease_ns(pace: MessageSettings) -> int:
    """Return how long a claim holds."""
    return round(pace.timeout_s * 4 * SECOND_NS)
