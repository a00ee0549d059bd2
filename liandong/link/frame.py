"""Frames on the link's socket: four bytes of length, then one msgpack message of a known type."""

import asyncio

import msgspec

from city.errors import LiandongError

#: Longest frame in bytes. Whatever may be long is told in pages; the states of 50,000 sensors take one to three MB.
MAX_FRAME_BYTES = 32 * 1024 * 1024

_LENGTH_BYTES = 4


class Call(msgspec.Struct, frozen=True, tag="call"):
    """The client asks; `arguments` is a msgpack array."""

    id: int
    name: str
    arguments: msgspec.Raw


class Answer(msgspec.Struct, frozen=True, tag="answer"):
    """The server's result of one call, or one item of a stream."""

    id: int
    body: msgspec.Raw


class Refusal(msgspec.Struct, frozen=True, tag="refusal"):
    """The server's error of one call: `code` names the class, `fields` are its arguments."""

    id: int
    code: str
    fields: dict[str, str | int | float | bool | list[str] | None]


Message = Call | Answer | Refusal

_decoder: msgspec.msgpack.Decoder[Message] = msgspec.msgpack.Decoder(Message)
_encoder = msgspec.msgpack.Encoder()


class BadFrame(LiandongError):
    """Raised when what came over the link is not a frame; the connection cannot go on."""

    code = "bad_frame"

    def __init__(self, got: object) -> None:
        self.got, self.at = got, "link"
        super().__init__(f"Expected a frame, got `{got}` - at `link`")


class FrameTooLong(LiandongError):
    """Raised for a message that does not fit a frame; nothing was sent."""

    code = "frame_too_long"

    def __init__(self, size: int) -> None:
        self.size, self.at = size, "link"
        super().__init__(f"Expected at most {MAX_FRAME_BYTES} bytes, got {size} - at `link`")


def framed(message: Message) -> bytes:
    """Return `message` ready to be written.

    Raises:
        FrameTooLong: it does not fit.
    """
    body = _encoder.encode(message)
    if len(body) > MAX_FRAME_BYTES:
        raise FrameTooLong(len(body))
    return len(body).to_bytes(_LENGTH_BYTES, "big") + body


async def read_frame(reader: asyncio.StreamReader) -> Message | None:
    """Return the next message; None when the other side is gone, be it in the middle of a frame.

    Raises:
        BadFrame: the bytes are not a frame.
    """
    try:
        size = int.from_bytes(await reader.readexactly(_LENGTH_BYTES), "big")
        if size > MAX_FRAME_BYTES:
            raise BadFrame(size)
        body = await reader.readexactly(size)
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    try:
        return _decoder.decode(body)
    except msgspec.DecodeError as exc:
        raise BadFrame(exc) from exc
