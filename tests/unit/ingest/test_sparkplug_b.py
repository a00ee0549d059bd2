"""Sparkplug B: what births teach, what data says by alias, and what deaths end."""

import gzip

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from city.errors import UndecodableMessage
from city.measurement import Decoded
from city.quality import Quality
from ingest.decoders.memory import Lesson, Memory
from ingest.decoders.options import DecoderOptions
from ingest.decoders.sparkplug_b import SparkplugDecoder
from ingest.telemetry import DEATHS_IGNORED, METRICS_DROPPED, REBIRTHS_NEEDED
from tests.support.decoding import told
from tests.support.sparkplug import M, field_of, payload, single, varint

AT_MS = 1_780_000_000_000
SPEED = M("Lane1/Speed", single(12, 52.6), alias=1, datatype=9, properties={"engUnit": "km/h"})


class Plant:
    """A decoder with a memory of its own, and one node's topics."""

    def __init__(self, memory: Memory | None = None) -> None:
        self.memory = memory if memory is not None else Memory()
        self.decoder = SparkplugDecoder(DecoderOptions(), self.memory)

    def hear(self, kind: str, data: bytes, device: str = "det-1", node: str = "tls-17") -> Decoded:
        suffix = f"/{device}" if kind.startswith("D") else ""
        return self.decoder.decode(f"spBv1.0/city/{kind}/{node}{suffix}", data)

    def born(self) -> "Plant":
        self.hear("NBIRTH", payload(M("bdSeq", field_of(11, 7), datatype=4), seq=0))
        self.hear("DBIRTH", payload(SPEED, seq=1))
        return self


def value_of(metric: M) -> float | None:
    found = Plant().hear("DDATA", payload(metric)).measurements
    return found[0].value if found else None


def count(reason: str) -> float:
    return float(REBIRTHS_NEEDED.labels(reason)._value.get())


def test_data_by_alias_means_what_the_birth_said():
    plant = Plant().born()

    found = plant.hear("DDATA", payload(M(value=single(12, 48.1), alias=1), seq=2)).measurements

    assert told(found) == {"Speed/Lane1": (48.1, "km/h")}
    assert [m.sensor for m in found] == ["city/tls-17/det-1"]
    assert [m.time_ns for m in found] == [AT_MS * 1_000_000]


def test_birth_holds_the_first_values_and_says_who_is_there():
    plant = Plant()

    node = plant.hear(
        "NBIRTH",
        payload(
            M("bdSeq", field_of(11, 7), datatype=4), M("Node Control/Rebirth", field_of(14, 0), datatype=11), seq=0
        ),
    )
    device = plant.hear("DBIRTH", payload(SPEED, seq=1))

    assert node.measurements == []
    assert [(one.sensor, one.online) for one in node.statuses + device.statuses] == [
        ("city/tls-17", True),
        ("city/tls-17/det-1", True),
    ]
    assert [m.value for m in device.measurements] == [52.6]


def test_data_after_a_restart_means_the_same():
    before = Plant().born()
    data = payload(M(value=single(12, 48.1), alias=1), seq=2)
    memory = Memory()
    memory.restore(before.memory.lessons())

    after = Plant(memory).hear("DDATA", data)

    assert after == before.hear("DDATA", data)


def test_device_death_makes_it_offline_and_its_aliases_void():
    plant = Plant().born()

    death = plant.hear("DDEATH", payload(seq=2))

    assert [(one.sensor, one.online) for one in death.statuses] == [("city/tls-17/det-1", False)]
    assert death.measurements == []
    with pytest.raises(UndecodableMessage) as caught:
        plant.hear("DDATA", payload(M(value=single(12, 48.1), alias=1), seq=3))
    assert caught.value.reason == "needs_birth"


def test_node_death_takes_its_devices_along():
    plant = Plant().born()

    death = plant.hear("NDEATH", payload(M("bdSeq", field_of(11, 7), datatype=4)))

    assert [(one.sensor, one.online) for one in death.statuses] == [
        ("city/tls-17", False),
        ("city/tls-17/det-1", False),
    ]
    assert len(plant.memory) == 0


