from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paho.mqtt.packettypes import PacketTypes

from ingest.message import Message
from ingest.mqtt import packet5
from ingest.mqtt.codec import Parsed
from ingest.mqtt.codec5 import Parser5
from ingest.mqtt.errors import MalformedPacket
from ingest.mqtt.packet import Connack, Credentials, Disconnected, Pingresp, Suback, Unsuback
from ingest.mqtt.packet5 import Wishes
from tests.support.cut_bytes import fed
from tests.support.paho_bytes import connecting, packet, properties, published, subscribing, unsubscribing

MAX_BYTES = 1 << 20
ALIASES = 4


def parse(data: bytes, *, cuts: list[int] | None = None, max_bytes: int = MAX_BYTES) -> Parsed:
    return fed(Parser5(max_packet_bytes=max_bytes, aliases=ALIASES), data, cuts or [])


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0#+"), min_size=1, max_size=40)
extras = st.fixed_dictionaries(
    {},
    optional={
        "PayloadFormatIndicator": st.sampled_from([0, 1]),
        "MessageExpiryInterval": st.integers(0, 2**32 - 1),
        "ContentType": texts,
        "ResponseTopic": texts,
        "CorrelationData": st.binary(max_size=30),
        "UserProperty": st.lists(st.tuples(texts, texts), min_size=1, max_size=3),
        "SubscriptionIdentifier": st.integers(1, 268_435_455),
        "TopicAlias": st.integers(1, ALIASES),
    },
)
publishes = st.builds(
    lambda topic, payload, qos, packet_id, flags, extra: (
        Message(topic, topic.encode(), payload, flags[0], flags[1] and qos > 0),
        packet_id.to_bytes(2, "big") if qos else b"",
        published(topic, payload, qos=qos, packet_id=packet_id, retain=flags[0], dup=flags[1] and qos > 0, **extra),
    ),
    texts,
    st.one_of(st.binary(max_size=300), st.integers(16_000, 20_000).map(bytes)),
    st.sampled_from([0, 1]),
    st.integers(1, 65535),
    st.tuples(st.booleans(), st.booleans()),
    extras,
)


@given(st.lists(publishes, max_size=6), st.lists(st.integers(0, 1 << 17), max_size=12))
def test_parser_reads_what_paho_writes_wherever_it_is_cut(packets, cuts):
    parsed = parse(b"".join(data for _, _, data in packets), cuts=cuts)

    assert parsed.messages == [message for message, _, _ in packets]
    assert parsed.packet_ids == [packet_id for _, packet_id, _ in packets]


@given(st.binary(max_size=400), st.lists(st.integers(0, 400), max_size=6))
def test_parser_answers_any_bytes_with_packets_or_a_typed_error(data, cuts):
    with suppress(MalformedPacket):
        parsed = parse(data, cuts=cuts, max_bytes=300)
        assert len(parsed.messages) == len(parsed.packet_ids)


