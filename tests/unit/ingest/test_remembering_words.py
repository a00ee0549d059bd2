"""What decoders remember of words does not grow by how long a sender makes them."""

import json
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest

from city.errors import UndecodableMessage
from ingest.decoders.decoder_set import DecoderSet
from ingest.decoders.families import FAMILIES
from ingest.decoders.options import DecoderOptions

_MESSAGES, _LONG = 100, 50_000
_UPLINK = {"end_device_ids": {"device_id": "d", "application_ids": {"application_id": "a"}}}


@pytest.fixture
def traced() -> Iterator[None]:
    tracemalloc.start()
    yield
    tracemalloc.stop()


@pytest.mark.usefixtures("traced")
@pytest.mark.parametrize(
    ("topic", "shape"),
    [
        pytest.param("a/b", lambda word: {"temp": 20, word: 1}, id="member"),
        pytest.param("a/b", lambda word: {"temp": 20, "unit": word}, id="unit"),
        pytest.param("a/b", lambda word: {"name": word, "value": 3, "unit": "V"}, id="record"),
        pytest.param(
            "v3/a@t/devices/d/up", lambda word: _UPLINK | {"uplink_message": {"decoded_payload": {word: 1}}}, id="codec"
        ),
    ],
)
def test_long_words_are_not_remembered(topic: str, shape: Any) -> None:
    decoder = DecoderSet(FAMILIES).make("auto", DecoderOptions())

    for number in range(_MESSAGES):
        try:
            decoder.decode(topic, json.dumps(shape(f"{number:06}" + "x" * _LONG)).encode())
        except UndecodableMessage:
            continue

    assert tracemalloc.get_traced_memory()[0] < _MESSAGES * _LONG / 2


@pytest.mark.usefixtures("traced")
def test_long_topics_are_not_remembered() -> None:
    decoder = DecoderSet(FAMILIES).make("auto", DecoderOptions())

    for number in range(_MESSAGES):
        decoder.decode(f"a/{number:06}{'x' * _LONG}/temp", b'{"id": "one", "temp": 20, "deviceId": "d"}')

    assert tracemalloc.get_traced_memory()[0] < _MESSAGES * _LONG / 2
