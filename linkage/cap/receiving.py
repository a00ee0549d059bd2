"""Takes CAP messages in: kept word for word, once each, updates and cancels applied in whatever order they come."""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from prometheus_client import Counter
from sqlalchemy import ColumnElement, Connection, and_, insert, or_, select, update

from city.clock import to_ns
from city.errors import BadDocument
from linkage.cap.judging import Judged, State, Why, judged
from linkage.cap.model import Alert, Reference
from linkage.cap.reading import read
from linkage.cap.tables import CAP_RECEIVED, CAP_REFERENCES
from linkage.cap.words import MsgType, Status
from linkage.deed import Deed
from linkage.ledger import Ledger, Page

log = structlog.get_logger()

RECEIVED = Counter("linkage_cap_messages_received_total", "CAP messages taken in, by what came of them.", ["reason"])
REFUSED = Counter("linkage_cap_messages_refused_total", "CAP messages refused.", ["reason"])

#: What the coming of a message does to those it names.
_EFFECT = {
    MsgType.UPDATE: (State.REPLACED, Why.UPDATED),
    MsgType.CANCEL: (State.CANCELLED, Why.WITHDRAWN),
}


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a message; `repeated` when it had come before."""

    sender: str
    identifier: str
    state: str
    reason: str
    repeated: bool = False


class Receiver:
    """The city's ear. Calls block on the database: call from a thread."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger, self._settings = ledger, ledger.settings.cap

    def take(self, data: bytes, source: str) -> Taken:
        """Take a message that came by `source`; one that came before gets the same answer again.

        Raises:
            BadDocument: it is none of CAP 1.2, or its sender is not one that the settings name.
            StoreUnavailable: nothing was kept; send it again.
        """
        alert = self._read(data)
        with self._ledger.writing() as page:
            known = _known(page.connection, alert)
            if known is None:
                taken = self._keep(page, alert, data, source)
            else:
                taken = Taken(alert.sender, alert.identifier, known.state, known.reason, repeated=True)
        RECEIVED.labels("repeated" if taken.repeated else taken.reason).inc()
        log.info("cap_received", source=source, sender=taken.sender, message=taken.identifier, state=taken.state)
        return taken

    def _read(self, data: bytes) -> Alert:
        try:
            alert = read(data)
        except BadDocument:
            REFUSED.labels("bad_document").inc()
            raise
        if alert.sender not in self._settings.senders:
            REFUSED.labels("unknown_sender").inc()
            raise BadDocument(expected="a sender of `linkage.cap.senders`", got=alert.sender, at="sender")
        return alert

    def _keep(self, page: Page, alert: Alert, data: bytes, source: str) -> Taken:
        meaning = judged(alert, self._settings, page.now_ns)
        connection = page.connection
        spoken = _spoken_of(connection, alert) if meaning.state is State.IN_FORCE else None
        state, reason = (meaning.state, meaning.reason) if spoken is None else spoken
        row = _row(alert, meaning) | {
            "state": state,
            "reason": reason,
            "source": source,
            "received_ns": page.now_ns,
            "text": data,
        }
        number = connection.execute(insert(CAP_RECEIVED).returning(CAP_RECEIVED.c.id), row).scalar_one()
        _refer(connection, number, alert)
        if meaning.reason is not Why.NOT_MEANT:
            _apply(connection, alert)
        said = {name: row[name] for name in ("sender", "identifier", "category", "level", "state", "reason", "drill")}
        page.note(Deed(step="cap_received", to_state=str(state), data={**said, "message": number}))
        return Taken(alert.sender, alert.identifier, state, reason)


def _known(connection: Connection, alert: Alert) -> Taken | None:
    query = select(CAP_RECEIVED.c.state, CAP_RECEIVED.c.reason).where(_named(alert.reference))
    row = connection.execute(query).one_or_none()
    return None if row is None else Taken(alert.sender, alert.identifier, row.state, row.reason)


def _row(alert: Alert, meaning: Judged) -> dict[str, object]:
    return {
        "sender": alert.sender,
        "identifier": alert.identifier,
        "sent_ns": to_ns(alert.sent),
        "msg_type": alert.msg_type,
        "status": alert.status,
        "category": meaning.category,
        "level": meaning.level,
        "level_from": meaning.level_from,
        "districts": list(meaning.districts),
        "headline": meaning.headline,
        "starts_ns": meaning.starts_ns,
        "expires_ns": meaning.expires_ns,
        "drill": meaning.drill,
    }


def _refer(connection: Connection, number: int, alert: Alert) -> None:
    rows = [
        {"message": number, "sender": sender, "identifier": identifier, "sent_ns": sent_ns}
        for sender, identifier, sent_ns in dict.fromkeys(
            (one.sender, one.identifier, to_ns(one.sent)) for one in alert.references
        )
    ]
    if rows:
        connection.execute(insert(CAP_REFERENCES), rows)


def _apply(connection: Connection, alert: Alert) -> None:
    """Replace or cancel what the message names; nobody speaks for another sender, and no exercise ends what is so."""
    effect = _EFFECT.get(alert.msg_type)
    own = [one for one in alert.references if one.sender == alert.sender]
    if effect is None or not own:
        return
    state, reason = effect
    named = or_(*(_named(reference) for reference in own))
    standing = CAP_RECEIVED.c.state.in_([State.IN_FORCE, State.REPLACED]) & _like(alert)
    connection.execute(update(CAP_RECEIVED).where(named, standing).values(state=state, reason=reason))


def _spoken_of(connection: Connection, alert: Alert) -> tuple[State, Why] | None:
    """Return what a message that came earlier has already done to this one."""
    one = alert.reference
    query = (
        select(CAP_RECEIVED.c.msg_type)
        .join(CAP_REFERENCES, CAP_REFERENCES.c.message == CAP_RECEIVED.c.id)
        .where(
            CAP_REFERENCES.c.sender == one.sender,
            CAP_REFERENCES.c.identifier == one.identifier,
            CAP_REFERENCES.c.sent_ns == to_ns(one.sent),
            CAP_RECEIVED.c.sender == one.sender,
            CAP_RECEIVED.c.reason != Why.NOT_MEANT,
            _like(alert),
        )
    )
    kinds: Sequence[str] = connection.execute(query).scalars().all()
    for kind in (MsgType.CANCEL, MsgType.UPDATE):
        if kind in kinds:
            return _EFFECT[kind]
    return None


def _like(alert: Alert) -> ColumnElement[bool]:
    return CAP_RECEIVED.c.drill.is_(alert.status is Status.EXERCISE)


def _named(reference: Reference) -> ColumnElement[bool]:
    return and_(
        CAP_RECEIVED.c.sender == reference.sender,
        CAP_RECEIVED.c.identifier == reference.identifier,
        CAP_RECEIVED.c.sent_ns == to_ns(reference.sent),
    )