@given(publishes, st.data())
def test_parser_survives_flipped_bits(published_one, data):
    broken = bytearray(published_one[2])
    place = data.draw(st.integers(0, len(broken) * 8 - 1))
    broken[place // 8] ^= 1 << place % 8

    with suppress(MalformedPacket):
        parse(bytes(broken))


@given(st.lists(texts, min_size=1, max_size=5))
def test_subscribe_and_unsubscribe_are_what_paho_writes(filters):
    assert packet5.subscribe(1, filters) == subscribing(filters)
    assert packet5.unsubscribe(1, filters) == unsubscribing(filters)


def test_connect_is_what_paho_writes():
    wishes = Wishes(session_expiry_s=3600, receive_maximum=20, max_packet_bytes=70_000, aliases=8)
    ours = packet5.connect("me", keep_alive_s=30, credentials=Credentials("user", "word"), wishes=wishes)
    given = {"SessionExpiryInterval": 3600, "ReceiveMaximum": 20, "MaximumPacketSize": 70_000, "TopicAliasMaximum": 8}

    assert ours == connecting("me", 30, ("user", "word"), **given)


def test_topic_alias_stands_for_the_topic_that_was_told_last():
    packets = [("a/b", 1), ("", 1), ("c", 2), ("", 1), ("d", 1), ("", 1)]
    data = b"".join(published(topic, b"x", TopicAlias=alias) for topic, alias in packets)

    assert [message.topic for message in parse(data).messages] == ["a/b", "a/b", "c", "a/b", "d", "d"]


CONNACK = properties(
    PacketTypes.CONNACK, ServerKeepAlive=9, SessionExpiryInterval=60, ReasonString="so", UserProperty=("a", "b")
).pack()
ANSWER = properties(PacketTypes.SUBACK, ReasonString="no").pack()


@pytest.mark.parametrize(
    ("data", "control"),
    [
        pytest.param(b"\x20\x03\x01\x00\x00", Connack(session_present=True, code=0), id="resumed"),
        pytest.param(
            packet(0x20, b"\x00\x00" + CONNACK),
            Connack(session_present=False, code=0, keep_alive_s=9, session_expiry_s=60, said="so"),
            id="the broker's own terms",
        ),
        pytest.param(
            b"\x20\x02\x00\x01",
            Connack(session_present=False, code=1, old=True),
            id="refused in the words of MQTT 3.1.1",
        ),
        pytest.param(packet(0x90, b"\x00\x07" + ANSWER + b"\x01\x87"), Suback(7, (1, 0x87), "no"), id="subscribed"),
        pytest.param(packet(0xB0, b"\x01\x00\x00\x11"), Unsuback(256, (0x11,)), id="unsubscribed"),
        pytest.param(b"\xd0\x00", Pingresp(), id="pong"),
        pytest.param(b"\xe0\x00", Disconnected(0), id="ended without a word"),
        pytest.param(b"\xe0\x01\x8b", Disconnected(0x8B), id="ended with a reason"),
        pytest.param(packet(0xE0, b"\x8e" + ANSWER), Disconnected(0x8E, "no"), id="ended with words"),
    ],
)
def test_control_packet_is_read(data, control):
    assert parse(data, cuts=list(range(len(data)))).controls == [control]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(b"\x00\x00", "a packet that brokers send", id="reserved type"),
        pytest.param(b"\xf0\x02\x18\x00", "a packet that brokers send", id="AUTH, which we never begin"),
        pytest.param(b"\x20\x01\x00", "CONNACK, PUBLISH", id="half a CONNACK"),
        pytest.param(b"\x30\xff\xff\xff\xff\x01", "a length of at most 4 bytes", id="endless length"),
        pytest.param(b"\x30\xff\xff\xff\x7f", f"at most {MAX_BYTES} bytes", id="too large"),
        pytest.param(b"\x30\x03\x00\x01a", "topic, packet id and properties within", id="no room for properties"),
        pytest.param(b"\x30\x05\x00\x01a\x05x", "properties within the packet", id="properties beyond the packet"),
        pytest.param(b"\x30\x08\x00\x01a\x04\x02\x00\x00\x00", "properties as long", id="property beyond the rest"),
        pytest.param(b"\x30\x06\x00\x01a\x02\x11\x00", "a property of its own kind", id="property of a CONNACK"),
        pytest.param(b"\x30\x08\x00\x01a\x04\x01\x00\x01\x00", "a property of its own kind, once", id="twice"),
        pytest.param(b"\x30\x09\x00\x01a\x05\x0b\xff\xff\xff\xff", "a variable byte integer", id="endless integer"),
        pytest.param(b"\x32\x06\x00\x01a\x00\x00\x00", "a packet id from 1", id="packet id 0"),
        pytest.param(b"\x34\x06\x00\x01a\x00\x01\x00", "QoS 0 or 1, as subscribed", id="QoS 2"),
        pytest.param(b"\x30\x03\x00\x00\x00", "a topic", id="neither topic nor alias"),
        pytest.param(b"\x30\x06\x00\x00\x03\x23\x00\x01", "a topic alias that was told", id="unknown alias"),
        pytest.param(b"\x30\x07\x00\x01a\x03\x23\x00\x05", "a topic alias from 1 to 4", id="more aliases than we take"),
        pytest.param(b"\x30\x07\x00\x01a\x03\x23\x00\x00", "a topic alias from 1 to 4", id="alias 0"),
        pytest.param(packet(0x20, b"\x00\x00\x00x"), "nothing behind the properties", id="CONNACK with more"),
    ],
)
def test_malformed_packet_is_refused_by_name(data, expected):
    with pytest.raises(MalformedPacket, match=f"Expected {expected}"):
        parse(data)
