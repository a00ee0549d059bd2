"""Stands before whoever carries messages: nothing of a drill, and nothing unsigned, leaves by a public channel."""

from collections.abc import Collection

from prometheus_client import Counter
from sqlalchemy import select

from linkage.notices.tables import NOTICES
from linkage.publicity import may_be_public
from linkage.tables import INCIDENTS, MESSAGES
from linkage.telling.couriers import Courier, Letter, Receipt
from linkage.telling.outbox import PUBLIC_KIND
from storage.sql import Database

MESSAGES_KEPT = Counter(
    "linkage_public_messages_kept_total", "Messages kept from public channels, by reason.", ["reason"]
)

_ABOUT = (
    select(MESSAGES.c.kind, INCIDENTS.c.drill, NOTICES.c.state, NOTICES.c.drill.label("notice_drill"))
    .select_from(MESSAGES)
    .join(INCIDENTS, INCIDENTS.c.id == MESSAGES.c.incident, isouter=True)
    .join(NOTICES, (NOTICES.c.event == MESSAGES.c.event) & (MESSAGES.c.kind == PUBLIC_KIND), isouter=True)
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
        """Return why the public must not get this; what is no notice and belongs to no incident is not for it."""
        with self._database.read() as connection:
            row = connection.execute(_ABOUT.where(MESSAGES.c.key == letter.key)).one_or_none()
        if row is None or (row.kind != PUBLIC_KIND and row.drill is None):
            return "no_incident"
        if row.kind == PUBLIC_KIND and row.state != "signed":
            return "unsigned"
        return "" if may_be_public(drill=bool(row.drill or row.notice_drill)) else "drill"
