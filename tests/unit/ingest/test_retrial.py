"""A quarantined message is understood anew once its decoder is mended: once, late, and whatever breaks."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from random import Random

import pytest

from city.clock import SystemClock
from city.entry import Arrivals
from city.errors import Conflict
from city.feed import Refusals, Replayed
from ingest.config import DrainSettings, JournalSettings, QuarantineSettings
from ingest.decoders.memory import Lesson
from ingest.discovery import Discovery
from ingest.drain import Drain
from ingest.journal import Journal
from ingest.journal_codec import Content, Learned, Refused
from ingest.message import Batch, Message, QuarantinedMessage
from ingest.quarantine import Quarantine
from ingest.retrial import Retrial
from tests.support.normalising import Desk

CLOCK = SystemClock()
ARRIVED_NS = CLOCK.now_ns() - 3600 * 10**9

ALL = Refusals()

ROUTE = '[[template]]\ntopic = "gw/{sensor}"\nquantity = "temperature"\nunit = "°C"\n'


class Scene:
    """A quarantine with one journal, before and after a restart; `mended` knows the topic."""

    def __init__(self, folder: Path, *, mended: bool) -> None:
        self.opened = ExitStack()
        keep = self.opened.enter_context
        self.quarantine = keep(closing(Quarantine(folder / "q.sqlite", QuarantineSettings(), CLOCK)))
        readers = {"quarantine": self.quarantine.position()}
        self.journal = keep(closing(Journal(folder / "journal", JournalSettings(min_free_bytes=0), readers=readers)))
        self.desk = Desk("a", routes=ROUTE if mended else "")
        self.drain = Drain(self.quarantine, self.journal, DrainSettings(pause_s=0), Random(1))
        self.discovery = keep(closing(Discovery(folder / "d.sqlite")))
        self.retrial = Retrial(self.quarantine, self.drain, self.desk.normaliser, self.discovery)
        self.retrial.follow_on(self.journal.position)
        self.committed: list[Content] = []

    async def insert(self, make: Callable[[int], list[Content]]) -> int:
        """Stand for the pipeline: commit what is made."""
        contents = make(CLOCK.now_ns())
        self.committed += contents
        return self.journal.append(contents) + len(contents) - 1

    def refuse(self, *payloads: bytes) -> None:
        batch = self.desk.batch(*(Message("gw/a", b"gw/a", one) for one in payloads), at_ns=ARRIVED_NS)
        self.journal.append([Refused(ARRIVED_NS, tuple(batch.quarantined))])
        self.drain.step()

    def replay(self, wanted: Refusals, *, limit: int = 100) -> Replayed:
        return asyncio.run(self.retrial.run(self, wanted, 0, limit))

    def said(self) -> list[tuple[str, float, tuple[str, ...]]]:
        """Return what was committed, as (series, value, qualities)."""
        arrivals = [one for one in self.committed if isinstance(one, Arrivals)]
        rows = [row for one in arrivals for row in self.desk.rows(Batch(one))]
        return [(series, value, quality) for _, series, _, value, quality in rows]


@pytest.fixture
def mended(tmp_path: Path) -> Iterator[Scene]:
    """Return ingest after the mapping was mended, with what was refused before."""
    before = Scene(tmp_path, mended=False)
    before.refuse(b"20.5", b"rubbish", b"21.5")
    before.opened.close()
    after = Scene(tmp_path, mended=True)
    after.drain.step()
    yield after
    after.opened.close()


def test_mended_mapping_understands_what_was_refused(mended):
    assert mended.replay(ALL) == Replayed(understood=2, refused=1, cut=0, upto=3, more=False)

    assert mended.said() == [("temperature", 20.5, ("clock", "late")), ("temperature", 21.5, ("clock", "late"))]
    arrivals = [one for one in mended.committed if isinstance(one, Arrivals)]
    assert {int(one.readings.arrival_ns[0]) for one in arrivals} == {ARRIVED_NS}


def test_what_still_is_refused_stays_with_its_new_reason(mended):
    mended.replay(ALL)
    mended.drain.step()

    (left,) = mended.quarantine.waiting(ALL, 0, 10)
    shown = mended.quarantine.whole(left.id)
    assert (left.payload, shown.reason, shown.tries) == (b"rubbish", "wrong_shape", 1)


def test_message_is_replayed_once(mended):
    mended.replay(ALL)
    with pytest.raises(Conflict):
        mended.replay(ALL)
    mended.drain.step()

    assert mended.replay(ALL).understood == 0
    assert len(mended.said()) == 2


def test_message_is_replayed_once_though_ingest_died_before_that_was_noted(tmp_path, mended):
    mended.replay(ALL)
    mended.opened.close()
    again = Scene(tmp_path, mended=True)
    with pytest.raises(Conflict):
        again.replay(ALL)
    again.drain.step()

    assert again.replay(ALL).understood == 0
    again.opened.close()


def test_only_wanted_messages_are_replayed_and_no_more_than_asked_for(mended):
    nothing = mended.replay(Refusals(reason="too_deep"))
    some = mended.replay(Refusals(source="gw"), limit=1)

    assert (nothing.understood, nothing.more) == (0, False)
    assert (some.understood, some.upto, some.more) == (1, 1, True)


def test_stranger_of_a_replayed_message_is_discovered(mended):
    mended.desk.register()
    mended.replay(ALL)

    assert [one.sensor for one in mended.discovery.listed("", 10)] == ["a"]


def test_what_a_refused_message_taught_is_committed(mended, monkeypatch):
    def refuse(messages: Sequence[Message], _arrival_ns: int) -> Batch:
        (message,) = messages
        refused = QuarantinedMessage(message.raw_topic, message.payload, "wrong_shape", "told so by the test")
        return Batch(quarantined=[refused], learned=[Lesson("a key", message.payload, 1)])

    monkeypatch.setattr(mended.desk.normaliser, "batch", refuse)
    mended.replay(ALL, limit=1)

    assert [one for one in mended.committed if isinstance(one, Learned)] == [Learned((Lesson("a key", b"20.5", 1),))]
