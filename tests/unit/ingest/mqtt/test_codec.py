from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.message import Message
from ingest.mqtt.codec import Parsed, Parser
from ingest.mqtt.errors import MalformedPacket
from ingest.mqtt.packet import Connack, Pingresp, Suback, Unsuback
from tests.support.cut_bytes import fed
from tests.support.paho_bytes import Paho

MAX_BYTES = 1 << 20


def published(topic: str, payload: bytes, *, qos: int = 1, packet_id: int = 1, retain=False, dup=False) -> bytes:
    paho = Paho()
    paho._sock = object()  # type: ignore[assignment]
    paho._send_publish(packet_id, topic.encode(), payload, qos, retain, dup)
    paho._sock = None
    return bytes(paho.sent)


def parse(data: bytes, *, cuts: list[int] | None = None, max_bytes: int = MAX_BYTES) -> Parsed:
    return fed(Parser(max_packet_bytes=max_bytes), data, cuts or [])


topics = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0#+"), min_size=1, max_size=40)
publishes = st.builds(
    lambda topic, payload, qos, packet_id, retain, dup: (
        Message(topic, topic.encode(), payload, retain, dup and qos > 0),
        packet_id.to_bytes(2, "big") if qos else b"",
        published(topic, payload, qos=qos, packet_id=packet_id, retain=retain, dup=dup and qos > 0),
    ),
    topics,
    st.one_of(st.binary(max_size=300), st.integers(16_000, 20_000).map(bytes)),
    st.sampled_from([0, 1]),
    st.integers(1, 65535),
    st.booleans(),
    st.booleans(),
)


@given(st.lists(publishes, max_size=6), st.lists(st.integers(0, 1 << 17), max_size=12))
def test_parser_reads_what_paho_writes_wherever_it_is_cut(packets, cuts):
    parsed = parse(b"".join(data for _, _, data in packets), cuts=cuts)

    assert parsed.messages == [message for message, _, _ in packets]
    assert parsed.packet_ids == [packet_id for _, packet_id, _ in packets]


@given(st.binary(max_size=400), st.lists(st.integers(0, 400), max_size=6))
def test_parser_answers_any_bytes_with_packets_or_a_typed_error(data, cuts):
    try:
        parsed = parse(data, cuts=cuts, max_bytes=300)
    except MalformedPacket:
        return

    assert len(parsed.messages) == len(parsed.packet_ids)


@given(st.binary(min_size=1, max_size=200), st.data())
def test_parser_survives_flipped_bits(payload, data):
    packet = bytearray(published("city/environment/air-1/reading", payload))
    place = data.draw(st.integers(0, len(packet) * 8 - 1))
    packet[place // 8] ^= 1 << place % 8

    with suppress(MalformedPacket):
        parse(bytes(packet))


def test_byte_by_byte_gives_the_same_packets():
    data = published("a/b", b"x" * 500) + b"\xd0\x00" + published("c", b"") + b"\x20\x02\x01\x00"

    assert parse(data, cuts=list(range(len(data)))) == parse(data)


@pytest.mark.parametrize(
    ("data", "control"),
    [
        pytest.param(b"\x20\x02\x01\x00", Connack(session_present=True, code=0), id="resumed"),
        pytest.param(b"\x20\x02\x00\x05", Connack(session_present=False, code=5), id="refused"),
        pytest.param(b"\x90\x04\x00\x07\x01\x80", Suback(7, (1, 128)), id="one granted, one refused"),
        pytest.param(b"\xb0\x02\x01\x00", Unsuback(256), id="unsubscribed"),
        pytest.param(b"\xd0\x00", Pingresp(), id="pong"),
    ],
)
def test_control_packet_is_read(data, control):
    assert parse(data).controls == [control]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(b"\x00\x00", "CONNACK, PUBLISH, SUBACK, UNSUBACK or PINGRESP", id="reserved type"),
        pytest.param(b"\x10\x00", "CONNACK, PUBLISH, SUBACK, UNSUBACK or PINGRESP", id="a packet only clients send"),
        pytest.param(b"\x20\x03\x00\x00\x00", "CONNACK, PUBLISH, SUBACK", id="CONNACK of another length"),
        pytest.param(b"\x90\x02\x00\x01", "CONNACK, PUBLISH, SUBACK", id="SUBACK without codes"),
        pytest.param(b"\x30\xff\xff\xff\xff\x01", "a length of at most 4 bytes", id="endless length"),
        pytest.param(b"\x30\xff\xff\xff\x7f", f"at most {MAX_BYTES} bytes", id="too large"),
        pytest.param(b"\x30\x01\x00", "a topic", id="no room for a topic"),
        pytest.param(b"\x30\x03\x00\x09a", "topic and packet id within the packet", id="topic beyond the packet"),
        pytest.param(b"\x32\x04\x00\x01a\x00", "topic and packet id within the packet", id="half a packet id"),
        pytest.param(b"\x32\x05\x00\x01a\x00\x00", "a packet id from 1", id="packet id 0"),
        pytest.param(b"\x34\x05\x00\x01a\x00\x01", "QoS 0 or 1, as subscribed", id="QoS 2"),
        pytest.param(b"\x36\x05\x00\x01a\x00\x01", "QoS 0 or 1, as subscribed", id="QoS 3"),
    ],
)
def test_malformed_packet_is_refused_by_name(data, expected):
    with pytest.raises(MalformedPacket, match=f"Expected {expected}"):
        parse(data)


@pytest.mark.parametrize("raw", [b"\xff\xfe", b"a/\xed\xa0\x80", b"\xc3"], ids=["no start", "surrogate", "cut"])
def test_topic_that_is_not_utf8_is_delivered_as_bytes(raw):
    packet = b"\x30" + bytes([2 + len(raw) + 2, 0, len(raw)]) + raw + b"{}"

    assert parse(packet).messages == [Message(None, raw, b"{}")]


def test_parser_holds_no_more_than_one_packet():
    parser = Parser(max_packet_bytes=MAX_BYTES)
    packet = published("a", bytes(100_000))

    early = [parser.feed(packet[start : start + 1000]) for start in range(0, len(packet) - 1, 1000)]

    assert [len(parsed.messages) for parsed in early] == [0] * (len(early) - 1) + [1]
