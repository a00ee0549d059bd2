"""Asks folders and addresses for CAP messages, and hands each to the receiver."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urljoin

import structlog
from prometheus_client import Counter

from city.errors import BadDocument, StoreUnavailable
from linkage.cap.config import CapSource
from linkage.cap.feed import CAP_TYPE
from linkage.cap.fetching import fetched
from linkage.cap.layout import NAMESPACE
from linkage.cap.receiving import Receiver
from linkage.cap.xml import MAX_BYTES, Tree, parsed
from linkage.ledger import Ledger

log = structlog.get_logger()

LOOKS = Counter(
    "linkage_cap_sources_asked_total", "Looks at sources of CAP messages, by what came.", ["source", "came"]
)

#: Files of one folder, and messages of one index, that are taken at one look.
_MOST = 100

#: Addresses of one index that are remembered as taken.
_REMEMBERED = 1000

_ATOM = "http://www.w3.org/2005/Atom"


class CapSources:
    """Looks at every source in its own rhythm. Calls block: call from a thread."""

    name = "cap_sources"

    def __init__(self, ledger: Ledger, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._settings, self._monotonic = ledger.settings.cap, monotonic
        self._receiver = Receiver(ledger)
        self._next = dict.fromkeys((source.name for source in self._settings.sources), 0.0)
        self._taken: dict[str, None] = {}
        self.every_s = min((source.every_s for source in self._settings.sources), default=3600.0)

    def take(self) -> int:
        """Take what lies at the sources that are due; return how many messages were taken."""
        return sum(self._look(source) for source in self._settings.sources if self._is_due(source))

    def _is_due(self, source: CapSource) -> bool:
        now_s = self._monotonic()
        if now_s < self._next[source.name]:
            return False
        self._next[source.name] = now_s + source.every_s
        return True

    def _look(self, source: CapSource) -> int:
        try:
            return self._in_folder(source) if source.folder else self._at_address(source)
        except (OSError, StoreUnavailable, BadDocument) as error:
            if isinstance(error, StoreUnavailable) and error.store == "database":
                raise
            LOOKS.labels(source.name, "nothing").inc()
            log.warning("cap_source_gave_nothing", source=source.name, cause=str(error))
            return 0

    def _in_folder(self, source: CapSource) -> int:
        folder, taken = Path(source.folder), 0
        for path in sorted(folder.glob("*.xml"))[:_MOST]:
            with path.open("rb") as file:
                came = self._hand_over(file.read(MAX_BYTES + 1), source, path.name)
            taken += came == "taken"
            aside = folder / ("refused" if came == "refused" else "taken")
            aside.mkdir(exist_ok=True)
            path.replace(aside / path.name)
        return taken

    def _at_address(self, source: CapSource) -> int:
        data = fetched(source.url, self._settings)
        root = parsed(data)
        if root.namespace == NAMESPACE:
            return int(self._hand_over(data, source, source.url) == "taken")
        taken = 0
        for url in list(dict.fromkeys(urljoin(source.url, link) for link in links(root)))[:_MOST]:
            if url not in self._taken:
                taken += self._hand_over(fetched(url, self._settings), source, url) == "taken"
                self._remember(url)
        return taken

    def _hand_over(self, data: bytes, source: CapSource, place: str) -> str:
        """Give a message to the receiver and return what came of it; a bad one is said and counted."""
        try:
            came = "repeated" if self._receiver.take(data, source.name).repeated else "taken"
        except BadDocument as error:
            came = "refused"
            log.warning("cap_refused", source=source.name, place=place, reason=str(error))
        LOOKS.labels(source.name, came).inc()
        return came

    def _remember(self, url: str) -> None:
        self._taken[url] = None
        while len(self._taken) > _REMEMBERED:
            del self._taken[next(iter(self._taken))]


def links(root: Tree) -> Iterator[str]:
    """Yield the addresses of messages in an index: an Atom entry's links, those to CAP if any, or an RSS item's."""
    for node in root.children:
        if (node.namespace, node.tag) == (_ATOM, "entry"):
            yield from _entry_links(node)
        elif node.tag == "channel":
            yield from (
                child.text
                for item in node.children
                if item.tag == "item"
                for child in item.children
                if child.tag == "link" and child.text
            )


def _entry_links(entry: Tree) -> list[str]:
    found = [child.attributes for child in entry.children if child.tag == "link" and "href" in child.attributes]
    cap = [one["href"] for one in found if one.get("type") == CAP_TYPE]
    return cap or [one["href"] for one in found if one.get("rel", "alternate") == "alternate"]
