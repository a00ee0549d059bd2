from contextlib import closing
from pathlib import Path

from prometheus_client import REGISTRY

from city.entry import Arrivals
from ingest.config import QuarantineSettings
from ingest.discovery import Discovery
from ingest.duplicates import DuplicateWindow
from ingest.identity import Identity
from ingest.intake import Note, Sift, Understand, shortened
from ingest.journal_codec import Digests, Refused
from ingest.message import Message, QuarantinedMessage
from ingest.mqtt.inbox import Received
from ingest.stage import Work
from tests.support.ingesting import NativeNormaliser


def message(payload: bytes, *, sensor: str = "air-1", dup: bool = False) -> Message:
    topic = f"city/environment/{sensor}/reading"
    return Message(topic, topic.encode(), payload, dup=dup)


def understood(folder: Path, *messages: Message, settings: QuarantineSettings | None = None) -> Work:
    work = Work(1000, Received(list(messages)))
    with closing(Identity(folder / "identity.sqlite")) as identity:
        Sift(DuplicateWindow(100)).run(work)
        Understand(NativeNormaliser(identity), settings or QuarantineSettings()).run(work)
    return work


def test_batch_becomes_readings_and_digests(tmp_path):
    work = understood(tmp_path, message(b'{"values":{"pm25":1}}'), message(b'{"values":{"pm25":2}}'))

    arrivals, digests = work.contents
    assert isinstance(arrivals, Arrivals)
    assert arrivals.readings.value.tolist() == [1.0, 2.0]
    assert digests == Digests(work.digests)
    assert len(work.digests) == 16


def test_junk_beside_good_messages_is_refused_with_its_reason(tmp_path):
    work = understood(tmp_path, message(b"\xff"), message(b'{"values":{"pm25":2}}'))

    arrivals, _, refused = work.contents
    assert isinstance(arrivals, Arrivals)
    assert isinstance(refused, Refused)
    assert arrivals.readings.value.tolist() == [2.0]
    assert [(one.payload, one.reason) for one in refused.messages] == [(b"\xff", "wrong_shape")]


def test_what_a_stranger_can_make_us_keep_is_bounded(tmp_path):
    work = understood(tmp_path, message(b"x" * 5000), settings=QuarantineSettings(max_payload_bytes=100))

    refused = work.contents[2]
    assert isinstance(refused, Refused)
    assert [(len(one.payload), one.size) for one in refused.messages] == [(100, 5000)]


def test_batch_of_repeats_commits_nothing(tmp_path):
    first, again = message(b'{"values":{"pm25":1}}'), message(b'{"values":{"pm25":1}}', dup=True)
    duplicates = DuplicateWindow(100)
    duplicates.remember(1, duplicates.sift([first]).digests)
    work = Work(1000, Received([again]))
    with closing(Identity(tmp_path / "identity.sqlite")) as identity:
        Sift(duplicates).run(work)
        Understand(NativeNormaliser(identity), QuarantineSettings()).run(work)

    assert (work.messages, work.contents, work.batch) == ([], [], None)


def test_unregistered_sensor_is_noted(tmp_path):
    work = understood(tmp_path, message(b'{"values":{"pm25":1}}', sensor="air-77"))
    with closing(Discovery(tmp_path / "discovery.sqlite")) as discovery:
        Note(discovery).run(work)

        assert [(one.sensor, one.first_ns) for one in discovery.listed("", 10)] == [("air-77", 1000)]


def test_refused_message_is_kept_within_bounds_and_without_who_somebody_is():
    secret = b'{"plate": "ZA 1234"}'
    detail = f"Expected a list, got `{secret.decode()}` and {'so on ' * 100}"

    kept = shortened(QuarantinedMessage(b"t" * 3000, secret, "wrong_shape", detail, broker="east"), 1000)

    assert (kept.payload, kept.size, kept.reason, kept.broker) == (b'{"plate": "~"}', 20, "wrong_shape", "east")
    assert (len(kept.raw_topic), len(kept.detail) <= 500, "ZA 1234" in kept.detail) == (1024, True, False)


def test_repeats_are_counted():
    first, again = message(b"1"), message(b"1", dup=True)
    before = REGISTRY.get_sample_value("ingest_messages_duplicated_total") or 0.0

    Sift(DuplicateWindow(100)).run(Work(1000, Received([first, again, again])))

    assert REGISTRY.get_sample_value("ingest_messages_duplicated_total") == before + 2
