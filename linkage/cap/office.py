"""What the API asks of CAP: the public feed, one message, an incident's messages, what came in and what is in force."""

from hmac import compare_digest

from sqlalchemy import Select, select

from city.clock import iso
from city.errors import NotFound
from linkage.cap.feed import Entry, Masthead, atom
from linkage.cap.heard import HeardList, HeardWarning
from linkage.cap.in_force import Received, ReceivedWarning
from linkage.cap.receiving import Receiver, Taken
from linkage.cap.tables import CAP_MESSAGES
from linkage.cap.words import Scope, Status
from linkage.ledger import Ledger
from linkage.views import Moment, View

#: Entries of the feed, and messages of one incident that are listed.
_MOST = 100


class CapLine(View):
    """A published message in a list."""

    identifier: str
    sent_at: Moment
    msg_type: str
    status: str
    scope: str


class CapOffice:
    """CAP for the API. Calls block on the database: call from a thread."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger, self._settings = ledger, ledger.settings.cap
        self._receiver, self._received = Receiver(ledger), Received(ledger.database)
        self._heard = HeardList(ledger)

    def knows(self, token: str) -> bool:
        """Tell whether this is the token of who may post."""
        known = self._settings.token
        expected = b"" if known is None else known.get_secret_value().encode()
        return known is not None and compare_digest(token.encode("utf-8", "replace"), expected)

    def take(self, data: bytes) -> Taken:
        """Take a message that was posted; see `Receiver.take`."""
        return self._receiver.take(data, "posted")

    def in_force(self) -> list[ReceivedWarning]:
        """Return the received warnings in force."""
        return self._received.in_force(self._ledger.clock.now_ns())

    def heard(self, before: int, limit: int) -> list[HeardWarning]:
        """Return what was received, newest first, from before the number `before` (0: from the newest)."""
        return self._heard.page(before, limit)

    def feed(self, url: str) -> bytes:
        """Return the public feed; `url` is where CAP is served.

        Raises:
            NotFound: nothing is public here.
        """
        self._check_public()
        now_ns = self._ledger.clock.now_ns()
        columns = CAP_MESSAGES.c
        query = _public().where(columns.newest, columns.expires_ns > now_ns).order_by(columns.id.desc()).limit(_MOST)
        with self._ledger.database.read() as connection:
            entries = [
                Entry(
                    identifier=row["identifier"],
                    headline=row["headline"].get("zh", ""),
                    sent_ns=row["sent_ns"],
                    expires_ns=row["expires_ns"],
                    msg_type=row["msg_type"],
                )
                for row in connection.execute(query).mappings()
            ]
        name = self._settings.sender_name.get("zh", "")
        return atom(Masthead(sender=self._settings.sender, name=name, url=url), entries, now_ns)

    def public(self, identifier: str) -> bytes:
        """Return a public message.

        Raises:
            NotFound: there is none of this name, or it is not public.
        """
        self._check_public()
        return self._one(_public().where(CAP_MESSAGES.c.identifier == identifier), identifier)

    def of_incident(self, incident: int) -> list[CapLine]:
        """Return what was said of an incident, oldest first; whether the caller may see it, is the caller's care."""
        columns = CAP_MESSAGES.c
        query = select(CAP_MESSAGES).where(columns.incident == incident).order_by(columns.id.desc()).limit(_MOST)
        with self._ledger.database.read() as connection:
            rows = list(connection.execute(query).mappings())
        return [
            CapLine(
                identifier=row["identifier"],
                sent_at=iso(row["sent_ns"]),
                msg_type=row["msg_type"],
                status=row["status"],
                scope=row["scope"],
            )
            for row in reversed(rows)
        ]

    def message(self, incident: int, identifier: str) -> bytes:
        """Return one message about an incident.

        Raises:
            NotFound: there is none of this name about it.
        """
        columns = CAP_MESSAGES.c
        found = select(CAP_MESSAGES).where(columns.incident == incident, columns.identifier == identifier)
        return self._one(found, identifier)

    def _check_public(self) -> None:
        if not self._settings.public:
            raise NotFound("feed", "cap")

    def _one(self, query: Select[tuple[object, ...]], identifier: str) -> bytes:
        with self._ledger.database.read() as connection:
            row = connection.execute(query).mappings().one_or_none()
        if row is None:
            raise NotFound("message", identifier)
        return str(row["xml"]).encode()


def _public() -> Select[tuple[object, ...]]:
    """Select what the public may see: whatever was written, no drill and no test is among it."""
    return select(CAP_MESSAGES).where(CAP_MESSAGES.c.scope == Scope.PUBLIC, CAP_MESSAGES.c.status == Status.ACTUAL)
