"""What decoders must remember from one message to later ones: births, aliases, what a data stream measures."""

from collections.abc import Iterable
from typing import TypeVar

import msgspec

from city.errors import UndecodableMessage
from ingest.reasons import Reason

#: Things remembered, and entries in all of them together: ten thousand edge devices of fifty metrics, which is some
#: 100 MB. More are refused, so that a publisher who invents devices can make us keep no more than this.
MAX_KEYS, MAX_ENTRIES = 20_000, 500_000


class Lesson(msgspec.Struct, frozen=True, gc=False):
    """One thing to remember, as it is journaled; empty content: to be forgotten."""

    key: str
    content: bytes
    entries: int = 1


Thing = TypeVar("Thing", bound=msgspec.Struct)


class Memory:
    """Things by key, bounded; what changes is told once, for the journal. Belongs to one thread.

    A change counts from the moment it is made, and is kept when the batch of messages that made it is committed: so
    after a crash the memory is again what it was before the first message that the broker will send once more.
    """

    def __init__(self, max_keys: int = MAX_KEYS, max_entries: int = MAX_ENTRIES) -> None:
        self._max_keys, self._max_entries = max_keys, max_entries
        self._kept: dict[str, msgspec.Struct | bytes] = {}
        self._weights: dict[str, int] = {}
        self._entries = 0
        self._changed: dict[str, None] = {}

    def __len__(self) -> int:
        """Return how many things are remembered."""
        return len(self._kept)

    def recall(self, key: str, kind: type[Thing]) -> Thing | None:
        """Return what is remembered under `key`, which was learned as a `kind`; None where there is nothing."""
        found = self._kept.get(key)
        if isinstance(found, bytes):
            try:
                found = self._kept[key] = msgspec.msgpack.decode(found, type=kind)
            except (msgspec.DecodeError, ValueError):  # written by another release
                self.forget(key)
                return None
        return found if isinstance(found, kind) else None

    def learn(self, key: str, thing: msgspec.Struct, *, entries: int = 1) -> None:
        """Remember `thing`, which counts as so many `entries`, in place of what was there.

        Raises:
            UndecodableMessage: that would be more than may be kept; nothing is changed.
        """
        total = self._entries - self._weights.get(key, 0) + entries
        if total > self._max_entries or (key not in self._kept and len(self._kept) >= self._max_keys):
            expected = f"at most {self._max_keys} births of {self._max_entries} metrics together"
            raise UndecodableMessage(Reason.TOO_MANY_NAMES, expected=expected, got="more", at=key)
        self._keep(key, thing, entries)
        self._changed[key] = None

    def forget(self, key: str) -> None:
        """Forget what is remembered under `key`, if anything is."""
        if key in self._kept:
            self._drop(key)
            self._changed[key] = None

    def lessons(self) -> tuple[Lesson, ...]:
        """Return what changed since the last call."""
        changed, self._changed = self._changed, {}
        return tuple(self._lesson(key) for key in changed)

    def restore(self, lessons: Iterable[Lesson]) -> None:
        """Remember what an earlier run learned, in its order; it is not told again."""
        for lesson in lessons:
            if lesson.content:
                self._keep(lesson.key, lesson.content, lesson.entries)
            elif lesson.key in self._kept:
                self._drop(lesson.key)

    def _keep(self, key: str, thing: msgspec.Struct | bytes, entries: int) -> None:
        self._entries += entries - self._weights.get(key, 0)
        self._kept[key], self._weights[key] = thing, entries

    def _drop(self, key: str) -> None:
        del self._kept[key]
        self._entries -= self._weights.pop(key)

    def _lesson(self, key: str) -> Lesson:
        thing = self._kept.get(key)
        if thing is None:
            return Lesson(key, b"", 0)
        content = thing if isinstance(thing, bytes) else msgspec.msgpack.encode(thing)
        return Lesson(key, content, self._weights[key])
