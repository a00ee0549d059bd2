"""Stands before whoever carries messages: what belongs to a drill never leaves by a public channel."""

from collections.abc import Collection

from prometheus_client import Counter
from sqlalchemy import select

from linkage.publicity import may_be_public
from linkage.tables import INCIDENTS, MESSAGES
from linkage.telling.couriers import Courier, Letter, Receipt
from storage.sql import Database

MESSAGES_KEPT = Counter(
    "linkage_public_messages_kept_total", "Messages kept from public channels, by reason.", ["reason"]
)


class PublicGuard:
    """A courier before the courier; it asks the database only for letters to public channels."""

    def __init__(self, courier: Courier, database: Database, public: Collection[str]) -> None:
        self._courier, self._database, self._public = courier, database, frozenset(public)

    def carry(self, letter: Letter) -> Receipt:
        """Deliver what may go, and refuse for good what may not."""
        reason = self._kept(letter) if letter.channel in self._public else ""
        if not reason:
            return self._courier.carry(letter)
        MESSAGES_KEPT.labels(reason).inc()
        answer = f"Kept from the public channel `{letter.channel}`: {reason}"
        return Receipt(delivered=False, answer=answer, final=True, blames_letter=True)

    def _kept(self, letter: Letter) -> str:
        """Return why the public must not get this; what belongs to no incident is the city's own business."""
        query = (
            select(INCIDENTS.c.drill)
            .join(MESSAGES, MESSAGES.c.incident == INCIDENTS.c.id)
            .where(MESSAGES.c.key == letter.key)
        )
        with self._database.read() as connection:
            drill = connection.execute(query).scalar_one_or_none()
        if drill is None:
            return "no_incident"
        return "" if may_be_public(drill=drill) else "drill"
