"""How the channels are, for those who look after them, and the test message that asks one."""

import secrets
from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from city.errors import NotFound
from linkage.ledger import Ledger
from linkage.person import Person
from linkage.tables import MESSAGES, WAITING
from linkage.telling import outbox
from linkage.telling.book import Quotas
from linkage.telling.carrying import MQTT_CHANNEL, channels
from linkage.telling.falling import TEST
from linkage.telling.outbox import SYSTEM_PREFIX, Draft
from linkage.telling.tables import CHANNELS
from linkage.viewing import moment
from linkage.views import Moment, View


class ChannelView(View):
    """One channel: its kind, how it is, its last answer, and how many messages wait for it."""

    name: str
    kind: str
    state: str
    tried_at: Moment | None
    delivered_at: Moment | None
    failing_at: Moment | None
    dead_at: Moment | None
    failures: int
    answer: str
    waiting: int


class Channels:
    """The service behind the page of channels. Calls block on the database: call from a thread."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def all(self) -> list[ChannelView]:
        """Return every channel that is configured or was ever used, in order of name."""
        with self._ledger.database.read() as connection:
            rows = {row["name"]: dict(row) for row in connection.execute(select(CHANNELS)).mappings()}
            counted = select(MESSAGES.c.channel, func.count().label("total")).where(WAITING)
            counts = connection.execute(counted.group_by(MESSAGES.c.channel)).mappings()
            waiting: dict[str, int] = {row["channel"]: row["total"] for row in counts}
        names = sorted({*channels(self._ledger.settings), *rows, *waiting})
        return [self._view(name, rows.get(name, {}), waiting.get(name, 0)) for name in names]

    def test(self, name: str, person: Person, phone: str = "") -> str:
        """Write a test message to one channel; return its id.

        Raises:
            NotFound: no such channel is configured.
        """
        if name not in channels(self._ledger.settings) or name.startswith(SYSTEM_PREFIX):
            raise NotFound("channel", name)
        key = secrets.token_hex(16)
        draft = Draft(
            key=key,
            channel=name,
            department=person.department if person.department else "test",
            subject=f"测试消息 / Test message ({name})",
            body=f"{person.name} 发送的测试消息，无需处理 / Test message sent by {person.name}, nothing to do",
            kind=TEST,
            person_name=person.name,
            phone=phone,
            urgent=True,
        )
        with self._ledger.writing() as page:
            outbox.put(page.connection, [draft], Quotas(), page.now_ns)
            return str(page.connection.execute(select(MESSAGES.c.id).where(MESSAGES.c.key == key)).scalar_one())

    def _view(self, name: str, row: Mapping[str, Any], waiting: int) -> ChannelView:
        return ChannelView(
            name=name,
            kind=self._kind(name),
            state=_state(row),
            tried_at=moment(row.get("tried_ns")),
            delivered_at=moment(row.get("delivered_ns")),
            failing_at=moment(row.get("failing_ns")),
            dead_at=moment(row.get("dead_ns")),
            failures=row.get("failures", 0),
            answer=row.get("answer", ""),
            waiting=waiting,
        )

    def _kind(self, name: str) -> str:
        messages = self._ledger.settings.messages
        if name == MQTT_CHANNEL or name.startswith(SYSTEM_PREFIX):
            return "mqtt" if name == MQTT_CHANNEL else "system"
        if name in messages.gateways:
            return "gateway"
        return "apprise" if name in messages.channels else "missing"


def _state(row: Mapping[str, Any]) -> str:
    if not row:
        return "unused"
    if row["dead_ns"] is not None:
        return "dead"
    return "failing" if row["failing_ns"] is not None else "working"
