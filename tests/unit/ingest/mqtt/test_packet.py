import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.mqtt import packet
from ingest.mqtt.packet import Credentials
from tests.support.paho_bytes import Paho

words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=60)


class Numbered(Paho):
    """Whose packets have an id of two bytes."""

    def _mid_generate(self):
        return 4711


@given(words, st.integers(0, 65535), st.none() | words, st.none() | words)
def test_connect_equals_pahos(client_id, keep_alive_s, username, password):
    paho = Paho(client_id=client_id, clean_session=False)
    if username is not None:
        paho.username_pw_set(username, password)
    paho._send_connect(keep_alive_s)

    credentials = Credentials(username, password if username is not None else None)
    assert packet.connect(client_id, keep_alive_s=keep_alive_s, credentials=credentials) == paho.sent


@given(st.lists(words, min_size=1, max_size=70))
def test_subscribe_equals_pahos(filters):
    paho = Numbered()
    paho._send_subscribe(dup=False, topics=[(one.encode(), 1) for one in filters])

    assert packet.subscribe(4711, filters) == paho.sent


@given(st.lists(words, min_size=1, max_size=70))
def test_unsubscribe_equals_pahos(filters):
    paho = Numbered()
    paho._send_unsubscribe(dup=False, topics=[one.encode() for one in filters])

    assert packet.unsubscribe(4711, filters) == paho.sent


@given(st.lists(st.integers(1, 65535), max_size=50))
def test_pubacks_equal_pahos_in_one_piece(packet_ids):
    paho = Numbered()
    for packet_id in packet_ids:
        paho._send_puback(packet_id)

    assert packet.pubacks([number.to_bytes(2, "big") for number in packet_ids]) == paho.sent


@pytest.mark.parametrize(("name", "ours"), [("_send_pingreq", packet.PINGREQ), ("_send_disconnect", packet.DISCONNECT)])
def test_fixed_packet_equals_pahos(name, ours):
    paho = Numbered()
    getattr(paho, name)()

    assert paho.sent == ours


def test_text_longer_than_the_protocol_allows_is_refused():
    with pytest.raises(OverflowError):
        packet.subscribe(1, ["a" * 65536])
