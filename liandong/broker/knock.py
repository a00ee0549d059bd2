"""Asks a broker whether it lets a user in."""

import asyncio
import secrets

from ingest.mqtt.codec import Parser
from ingest.mqtt.errors import MqttError
from ingest.mqtt.packet import CONNACK_REASONS, DISCONNECT, Connack, Credentials, connect
from liandong.address import Address

#: A CONNACK has four bytes; anything longer is not one.
_LONGEST_ANSWER = 64


async def knock(address: Address, credentials: Credentials, *, timeout_s: float) -> str:
    """Return why the broker did not accept a CONNECT; empty when it did."""
    try:
        async with asyncio.timeout(timeout_s):
            return await _answer(address, credentials)
    except TimeoutError:
        return f"no answer within {timeout_s:g} s"
    except (OSError, MqttError) as exc:
        return str(exc)


async def _answer(address: Address, credentials: Credentials) -> str:
    reader, writer = await asyncio.open_connection(address.host, address.port)
    try:
        # A clean session of a random id: nothing of it is kept, and nobody's is taken over.
        client_id = f"knock{secrets.token_hex(8)}"
        writer.write(connect(client_id, keep_alive_s=10, credentials=credentials, clean=True))
        parsed = Parser(max_packet_bytes=_LONGEST_ANSWER).feed(await reader.read(_LONGEST_ANSWER))
        writer.write(DISCONNECT)
    finally:
        writer.close()
    match parsed.controls:
        case [Connack(code=0)]:
            return ""
        case [Connack(code=code)]:
            return CONNACK_REASONS.get(code, f"code {code}")
        case _:
            return "closed the connection"
