"""Watches the channels: what a dead one cannot deliver goes by the next, and those who look after it are told, once."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import structlog
from prometheus_client import Counter
from sqlalchemy import Connection, RowMapping, Select, insert, select, update

from city.alarm import Change
from city.clock import SECOND_NS
from linkage.admission.admit import tell
from linkage.admission.batch import Batch
from linkage.deed import Deed
from linkage.departments import Axis
from linkage.ledger import Ledger, Page
from linkage.tables import FALLEN, INCIDENTS, MESSAGES, WAITING
from linkage.telling import channel_alarm, outbox
from linkage.telling.book import Quotas
from linkage.telling.outbox import SYSTEM_PREFIX, Draft
from linkage.telling.tables import CHANNELS

log = structlog.get_logger()

MESSAGES_FELL = Counter(
    "linkage_messages_fell_through_total", "Messages that a channel did not deliver, by channel and what follows.",
    ["channel", "then"],
)  # fmt: skip

#: Stands for the successor of a message for which there is no other channel.
NONE_LEFT = 0

#: Messages that fall through in one transaction, so that other writers get their turn.
_BATCH = 100

#: A message that only asks whether a channel delivers: another one is no answer.
TEST = "test"

_CHANGES = {"channel_dead": Change.RAISED, "channel_back": Change.CLEARED}

_USUAL = {
    "channel_dead": ("通道失效", "Channel does not deliver"),
    "channel_back": ("通道恢复", "Channel delivers again"),
}


class ChannelWatch:
    """The turn that looks after channels. A message follows its channel's death within two looks."""

    name = "channels"
    every_s = 1.0

    def __init__(self, ledger: Ledger) -> None:
        self._ledger, self._settings = ledger, ledger.settings.messages

    def take(self) -> int:
        """Declare channels dead or back, and let messages fall through; return how many things were done."""
        now_ns = self._ledger.clock.now_ns()
        with self._ledger.database.read() as connection:
            channels = list(connection.execute(select(CHANNELS)).mappings())
            falling = _fallen(connection, [one["name"] for one in channels if one["dead_ns"] is not None])
        patience_ns = round(self._settings.dead_after_s * SECOND_NS)
        died = [one for one in channels if _died(one, now_ns - patience_ns)]
        back = [one for one in channels if one["dead_ns"] is not None and one["failing_ns"] is None]
        if not died and not back and not falling:
            return 0
        with self._ledger.writing() as page:
            self._declare(page, died, "channel_dead", {"dead_ns": now_ns})
            self._declare(page, back, "channel_back", {"dead_ns": None})
            done = len(died) + len(back)
        while found := self._fall():
            done += found
        return done

    def _declare(self, page: Page, channels: Sequence[RowMapping], kind: str, change: Mapping[str, object]) -> None:
        for channel in channels:
            name = channel["name"]
            page.connection.execute(update(CHANNELS).where(CHANNELS.c.name == name).values(change))
            # The alarm's key: the same channel and the same death.
            since_ns = page.now_ns if channel["dead_ns"] is None else channel["dead_ns"]
            key = f"channel/{name}/{since_ns}"
            data = {"channel": name, "key": key, "answer": channel["answer"], "since_ns": channel["failing_ns"]}
            page.note(Deed(step=kind, data=data))
            incident = self._admitted(page, name, key, _CHANGES[kind])
            alarms = (replace(one, incident=incident) for one in self._alarms(name, kind, key, channel["answer"]))
            outbox.put(page.connection, alarms, self._quotas, page.now_ns)
            say = log.error if kind == "channel_dead" else log.info
            say(kind, channel=name, answer=channel["answer"])

    def _admitted(self, page: Page, name: str, key: str, change: Change) -> int | None:
        """Let the alarm of a channel open an incident, or be over; return the incident that it concerns."""
        response = channel_alarm.response_of(self._settings.alarm_class, self._settings.alarm_priority)
        transition = channel_alarm.change_of(name, key, response, change, page.now_ns)
        batch = Batch(page, self._ledger)
        batch.read([transition])
        admission = batch.admit(transition)
        batch.flush()
        tell([admission])
        return admission.incident

    def _alarms(self, name: str, kind: str, key: str, answer: str) -> Iterable[Draft]:
        """Yield the messages about a channel, by the other channels of those who are told."""
        directory, usual = self._ledger.book.directory, _USUAL[kind]
        told = self._settings.alarm_to if self._settings.alarm_to else directory.desks(Axis.SUPERVISION, "")
        subject = f"[{name}] {usual[0]} / {usual[1]}"
        words = self._ledger.book.telling.wording
        facts = {
            language: {"title": name, "about": about, "note": answer}
            for language, about in zip(("zh", "en"), usual, strict=True)
        }
        for department in (directory.find(one) for one in told):
            if department is None:
                continue
            for channel in dict.fromkeys((*department.channels, *self._settings.fallback)):
                if channel != name:
                    yield Draft(
                        key=_key(key, kind, department.id, channel),
                        channel=channel,
                        department=department.id,
                        subject=words.subject(kind, facts, subject),
                        body=words.body(kind, facts, f"{subject}\n{answer}"),
                        kind=kind,
                        urgent=True,
                    )

    def _fall(self) -> int:
        """Let some messages fall through, in a transaction of their own; return how many."""
        with self._ledger.writing() as page:
            query = select(CHANNELS.c.name).where(CHANNELS.c.dead_ns.is_not(None))
            dead = set(page.connection.execute(query).scalars())
            rows = _fallen(page.connection, dead)
            for row in rows:
                self._pass_on(page, row, dead)
        return len(rows)

    def _pass_on(self, page: Page, row: RowMapping, dead: set[str]) -> None:
        """Write the message that goes by the next channel in place of this one."""
        channel = self._next_channel(page.connection, row, dead)
        successor = NONE_LEFT
        if channel:
            draft = Draft(
                **{name: row[name] for name in _COPIED},
                key=_key(row["key"], channel),
                channel=channel,
                urgent=True,
            )
            written = insert(MESSAGES).values(outbox.row_of(draft, page.now_ns)).returning(MESSAGES.c.id)
            successor = page.connection.execute(written).scalar_one()
        MESSAGES_FELL.labels(row["channel"], "next" if channel else "stranded").inc()
        page.connection.execute(update(MESSAGES).where(MESSAGES.c.id == row["id"]).values(succeeded_by=successor))

    def _next_channel(self, connection: Connection, row: RowMapping, dead: set[str]) -> str:
        """Return a channel that this notice has not gone by, a living one if there is one; empty for none."""
        if row["channel"].startswith(SYSTEM_PREFIX) or row["kind"] in {TEST, outbox.PUBLIC_KIND}:
            return ""
        department = self._ledger.book.directory.find(row["department"])
        known = () if department is None else department.channels
        used = set(connection.execute(_same_notice(row)).scalars()) | {row["channel"], _about(connection, row)}
        free = [one for one in dict.fromkeys((*known, *self._settings.fallback)) if one not in used]
        return next((one for one in free if one not in dead), free[0] if free else "")

    @property
    def _quotas(self) -> Quotas:
        return self._ledger.book.telling.quotas


