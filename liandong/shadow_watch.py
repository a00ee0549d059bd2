"""Has the desk know since when rules run in shadow: ingest knows which do."""

import asyncio
from typing import NoReturn

from city.clock import SECOND_NS
from city.feed import Feed
from liandong.looking import looking
from linkage.ledger import Ledger
from linkage.shadow.beginning import Beginnings

#: Time between two looks, in seconds.
EVERY_S = 10


class ShadowWatch:
    """Asks ingest which rules are in force."""

    def __init__(self, feed: Feed, ledger: Ledger) -> None:
        self._feed, self._clock, self._beginnings = feed, ledger.clock, Beginnings(ledger)

    async def run(self) -> NoReturn:
        """Look until cancelled."""
        await looking("shadow", EVERY_S, self.look)

    async def look(self) -> int:
        """Look once; a rule may have come into shadow right after the last look. Return how many came or left.

        Raises:
            StoreUnavailable: ingest or the database does not answer; the next look does what was left.
        """
        rules = [rule.id for rule in await self._feed.rules() if rule.shadow is not None]
        return await asyncio.to_thread(self._beginnings.note, rules, self._clock.now_ns() - EVERY_S * SECOND_NS)
