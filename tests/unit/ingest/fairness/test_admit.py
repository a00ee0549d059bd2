"""Acknowledged means kept or in the ledger, wherever the process dies."""

from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from city.entry import Arrivals
from ingest.commit import Acknowledge, Commit
from ingest.config import JournalSettings, QuarantineSettings
from ingest.duplicates import DuplicateWindow
from ingest.failpoint import Failpoints
from ingest.fairness.admit import Admit
from ingest.fairness.bucket import Rate
from ingest.fairness.gate import Gate
from ingest.fairness.lanes import Lanes
from ingest.fairness.rank import Ranking
from ingest.fairness.shares import Shares, Source
from ingest.identity import Identity
from ingest.intake import Sift, Understand
from ingest.journal import Journal
from ingest.journal_codec import LetGo
from ingest.message import Message
from ingest.mqtt.inbox import Received
from ingest.replay import rebuild
from ingest.stage import Stage, Work
from tests.support.ingesting import NativeNormaliser

SHARES = Shares(Rate(messages_per_s=20, burst_s=1), (Source("gw", ("city/traffic/#",), Rate(messages_per_s=4)),))
DOMAINS = ("traffic", "environment")


class NoFamilies:
    def goes_first(self, topic: str) -> bool:
        del topic
        return False


@dataclass(eq=False)
class Broker:
    """Remembers what was acknowledged, and sends the rest again."""

    acknowledged: set[int] = field(default_factory=set)
    blocked: bool = False

    def acknowledge(self, packet_ids: list[bytes]) -> None:
        self.acknowledged |= {int.from_bytes(one, "big") for one in packet_ids}

    def pause(self) -> None:
        """Nothing is read from it."""

    def resume(self) -> None:
        """Nothing is read from it."""


def message(number: int, domain: str, *, dup: bool) -> Message:
    topic = f"city/{domain}/s-{number % 3}/reading"
    return Message(topic, topic.encode(), b'{"values": {"v": %d}}' % number, dup=dup)


class Life:
    """Ingest from one start to its death, as far as the acknowledgement."""

    def __init__(self, folder: Path, opened: ExitStack) -> None:
        identity = opened.enter_context(closing(Identity(folder / "identity.sqlite")))
        self.journal = Journal(folder / "journal", JournalSettings(min_free_bytes=0), readers={})
        opened.callback(self.journal.close)
        duplicates = DuplicateWindow(1000)
        rebuild(self.journal, duplicates)
        gate, nowhere = Gate(SHARES, Lanes(SHARES, Ranking(NoFamilies()))), Failpoints()
        self.stages: list[Stage] = [
            Admit(gate, lambda: 0.0),
            Sift(duplicates),
            Understand(NativeNormaliser(identity), QuarantineSettings()),
            Commit(self.journal, duplicates, [identity], nowhere),
            Acknowledge(nowhere),
        ]

    def live(self, broker: Broker, batch: list[tuple[int, str, bool]], stages: int) -> None:
        """Take a batch as far as `stages` go."""
        received = [message(number, domain, dup=dup) for number, domain, dup in batch]
        owed = [number.to_bytes(2, "big") for number, _, _ in batch]
        work = Work(1, Received(received, ((broker, owed),)))
        for stage in self.stages[:stages]:
            stage.run(work)

    def kept(self) -> tuple[list[float], int]:
        """Return every value in the journal, and how many messages its ledger rows count."""
        values, shed = [], 0
        with closing(self.journal.reader((Arrivals, LetGo))) as reader:
            for record in reader.read(0, 1000).records:
                if isinstance(record.content, LetGo):
                    shed += sum(row.messages for row in record.content.rows)
                elif isinstance(record.content, Arrivals):
                    values += record.content.readings.value.tolist()
        return values, shed


steps = st.lists(
    st.tuples(st.lists(st.sampled_from(DOMAINS), min_size=1, max_size=30), st.sampled_from([1, 3, 4, 5, 5])),
    min_size=1,
    max_size=3,
)


def lived(folder: Path, lives: list[tuple[list[str], int]]) -> tuple[set[int], list[float], int]:
    """Live every life to its death, send again what was not acknowledged, and live once more."""
    broker, sent = Broker(), dict[int, str]()
    for domains, stages in [*lives, ([], 5)]:
        again = [(number, domain, True) for number, domain in sent.items() if number not in broker.acknowledged]
        new = [(len(sent) + place, domain, False) for place, domain in enumerate(domains, 1)]
        sent |= {number: domain for number, domain, _ in new}
        with ExitStack() as opened:
            life = Life(folder, opened)
            life.live(broker, [*again, *new], stages)
            values, shed = life.kept()
    assert broker.acknowledged == set(sent)
    return set(sent), values, shed


@settings(max_examples=12)  # each life opens files
@given(steps)
def test_acknowledged_is_kept_once_or_in_the_ledger_wherever_it_dies(lives):
    with TemporaryDirectory() as folder:
        acknowledged, values, shed = lived(Path(folder), lives)

    assert len(values) == len(set(values))
    assert set(values) <= acknowledged
    assert len(acknowledged - set(values)) <= shed
    if all(stages == 5 for _, stages in lives):
        assert len(acknowledged - set(values)) == shed
