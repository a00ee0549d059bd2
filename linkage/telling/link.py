"""The signed link that acknowledges: what it says, and whether we said it."""

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass

from city.clock import SECOND_NS

#: Where the page of a link is, under the console's address.
PATH = "ack"

_TOKEN = re.compile(r"^([0-9a-f]{8})\.([0-9a-f]{32})\.([0-9a-f]{1,12})\.([A-Za-z0-9_-]{43})$")


@dataclass(frozen=True, slots=True)
class Link:
    """What a link says: which message it came with, and until when it may be used."""

    message: str
    until_ns: int


class LinkKeys:
    """The keys that sign links: the first signs, every one is recognised, so that a key can be replaced.

    Raises:
        ValueError: there is none, or one is shorter than 16 bytes.
    """

    def __init__(self, keys: Sequence[bytes]) -> None:
        if not keys or any(len(key) < 16 for key in keys):
            expected = "Expected keys of at least 16 bytes"
            raise ValueError(expected)
        self._keys = {hashlib.sha256(key).hexdigest()[:8]: key for key in reversed(keys)}
        self._current = hashlib.sha256(keys[0]).hexdigest()[:8]

    def token(self, message: str, until_ns: int) -> str:
        """Return the token of the message with this key (32 hexadecimal digits); the same for every repetition."""
        said = f"{self._current}.{message}.{until_ns // SECOND_NS:x}"
        return f"{said}.{_signature(self._keys[self._current], said)}"

    def read(self, token: str) -> Link | None:
        """Return what a token says if one of the keys signed it; None for every other text. Constant time."""
        found = _TOKEN.fullmatch(token)
        if found is None:
            return None
        key = self._keys.get(found[1])
        if key is None or not hmac.compare_digest(_signature(key, token.rpartition(".")[0]), found[4]):
            return None
        return Link(found[2], int(found[3], 16) * SECOND_NS)


@dataclass(frozen=True, slots=True)
class Links:
    """Makes the addresses that messages carry."""

    keys: LinkKeys
    console_url: str

    def url(self, message: str, until_ns: int) -> str:
        """Return the address that acknowledges the message with this key."""
        return f"{self.console_url.rstrip('/')}/{PATH}/{self.keys.token(message, until_ns)}"


def _signature(key: bytes, said: str) -> str:
    digest = hmac.new(key, b"liandong-ack\n" + said.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
