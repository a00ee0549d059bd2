"""Publishes notices: each message is kept as it went out, in order, and refers to those before it."""

import hashlib
from dataclasses import replace
from datetime import tzinfo

from prometheus_client import Counter
from sqlalchemy import Connection, RowMapping, bindparam, insert, select, update

from linkage.cap.composing import Occasion, composed, expires_ns
from linkage.cap.config import CapSettings
from linkage.cap.model import Alert, Reference
from linkage.cap.notice import Notice
from linkage.cap.tables import CAP_MESSAGES
from linkage.cap.texts import whole_seconds
from linkage.cap.words import MsgType
from linkage.cap.writing import written

PUBLISHED = Counter("linkage_cap_messages_published_total", "CAP messages published.", ["msg_type", "scope"])

_EARLIER = (
    select(*(CAP_MESSAGES.c[name] for name in ("id", "identifier", "sender", "sent_ns", "msg_type", "digest")))
    .where(CAP_MESSAGES.c.subject == bindparam("subject"))
    .order_by(CAP_MESSAGES.c.id)
)
_NO_LONGER_NEWEST = (
    update(CAP_MESSAGES)
    .where(CAP_MESSAGES.c.subject == bindparam("subject_"), CAP_MESSAGES.c.newest)
    .values(newest=False)
)

#: Earlier messages that one refers to: the first and the newest, so that a long story does not outgrow its message.
_MOST_REFERENCES = 20


class Publisher:
    """Writes messages inside the caller's write transaction."""

    def __init__(self, settings: CapSettings, zone: tzinfo) -> None:
        self._settings, self._zone = settings, zone

    def publish(self, connection: Connection, notice: Notice, now_ns: int) -> str | None:
        """Publish what is new about the notice's subject; return the message's identifier, None for nothing new.

        Nothing is new when the same was said before, and when something ends of which nothing was ever said.
        """
        earlier = list(connection.execute(_EARLIER, {"subject": notice.subject}).mappings())
        digest = _digest(notice)
        standing = _since_last_cancel(earlier)
        if (notice.over and not standing) or (standing and standing[-1]["digest"] == digest):
            return None
        serial = len(earlier) + 1
        occasion = Occasion(
            identifier=f"{notice.subject.replace(':', '-')}-{serial}",
            now_ns=self._moment(now_ns, earlier),
            zone=self._zone,
            earlier=self._references(standing),
        )
        alert = composed(notice, occasion, self._settings)
        self._keep(connection, notice, alert, digest, occasion.now_ns)
        PUBLISHED.labels(alert.msg_type, alert.scope).inc()
        return alert.identifier

    def _moment(self, now_ns: int, earlier: list[RowMapping]) -> int:
        """Return a time that is later than that of the message before, in CAP's whole seconds."""
        second = 1_000_000_000
        return max(now_ns, earlier[-1]["sent_ns"] + second) if earlier else now_ns

    def _references(self, standing: list[RowMapping]) -> tuple[Reference, ...]:
        shown = standing if len(standing) <= _MOST_REFERENCES else [standing[0], *standing[1 - _MOST_REFERENCES :]]
        return tuple(
            Reference(row["sender"], row["identifier"], whole_seconds(row["sent_ns"], self._zone)) for row in shown
        )

    def _keep(self, connection: Connection, notice: Notice, alert: Alert, digest: str, sent_ns: int) -> None:
        connection.execute(_NO_LONGER_NEWEST, {"subject_": notice.subject})
        row = {
            "subject": notice.subject,
            "incident": notice.incident,
            "identifier": alert.identifier,
            "sender": alert.sender,
            "sent_ns": sent_ns,
            "msg_type": alert.msg_type,
            "status": alert.status,
            "scope": alert.scope,
            "headline": dict(notice.headline),
            "expires_ns": expires_ns(notice, sent_ns, self._settings),
            "newest": True,
            "digest": digest,
            "xml": written(alert).decode(),
        }
        connection.execute(insert(CAP_MESSAGES), row)


def _since_last_cancel(earlier: list[RowMapping]) -> list[RowMapping]:
    """Return what stands of a subject: after a Cancel, as when an incident is reopened, it begins anew."""
    cancels = [place for place, row in enumerate(earlier) if row["msg_type"] == MsgType.CANCEL]
    return earlier[cancels[-1] + 1 :] if cancels else earlier


def _digest(notice: Notice) -> str:
    """Return what tells two notices apart by what they say."""
    return hashlib.sha256(repr(replace(notice, incident=None)).encode()).hexdigest()
