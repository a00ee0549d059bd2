"""Sends waiting messages: at least once, repeated only under the same key, at a bounded rate for each channel."""

from collections.abc import Sequence

from sqlalchemy import Select, bindparam, exists, func, select

from city.clock import Clock
from linkage.config import MessageSettings
from linkage.failpoint import Failpoints
from linkage.faults import Fault, faults_told
from linkage.tables import MESSAGES, WAITING
from linkage.telling.claiming import Claim, Claimed, Claiming, lease_ns
from linkage.telling.couriers import Courier, Letter, Receipt
from linkage.telling.link import Links
from linkage.telling.receipts import Receipts, Report
from linkage.telling.together import Together
from storage.sql import Database

#: Channels whose messages are taken, and attempts that are written down, in one transaction: some 15 ms, after which
#: officers get their turn.
_MOST_CHANNELS, _MOST_REPORTS = 16, 50


def _channels_due() -> Select[str]:
    """Return the query for the channels with something due: from channel to channel, however many messages wait there.

    `SELECT DISTINCT` would read them all, which takes 60 ms where 100,000 wait.
    """
    nearest = select(func.min(MESSAGES.c.channel)).where(WAITING)
    here = select(nearest.scalar_subquery().label("channel")).cte("here", recursive=True)
    further = nearest.where(MESSAGES.c.channel > here.c.channel).correlate(here).scalar_subquery()
    channels = here.union_all(select(further).where(here.c.channel.is_not(None)))
    due = exists().where(WAITING, MESSAGES.c.channel == channels.c.channel, MESSAGES.c.next_ns <= bindparam("now_ns"))
    return select(channels.c.channel).where(channels.c.channel.is_not(None), due)


# Built once: building a statement anew costs as much as running it.
_CHANNELS_DUE = _channels_due()


class Post:
    """The sending side of the outbox. Calls block on the database and on the courier: call from a thread.

    Those who send at the same time, on whichever channel, write in one transaction (`Together`).
    """

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
        failpoints = Failpoints() if failpoints is None else failpoints
        claiming = Claiming(database, clock, settings, failpoints, links)
        self._claims: Together[str, Claim] = Together(claiming.take, _MOST_CHANNELS)
        receipts = Receipts(database, settings, failpoints)
        self._reports: Together[Report, Report] = Together(receipts.keep, _MOST_REPORTS)

    def waiting(self) -> list[str]:
        """Return the channels on which a message is due."""
        with self._database.read() as connection:
            return list(connection.execute(_CHANNELS_DUE, {"now_ns": self._clock.now_ns()}).scalars())

    def send(self, channel: str) -> int:
        """Send what is due on `channel`, as far as its rate allows; return how many messages were delivered.

        Each is recorded before the caller takes the next one. Ends at the first attempt that fails and may succeed
        later, so that a dead channel is not hammered; what was taken with it waits no longer for that.
        """
        delivered, goes_on = 0, True
        while goes_on:
            claim = self._claims.join(channel)
            sent, goes_on = self._carry(channel, claim.letters)
            delivered, goes_on = delivered + sent, goes_on and claim.full
        return delivered

    def _carry(self, channel: str, letters: Sequence[Claimed]) -> tuple[int, bool]:
        """Carry letters one by one; return how many were delivered, and whether the channel may be used further."""
        delivered = 0
        until_ns = self._clock.now_ns() + lease_ns(self._settings.paced(channel)) // 2
        for place, one in enumerate(letters, 1):
            at_ns = self._clock.now_ns()
            receipt = self._carried(one.letter)
            ended_ns = self._clock.now_ns()
            # The claim must not run out under a later one.
            ends = _stops(receipt) or ended_ns > until_ns
            self._reports.join(Report(one, at_ns, ended_ns, receipt, letters[place:] if ends else ()))
            delivered += receipt.delivered
            if ends:
                return delivered, False
        return delivered, True

    def _carried(self, letter: Letter) -> Receipt:
        try:
            with faults_told("deliveries"):
                return self._courier.carry(letter)
        except Fault as fault:  # without an attempt written down it would be the first again, for ever
            return Receipt(delivered=False, answer=fault.cause, blames_letter=True)


def _stops(receipt: Receipt) -> bool:
    """Tell whether the channel should be left alone for a while after this."""
    return not receipt.delivered and not receipt.final