#: What a successor takes over.
_COPIED = (
    "department", "subject", "body", "kind", "incident", "event", "task", "escalation", "person", "person_name",
    "phone", "link_until_ns",
)  # fmt: skip


def _fallen(connection: Connection, dead: Iterable[str]) -> list[RowMapping]:
    """Return messages that need another channel: those that failed, and those waiting for a dead one."""
    failed = select(MESSAGES).where(FALLEN).order_by(MESSAGES.c.id).limit(_BATCH)
    waiting = select(MESSAGES).where(WAITING, MESSAGES.c.channel.in_(list(dead)), MESSAGES.c.succeeded_by.is_(None))
    found = list(connection.execute(failed).mappings())
    return found + list(connection.execute(waiting.order_by(MESSAGES.c.next_ns).limit(_BATCH)).mappings())


def _same_notice(row: RowMapping) -> Select[tuple[str]]:
    """Return the query for the channels that the same notice has gone by."""
    same = (MESSAGES.c[name] == row[name] for name in ("event", "department", "person", "kind"))
    incident, escalation = row["incident"], row["escalation"]
    return select(MESSAGES.c.channel).where(
        *same,
        MESSAGES.c.incident.is_(None) if incident is None else MESSAGES.c.incident == incident,
        MESSAGES.c.escalation.is_(None) if escalation is None else MESSAGES.c.escalation == escalation,
    )


def _about(connection: Connection, row: RowMapping) -> str:
    """Return the channel whose death a message tells of: it cannot go by that one."""
    query = select(INCIDENTS.c.sensor).where(INCIDENTS.c.id == row["incident"], INCIDENTS.c.rule == channel_alarm.RULE)
    return channel_alarm.channel_of(connection.execute(query).scalar_one_or_none())


def _died(channel: RowMapping, before_ns: int) -> bool:
    return channel["dead_ns"] is None and channel["failing_ns"] is not None and channel["failing_ns"] <= before_ns


def _key(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]
