"""What an edge node's births said: its metrics by name and alias, its devices, where its sequence stands."""

from collections.abc import Iterable
from functools import cached_property

import msgspec

from ingest.decoders.memory import Memory

#: Sequence numbers go round after this many (Sparkplug 3.0 §6.4.5).
_ROUND = 256
_PREFIX = "sparkplug_b"


class Known(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a birth said of one metric."""

    name: str
    alias: int | None
    datatype: int | None
    unit: str | None


class Birth(msgspec.Struct, array_like=True, dict=True):
    """The metrics of a node or device; an alias in it stands for a name until its death."""

    metrics: list[Known]

    @cached_property
    def by_alias(self) -> dict[int, Known]:
        """Return the metrics that have an alias."""
        return {known.alias: known for known in self.metrics if known.alias is not None}

    @cached_property
    def by_name(self) -> dict[str, Known]:
        """Return the metrics."""
        return {known.name: known for known in self.metrics}


class _Session(msgspec.Struct, array_like=True):
    """From a node's birth to its death."""

    birth_number: int | None
    devices: list[str]


class _Sequence(msgspec.Struct, array_like=True):
    last: int


class NodeState:
    """What is remembered of one edge node; `sensor` is `group/node`, which no MQTT name can confuse with another."""

    def __init__(self, memory: Memory, sensor: str) -> None:
        self._memory, self._sensor = memory, sensor

    @property
    def is_born(self) -> bool:
        """Return whether the node is known to be alive."""
        return self._session() is not None

    def birth(self, device: str) -> Birth | None:
        """Return what the device's birth said (the node's own for no device); None before it."""
        return self._memory.recall(self._key("birth", device), Birth)

    def devices(self) -> tuple[str, ...]:
        """Return the devices that are born."""
        session = self._session()
        return tuple(session.devices) if session is not None else ()

    def is_of_this_session(self, birth_number: int | None) -> bool:
        """Return whether a death belongs to the last birth: the broker may tell an older one's late."""
        session = self._session()
        known = session.birth_number if session is not None else None
        return known is None or birth_number is None or known == birth_number

    def be_born(self, birth_number: int | None, metrics: Iterable[Known]) -> None:
        """Begin anew: all devices must be born again. Raises UndecodableMessage when too much is remembered."""
        birth = Birth(list(metrics))
        self._memory.learn(self._key("birth"), birth, entries=1 + len(birth.metrics))
        for device in self.devices():
            self._memory.forget(self._key("birth", device))
        self._memory.learn(self._key("session"), _Session(birth_number, []))

    def bear(self, device: str, metrics: Iterable[Known]) -> None:
        """Note a device's birth. Raises UndecodableMessage when too much is remembered."""
        birth = Birth(list(metrics))
        self._memory.learn(self._key("birth", device), birth, entries=1 + len(birth.metrics))
        session = self._session()
        known = session if session is not None else _Session(None, [])
        if session is None or device not in known.devices:
            session = _Session(known.birth_number, [*known.devices, device])
            self._memory.learn(self._key("session"), session, entries=1 + len(session.devices))

    def bury(self, device: str) -> None:
        """Forget a device."""
        self._memory.forget(self._key("birth", device))
        session = self._session()
        if session is not None and device in session.devices:
            left = [one for one in session.devices if one != device]
            self._memory.learn(self._key("session"), _Session(session.birth_number, left), entries=1 + len(left))

    def die(self) -> None:
        """Forget the node and its devices."""
        for device in ("", *self.devices()):
            self._memory.forget(self._key("birth", device))
        for kind in ("session", "sequence"):
            self._memory.forget(self._key(kind))

    def follows(self, sequence: int) -> bool:
        """Note a message's number, and return whether it is the next one, or the last one once more."""
        before = self._memory.recall(self._key("sequence"), _Sequence)
        if before is None or before.last != sequence:
            self._memory.learn(self._key("sequence"), _Sequence(sequence))
        return before is None or (sequence - before.last) % _ROUND in {0, 1}

    def begin(self, sequence: int) -> None:
        """Note the number of a node's birth, with which counting begins."""
        self._memory.learn(self._key("sequence"), _Sequence(sequence))

    def _session(self) -> _Session | None:
        return self._memory.recall(self._key("session"), _Session)

    def _key(self, kind: str, device: str = "") -> str:
        return f"{_PREFIX}/{kind}/{self._sensor}/{device}" if device else f"{_PREFIX}/{kind}/{self._sensor}"
