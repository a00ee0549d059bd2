"""Recognises messages that the broker sends again although they were committed."""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from ingest.journal_codec import Digests, Record
from ingest.message import Message

#: Bytes of a digest. Among a million messages two different ones share it with odds of 1 to 10^7, and only a message
#: that the broker marks as sent before is ever compared.
DIGEST_BYTES = 8


@dataclass(frozen=True, slots=True)
class Sifted:
    """What is new among some messages, with its digests one after the other, and how many were not new."""

    messages: list[Message]
    digests: bytes
    repeated: int


class DuplicateWindow:
    """Remembers the digests of the last `size` committed messages.

    They are looked at only when a message comes that is marked as a repeat, which is rare: so they are kept in the
    form in which they lie in the journal, and one search costs some milliseconds.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._chunks: deque[tuple[int, bytes]] = deque()
        self._count = 0

    @property
    def needed_after(self) -> int:
        """Return the position beyond which the journal is needed to rebuild this window; 0 for an empty one."""
        return self._chunks[0][0] - 1 if self._chunks else 0

    def rebuild(self, records: Iterable[Record]) -> None:
        """Remember what these journal records say was committed."""
        for record in records:
            if isinstance(record.content, Digests):
                self.remember(record.position, record.content.data)

    def remember(self, position: int, digests: bytes) -> None:
        """Add what was committed at `position`, and forget what is beyond the window."""
        self._chunks.append((position, digests))
        self._count += len(digests) // DIGEST_BYTES
        while self._count > self._size and self._chunks:
            _, oldest = self._chunks.popleft()
            self._count -= len(oldest) // DIGEST_BYTES

    def sift(self, messages: list[Message]) -> Sifted:
        """Leave out every message that is marked as a repeat and was committed, or came earlier among these."""
        digests = [_digest(message) for message in messages]
        marked = [index for index, message in enumerate(messages) if message.dup]
        if not marked:
            return Sifted(messages, b"".join(digests), 0)
        repeated = self._repeated(digests, marked)
        kept = [index for index in range(len(messages)) if index not in repeated]
        return Sifted([messages[index] for index in kept], b"".join(digests[index] for index in kept), len(repeated))

    def _repeated(self, digests: Sequence[bytes], marked: list[int]) -> set[int]:
        first: dict[bytes, int] = {}
        for index, digest in enumerate(digests):
            first.setdefault(digest, index)
        known = _among(_numbers(digests[index] for index in marked), self._window())
        return {index for index, old in zip(marked, known, strict=True) if old or first[digests[index]] < index}

    def _window(self) -> NDArray[np.uint64]:
        return _numbers(digests for _, digests in self._chunks)


def _digest(message: Message) -> bytes:
    # A topic holds no zero byte (MQTT 3.1.1 §1.5.3), so topic and payload cannot be divided in two ways.
    return blake2b(message.raw_topic + b"\x00" + message.payload, digest_size=DIGEST_BYTES).digest()


def _numbers(digests: Iterable[bytes]) -> NDArray[np.uint64]:
    return np.frombuffer(b"".join(digests), dtype="<u8")


def _among(few: NDArray[np.uint64], many: NDArray[np.uint64]) -> list[bool]:
    """Return for each of `few` whether it is in `many`; sorts only the few."""
    order = np.unique(few)
    place = np.minimum(np.searchsorted(order, many), len(order) - 1)
    found = np.zeros(len(order), dtype=bool)
    found[place[order[place] == many]] = True
    present: list[bool] = found[np.searchsorted(order, few)].tolist()
    return present
