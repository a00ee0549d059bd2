"""Looks on while ingest is under load: how far it is, what the live stream tells, how soon the API answers."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import orjson

from city.errors import StoreUnavailable
from city.feed import IngestStatus
from liandong.link.client import linked
from tests.support.program import Person

#: Time between two looks at ingest, and between two questions to the API, in seconds.
_LOOK_S, _ASK_S = 0.05, 0.1
_ACKNOWLEDGED = "ingest_messages_acknowledged_total"


@dataclass
class Progress:
    """How far ingest was, look by look: monotonic time, messages acknowledged, journal position, history position."""

    acknowledged_before: float = 0.0
    looks: list[tuple[float, int, int, int]] = field(default_factory=list)

    @property
    def acknowledged(self) -> int:
        """Return how many messages ingest has acknowledged since the beginning."""
        return self.looks[-1][1] if self.looks else 0

    @property
    def written(self) -> bool:
        """Return whether the history store has everything."""
        return bool(self.looks) and self.looks[-1][3] >= self.looks[-1][2]

    def take(self, status: IngestStatus) -> None:
        """Note how far it is now."""
        count = status.counters[_ACKNOWLEDGED]
        if not self.looks:
            self.acknowledged_before = count
        done = int(count - self.acknowledged_before)
        self.looks.append((time.monotonic(), done, status.journal_position, status.history_position))

    def kept_at(self) -> list[tuple[int, float]]:
        """Return pairs of (messages acknowledged at a look, time at which the history had all of them)."""
        found, later = [], iter(self.looks)
        now = next(later, None)
        for _, count, journal, _ in self.looks:
            while now is not None and now[3] < journal:
                now = next(later, None)
            if now is None:
                break
            found.append((count, now[0]))
        return found


@contextmanager
def progress(
    socket: Path, tell: Callable[[Progress], None] = lambda _: None, *, every_s: float = _LOOK_S
) -> Iterator[Progress]:
    """Follow ingest over its own socket while the block lasts; `tell` hears of every look, in the watching thread."""
    watched, end = Progress(), threading.Event()

    async def watch() -> None:
        async with linked(socket) as feed:
            while not end.is_set():
                with suppress(StoreUnavailable):  # it is asked again
                    watched.take(await feed.status())
                    tell(watched)
                await asyncio.sleep(every_s)

    with ThreadPoolExecutor(1, thread_name_prefix="bench.progress") as thread:
        watching = thread.submit(lambda: asyncio.run(watch()))
        try:
            while not (watched.looks or watching.done()):
                time.sleep(_LOOK_S)
            yield watched
        finally:
            end.set()
        watching.result()  # figures of which a part is missing would be none


class LiveStream(threading.Thread):
    """Follows the live stream: when each sensor's first incident was told, and each reading that was shown."""

    def __init__(self, person: Person) -> None:
        super().__init__(name="bench.live", daemon=True)
        self._person = person
        #: Sensor to time of its first incident; and of each event when it came and the newest reading's own time.
        self.incidents: dict[str, float] = {}
        self.shown: list[tuple[float, str]] = []

    def run(self) -> None:
        """Read until the stream ends, with the program itself."""
        with suppress(httpx.HTTPError), self._person.client.stream("GET", "/live", timeout=None) as stream:
            kind = ""
            for line in stream.iter_lines():
                if line.startswith("event:"):
                    kind = line.partition(":")[2].strip()
                elif line.startswith("data:"):
                    self._note(kind, line.partition(":")[2])

    def _note(self, kind: str, data: str) -> None:
        if kind == "incident":
            self.incidents.setdefault(str(orjson.loads(data)["sensor"]), time.monotonic())
        elif kind == "sensors":
            told = (values["time"] for one in orjson.loads(data) for values in one["latest"].values())
            newest = max(told, default="")
            if newest:
                self.shown.append((time.monotonic(), newest))


@contextmanager
def asked(person: Person, path: str) -> Iterator[list[float]]:
    """Ask the API again and again while the block lasts; yield how long each answer took, in ms."""
    took_ms: list[float] = []
    end = threading.Event()

    def ask() -> None:
        while not end.wait(_ASK_S):
            began = time.monotonic()
            person.get(path)
            took_ms.append((time.monotonic() - began) * 1000)

    with ThreadPoolExecutor(1, thread_name_prefix="bench.api") as thread:
        asking = thread.submit(ask)
        try:
            yield took_ms
        finally:
            end.set()
        asking.result()  # an API that failed once is not one that was quick till then