def test_death_of_an_earlier_session_is_ignored():
    plant = Plant().born()
    before = DEATHS_IGNORED.labels("earlier_session")._value.get()

    death = plant.hear("NDEATH", payload(M("bdSeq", field_of(11, 6), datatype=4)))

    assert death == Decoded()
    assert DEATHS_IGNORED.labels("earlier_session")._value.get() == before + 1
    assert plant.hear("DDATA", payload(M(value=single(12, 48.1), alias=1), seq=2)).measurements


def test_node_birth_voids_its_devices():
    plant = Plant().born()

    plant.hear("NBIRTH", payload(M("bdSeq", field_of(11, 8), datatype=4), seq=0))

    with pytest.raises(UndecodableMessage):
        plant.hear("DDATA", payload(M(value=single(12, 48.1), alias=1), seq=1))


@pytest.mark.parametrize(
    ("numbers", "gaps"),
    [
        pytest.param([2, 3, 4], 0, id="one after the other"),
        pytest.param([3], 1, id="one is missing"),
        pytest.param([2, 2, 3], 0, id="sent twice"),
        pytest.param([2, 1], 1, id="back"),
        pytest.param([*range(2, 256), 0, 1], 0, id="once round"),
    ],
)
def test_gap_in_the_sequence_asks_for_a_rebirth_and_loses_nothing(numbers: list[int], gaps: int):
    plant = Plant().born()
    before = count("sequence_gap")

    found = [plant.hear("DDATA", payload(M(value=single(12, 48.1), alias=1), seq=number)) for number in numbers]

    assert count("sequence_gap") - before == gaps
    assert all(len(decoded.measurements) == 1 for decoded in found)


def test_data_before_any_birth_asks_for_one_and_is_taken_where_it_names_its_values():
    before = count("no_birth")

    found = Plant().hear("NDATA", payload(M("Pump/Vibration", single(12, 1.5), datatype=9))).measurements

    assert told(found) == {"Vibration/Pump": (1.5, None)}
    assert count("no_birth") == before + 1


def test_unknown_alias_among_known_ones_is_counted():
    plant = Plant().born()
    before = METRICS_DROPPED.labels("unknown_alias")._value.get()

    found = plant.hear("DDATA", payload(M(value=single(12, 48.1), alias=1), M(value=single(12, 1.0), alias=99), seq=2))

    assert len(found.measurements) == 1
    assert METRICS_DROPPED.labels("unknown_alias")._value.get() == before + 1


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        pytest.param(M("a", field_of(10, 2**32 - 15), datatype=3), -15.0, id="Int32"),
        pytest.param(M("a", field_of(10, -15), datatype=3), -15.0, id="Int32, extended to 64 bits"),
        pytest.param(M("a", field_of(10, 0xF1), datatype=1), -15.0, id="Int8, cut"),
        pytest.param(M("a", field_of(10, 2**32 - 15), datatype=1), -15.0, id="Int8, extended"),
        pytest.param(M("a", field_of(10, 0xFFF1), datatype=2), -15.0, id="Int16"),
        pytest.param(M("a", field_of(11, 2**64 - 15), datatype=4), -15.0, id="Int64"),
        pytest.param(M("a", field_of(11, 2**64 - 15), datatype=8), float(2**64 - 15), id="UInt64"),
        pytest.param(M("a", field_of(10, 200), datatype=5), 200.0, id="UInt8"),
        pytest.param(M("a", single(12, 0.76), datatype=9), 0.76, id="Float as it was written"),
        pytest.param(M("a", field_of(13, 230.4), datatype=10), 230.4, id="Double"),
        pytest.param(M("a", field_of(14, 1), datatype=11), 1.0, id="Boolean"),
        pytest.param(M("a", field_of(10, 7)), 7.0, id="a small number without a type"),
        pytest.param(M("a", field_of(10, 2**32 - 15)), None, id="a number that may be negative, without a type"),
        pytest.param(M("a", field_of(15, "12"), datatype=12), None, id="String"),
        pytest.param(M("a", field_of(11, AT_MS), datatype=13), None, id="DateTime"),
        pytest.param(M("a", null=True, datatype=9), None, id="null"),
        pytest.param(M("a", single(12, float("nan")), datatype=9), None, id="NaN"),
        pytest.param(M("a", field_of(13, float("inf")), datatype=10), None, id="infinity"),
        pytest.param(M("Properties/Limit", single(12, 5.0), datatype=9), None, id="a static fact"),
        pytest.param(M("Device Control/Scan Rate", field_of(10, 5), datatype=7), None, id="a setting"),
    ],
)
def test_value_is_what_its_type_says(metric: M, expected: float | None):
    assert value_of(metric) == expected


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        pytest.param(M("a", single(12, 1.0), properties={"Quality": 192}), Quality.GOOD, id="good"),
        pytest.param(M("a", single(12, 1.0), properties={"Quality": 216}), Quality.GOOD, id="good, overridden by hand"),
        pytest.param(M("a", single(12, 1.0), properties={"Quality": 500}), Quality.STALE, id="stale"),
        pytest.param(M("a", single(12, 1.0), properties={"Quality": 0}), Quality.BAD, id="bad"),
        pytest.param(M("a", single(12, 1.0), historical=True), Quality.STALE, id="historical"),
    ],
)
def test_quality_is_the_metrics_own_word(metric: M, expected: Quality):
    (found,) = Plant().hear("DDATA", payload(metric)).measurements

    assert found.quality == expected


