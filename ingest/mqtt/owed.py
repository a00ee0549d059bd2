"""Which PUBACKs a connection owes, in the order in which MQTT wants them."""

from collections import Counter, deque
from itertools import islice


class Owed:
    """The packet ids of what was delivered and is not acknowledged, in order of arrival.

    PUBACKs go in the order of their PUBLISHes (MQTT 3.1.1 §4.6, MQTT 5 §4.6), in whatever order the messages were
    taken; so what is settled early waits here.
    """

    def __init__(self) -> None:
        self._order: deque[bytes] = deque()
        self._early: Counter[bytes] = Counter()  # a broker may break its word and use an id twice

    def __len__(self) -> int:
        return len(self._order)

    def add(self, packet_ids: list[bytes]) -> None:
        """Owe these from now on; empty ids (QoS 0) are owed nothing."""
        self._order.extend(packet_ids if b"" not in packet_ids else filter(None, packet_ids))

    def settle(self, packet_ids: list[bytes]) -> list[bytes]:
        """Return what may be sent now that these are settled."""
        if not self._early and list(islice(self._order, len(packet_ids))) == packet_ids:
            for _ in packet_ids:
                self._order.popleft()
            return packet_ids
        self._early.update(packet_ids)
        due: list[bytes] = []
        while self._order and self._early[self._order[0]]:
            due.append(self._order.popleft())
            self._early[due[-1]] -= 1
        self._early += Counter()  # lets go of those that came to nothing
        return due
