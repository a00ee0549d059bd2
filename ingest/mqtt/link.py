"""One network connection to the broker: bytes in and out, answers awaited, the other side kept alive."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import cast

from ingest.config import MqttSettings
from ingest.mqtt import packet, reason
from ingest.mqtt.codec import Parsed
from ingest.mqtt.dialect import Dialect, is_too_new
from ingest.mqtt.errors import (
    ConnectionLost,
    ConnectionRefused,
    MalformedPacket,
    MqttError,
    NoAnswer,
    UnsupportedVersion,
)
from ingest.mqtt.inbox import Inbox
from ingest.mqtt.owed import Owed
from ingest.mqtt.packet import Connack, Control, Credentials, Disconnected, Pingresp, Suback, Unsuback
from ingest.telemetry import MESSAGES_ACKNOWLEDGED, MESSAGES_RECEIVED, READING_PAUSED

#: Packet ids belong to one direction and one connection; CONNACK has none, and 0 is free for it.
_CONNACK = 0
_QOS_1 = 1
#: Pings without an answer, half a keep-alive apart, after which the broker is taken for dead.
_MAX_UNANSWERED = 2
#: Longest wait for the last bytes to leave when we end the connection, in seconds.
_FAREWELL_S = 1.0


class Link(asyncio.Protocol):
    """A connection from its opening to its end; it is not reused. Belongs to one event loop."""

    def __init__(self, settings: MqttSettings, inbox: Inbox, dialect: Dialect) -> None:
        loop = asyncio.get_running_loop()
        self._settings, self._inbox, self._dialect = settings, inbox, dialect
        self._parser = dialect.parser()
        self._keep_alive_s = settings.keep_alive_s
        self._transport: asyncio.Transport | None = None
        self._answers: dict[int, asyncio.Future[Control]] = {}
        self._last_id = 0
        self._accepted = False
        self._owed = Owed()
        self._received = MESSAGES_RECEIVED.labels(settings.name)
        self._unanswered = 0
        self._pauses = 0
        self._timer: asyncio.TimerHandle | None = None
        self._cause: MqttError | None = None
        self._ended: asyncio.Future[None] = loop.create_future()

    @property
    def blocked(self) -> bool:
        """Return whether the broker sends nothing more before it has been acknowledged."""
        return len(self._owed) >= self._settings.inflight_window

    @property
    def open(self) -> bool:
        """Return whether bytes can still go both ways."""
        return self._transport is not None and not self._ended.done()

    async def connect(self, client_id: str) -> Connack:
        """Greet the broker and return its answer; from then on the connection is kept alive.

        Raises:
            UnsupportedVersion: the broker does not speak this version.
            ConnectionRefused: the broker does not want us.
            MqttError: the connection ended first, or there was no answer in time.
        """
        password = self._settings.password
        credentials = Credentials(self._settings.username, password.get_secret_value() if password else None)
        answer = await self._ask(_CONNACK, self._dialect.connect(client_id, credentials))
        if not isinstance(answer, Connack):
            raise self._wrong(answer, expected="CONNACK")
        if answer.code:
            refused = UnsupportedVersion if is_too_new(answer) else ConnectionRefused
            raise refused(self._dialect.refusal(answer), at=self._settings.url)
        if answer.keep_alive_s:
            self._keep_alive_s = answer.keep_alive_s
        self._beat()
        return answer

    async def subscribe(self, filters: Sequence[str]) -> dict[str, str]:
        """Ask for QoS 1 on `filters`; return those that did not get it, each with the broker's reason if it has one."""
        packet_id = self._next_id()
        answer = await self._ask(packet_id, self._dialect.subscribe(packet_id, filters))
        if not isinstance(answer, Suback) or len(answer.codes) != len(filters):
            raise self._wrong(answer, expected=f"SUBACK with {len(filters)} codes")
        granted = zip(filters, answer.codes, strict=True)
        return {one: self._dialect.shortfall(code, answer.said) for one, code in granted if code != _QOS_1}

    async def unsubscribe(self, filters: Sequence[str]) -> None:
        """Give up `filters`; the broker may not refuse, whatever its answer says of single ones."""
        packet_id = self._next_id()
        answer = await self._ask(packet_id, self._dialect.unsubscribe(packet_id, filters))
        if not isinstance(answer, Unsuback):
            raise self._wrong(answer, expected="UNSUBACK")

    async def wait_ended(self) -> None:
        """Return when the connection has ended."""
        await asyncio.shield(self._ended)

    @property
    def cause(self) -> MqttError:
        """Return why the connection ended."""
        return self._cause if self._cause is not None else ConnectionLost("closed", at=self._settings.url)

    def acknowledge(self, packet_ids: list[bytes]) -> None:
        """Send PUBACKs in one write, in the order in which their messages came, held back for those still missing.

        Does nothing once the connection has ended, as the broker then sends again.
        """
        if not self.open or self._transport is None:
            return
        due = self._owed.settle(packet_ids)
        if due:
            self._transport.write(packet.pubacks(due))
        MESSAGES_ACKNOWLEDGED.inc(len(due))

    def pause(self) -> None:
        """Stop reading; pings go on, and their answers are not expected. Calls nest."""
        self._pauses += 1
        if self._pauses == 1 and self._transport is not None:
            self._transport.pause_reading()
            READING_PAUSED.labels(self._settings.name).inc()

    def resume(self) -> None:
        """Take back one `pause`."""
        self._pauses -= 1
        if self._pauses == 0 and self.open and self._transport is not None:
            self._unanswered = 0
            self._transport.resume_reading()

    async def close(self) -> None:
        """Send what is still to be sent, take leave of the broker and end the connection."""
        if not self.open or self._transport is None:
            return
        self._transport.write(packet.DISCONNECT)
        self._transport.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(_FAREWELL_S):
                await self.wait_ended()

    def abort(self, cause: MqttError) -> None:
        """End the connection at once, because of `cause`."""
        if self._cause is None:
            self._cause = cause
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport (called by the event loop; uvloop's is no subclass of asyncio's)."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Parse and deliver what arrived (called by the event loop)."""
        self._unanswered = 0
        try:
            parsed = self._parser.feed(data)
            for control in parsed.controls:
                self._settle(control)
            if parsed.messages:
                self._deliver(parsed, len(data))
        except MqttError as error:
            self.abort(error)

    def pause_writing(self) -> None:
        """Stop reading while the broker does not take our acknowledgements (called by the event loop)."""
        self.pause()

    def resume_writing(self) -> None:
        """Read again (called by the event loop)."""
        self.resume()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell everyone who waits that there will be no answer (called by the event loop)."""
        if self._cause is None:
            self._cause = ConnectionLost(str(exc) if exc else "closed by the broker", at=self._settings.url)
        if self._timer is not None:
            self._timer.cancel()
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(self._cause)
        if not self._ended.done():
            self._ended.set_result(None)

    def _deliver(self, parsed: Parsed, size: int) -> None:
        if not self._accepted:
            raise MalformedPacket(expected="CONNACK first", got="PUBLISH", at=self._settings.url)
        self._owed.add(parsed.packet_ids)
        self._received.inc(len(parsed.messages))
        self._inbox.put(self, parsed, size)

    def _settle(self, control: Control) -> None:
        match control:
            case Pingresp():
                return
            case Disconnected():
                cause = f"ended by the broker: {reason.words(control.code, control.said)}"
                raise ConnectionLost(cause, at=self._settings.url)
            case Connack():
                key = _CONNACK
                self._accepted = control.code == 0
            case Suback() | Unsuback():
                key = control.packet_id
        answer = self._answers.get(key)
        if answer is None or answer.done():
            raise self._wrong(control, expected="no unasked answer")
        answer.set_result(control)

    async def _ask(self, key: int, request: bytes) -> Control:
        if self._transport is None or self._ended.done():
            raise self.cause
        answer: asyncio.Future[Control] = asyncio.get_running_loop().create_future()
        self._answers[key] = answer
        self._transport.write(request)
        try:
            async with asyncio.timeout(self._settings.timeout_s):
                return await answer
        except TimeoutError as error:
            raise NoAnswer(self._settings.timeout_s, at=self._settings.url) from error
        finally:
            del self._answers[key]

    def _wrong(self, got: object, *, expected: str) -> MalformedPacket:
        return MalformedPacket(expected=expected, got=got, at=self._settings.url)

    def _next_id(self) -> int:
        self._last_id = self._last_id % 0xFFFF + 1
        return self._last_id

    def _beat(self) -> None:
        """Ping twice in a keep-alive; counting pings, not time, forgives a machine that was suspended."""
        if not self.open or self._transport is None:
            return
        if self._unanswered >= _MAX_UNANSWERED and not self._pauses:
            self.abort(ConnectionLost("no answer to pings", at=self._settings.url))
            return
        self._transport.write(packet.PINGREQ)
        self._unanswered += 1
        self._timer = asyncio.get_running_loop().call_later(self._keep_alive_s / 2, self._beat)