@pytest.mark.parametrize(
    ("metric_ms", "payload_ms", "expected_ms"),
    [
        pytest.param(AT_MS - 5, AT_MS, AT_MS - 5, id="the metric's"),
        pytest.param(None, AT_MS, AT_MS, id="the message's"),
        pytest.param(None, None, None, id="none"),
        pytest.param(2**64 - 1, AT_MS, None, id="an impossible one"),
        pytest.param(1000, AT_MS, None, id="a clock that was never set"),
    ],
)
def test_time_is_the_metrics_or_the_messages(metric_ms: int | None, payload_ms: int | None, expected_ms: int | None):
    metric = M("a", single(12, 1.0), time_ms=metric_ms)

    (found,) = Plant().hear("DDATA", payload(metric, time_ms=payload_ms)).measurements

    assert found.time_ns == (expected_ms * 1_000_000 if expected_ms is not None else None)


def test_template_instances_lend_their_name():
    inner = field_of(2, M("Temperature", single(12, 61.5), datatype=9).encoded())
    pump = M("Pump1", field_of(18, inner), datatype=19)
    definition = M("_types_/Pump", field_of(18, inner + field_of(5, 1)), datatype=19)

    found = Plant().hear("NBIRTH", payload(definition, pump, seq=0)).measurements

    assert told(found) == {"Temperature/Pump1": (61.5, None)}


def test_compressed_payload_is_opened_within_bounds():
    def packed(data: bytes) -> bytes:
        return field_of(4, "SPBV1.0_COMPRESSED") + field_of(5, gzip.compress(data))

    found = Plant().hear("DDATA", packed(payload(M("a", single(12, 1.5), datatype=9)))).measurements

    assert [m.value for m in found] == [1.5]
    with pytest.raises(UndecodableMessage) as caught:
        Plant().hear("DDATA", packed(bytes(3 * 2**20)))
    assert caught.value.reason == "too_large"


@pytest.mark.parametrize(
    "topic",
    ["spBv1.0/STATE/scada", "spBv1.0/city/NCMD/tls-17", "spBv1.0/city/DCMD/tls-17/det-1"],
)
def test_commands_and_host_states_say_nothing(topic: str):
    assert SparkplugDecoder(DecoderOptions(), Memory()).decode(topic, b'{"online":true}') == Decoded()


