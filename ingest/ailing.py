"""What keeps ingest from its work now, and since when: told while it lasts, and not a moment longer."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple, Protocol

from city.clock import SECOND_NS, Clock
from city.feed import Trouble
from city.intake import BrokerStatus

#: Reading pauses for moments under any load, and a start must catch up: told when it has lasted so long, seconds.
_PATIENCE_S = {"reading_paused": 5, "not_caught_up": 5}


class Ailment(NamedTuple):
    """Something that does not work now: its kind, the broker or store that it is about, and what is said of it."""

    kind: str
    name: str
    detail: str


class Filling(Protocol):
    """A store that is filled from the journal."""

    error: str


class Ailing:
    """Remembers since when each thing has not worked, by being asked every second; belongs to one loop."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._since: dict[tuple[str, str], int] = {}

    def look(self, found: Iterable[Ailment]) -> list[Trouble]:
        """Return what does not work, each since it was first found without a break."""
        now_ns, since = self._clock.now_ns(), self._since
        told = {(one.kind, one.name): one for one in found}
        self._since = {key: since.get(key, now_ns) for key in told}
        return [
            Trouble(one.kind, self._since[key], one.detail, one.name)
            for key, one in told.items()
            if now_ns - self._since[key] >= _PATIENCE_S.get(one.kind, 0) * SECOND_NS
        ]


def of_brokers(brokers: Iterable[BrokerStatus]) -> Iterator[Ailment]:
    """Yield each broker that is away, and each subscription that one does not grant."""
    for one in brokers:
        for topic, why in sorted(one.refused.items()):
            yield Ailment("subscription_refused", f"{one.name} {topic}", why)
        if not one.connected and not one.refused:
            yield Ailment("broker_away", one.name, one.error)


def of_intake(*, waits: str, paused: bool, behind: bool) -> Iterator[Ailment]:
    """Yield why nothing is committed, or that what arrives must wait: of several the one that explains the others."""
    if waits:
        yield Ailment("intake_stopped", "journal", waits)
    elif paused:
        yield Ailment("reading_paused", "inbox", "")
    elif behind:
        yield Ailment("not_caught_up", "inbox", "")


def of_stores(stores: Iterable[tuple[str, Filling]]) -> Iterator[Ailment]:
    """Yield each store that takes nothing now."""
    for name, store in stores:
        if store.error:
            yield Ailment("history_away" if name == "history" else "side_store_away", name, store.error)