@pytest.mark.parametrize(
    ("topic", "data", "reason"),
    [
        pytest.param("spBv1.0/city/DDATA/n/d", b'{"metrics": 1}', "wrong_shape", id="JSON of another shape"),
        pytest.param("spBv1.0/city/DDATA/n/d", payload(SPEED)[:-3], "not_protobuf", id="cut short"),
        pytest.param("spBv1.0/city/DDATA/n/d", field_of(2, field_of(1, b"\xff")), "not_utf8", id="a name of bytes"),
        pytest.param("spBv1.0/city/DDATA/n", b"", "bad_topic", id="data of no device"),
        pytest.param("spBv1.0/city/XDATA/n/d", b"", "bad_topic", id="no such message"),
        pytest.param("spBv1.0/city/DDATA/ /d", b"", "bad_topic", id="a node without a name"),
        pytest.param("spBv1.0/city/DDATA/n/d", field_of(2, b"") * 20_001, "too_large", id="too many metrics"),
    ],
)
def test_malformed_message_is_refused(topic: str, data: bytes, reason: str):
    with pytest.raises(UndecodableMessage) as caught:
        SparkplugDecoder(DecoderOptions(), Memory()).decode(topic, data)

    assert caught.value.reason == reason


def test_deep_templates_are_refused():
    inner = M("a", single(12, 1.0)).encoded()
    for _ in range(10):
        inner = M("t", field_of(18, field_of(2, inner))).encoded()

    with pytest.raises(UndecodableMessage) as caught:
        Plant().hear("DDATA", field_of(2, inner))

    assert caught.value.reason == "too_deep"


def test_hostile_births_stop_at_the_memorys_bounds():
    plant = Plant(Memory(max_keys=10, max_entries=100))

    refused = 0
    for number in range(50):
        try:
            plant.hear("NBIRTH", payload(M("a", alias=1), seq=0), node=f"n{number}")
        except UndecodableMessage as error:
            refused += error.reason == "too_many_names"

    assert len(plant.memory) <= 10
    assert refused >= 40


def outcome(plant: Plant, kind: str, data: bytes) -> Decoded | str:
    try:
        return plant.hear(kind, data)
    except UndecodableMessage as error:
        return error.reason


KINDS = st.sampled_from(["NBIRTH", "NDEATH", "NDATA", "DBIRTH", "DDEATH", "DDATA"])
METRICS = st.builds(
    M,
    name=st.none() | st.sampled_from(["a", "b/c", "bdSeq"]),
    value=st.one_of(
        st.integers(0, 2**64 - 1).map(lambda n: field_of(10, n)),
        st.floats(width=32).map(lambda x: single(12, x)),
        st.floats().map(lambda x: field_of(13, x)),
        st.binary(max_size=6).map(lambda b: field_of(18, b)),
        st.binary(max_size=12).map(lambda b: field_of(17, b)),
    ),
    alias=st.none() | st.integers(0, 3),
    datatype=st.none() | st.integers(0, 40),
)
MESSAGES = st.lists(
    st.tuples(KINDS, st.lists(METRICS, max_size=3), st.integers(0, 300) | st.none(), st.binary(max_size=3)), max_size=8
)


@settings(max_examples=60)
@given(messages=MESSAGES)
def test_memory_after_a_restart_at_any_message_is_the_same(messages: list[tuple[str, list[M], int | None, bytes]]):
    steady, journal = Plant(), list[Lesson]()
    for kind, metrics, seq, rest in messages:
        restarted = Memory()
        restarted.restore(journal)
        data = payload(*metrics, seq=seq) + rest

        assert outcome(steady, kind, data) == outcome(Plant(restarted), kind, data)

        journal += restarted.lessons()


@settings(max_examples=60)
@given(data=st.binary(max_size=200), kind=KINDS)
def test_any_bytes_are_decoded_or_refused(data: bytes, kind: str):
    try:
        found = Plant().hear(kind, data)
    except UndecodableMessage:
        return
    assert all(m.value == m.value for m in found.measurements)


def test_varints_of_more_than_ten_bytes_are_refused():
    with pytest.raises(UndecodableMessage):
        Plant().hear("DDATA", b"\xff" * 11 + varint(1))
