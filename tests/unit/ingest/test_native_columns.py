import json
from collections.abc import Sequence
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from city.catalogue import default_catalogue
from city.clock import SECOND_NS
from city.entry import Context, NumberedSensor
from city.level import Domain
from city.reading import READING
from city.sensor import Sensor
from ingest.config import NormaliseSettings
from ingest.decoders.native import parse_readings
from ingest.decoders.native_shape import Shape, spelling
from ingest.decoders.times import parse_time
from ingest.message import Batch, Message
from ingest.native_columns import NativeColumns, Portion
from ingest.normalise import Normaliser
from ingest.routes import Routes
from tests.support.normalising import MemoryNumbering

NOW_NS = 1_795_161_600 * SECOND_NS
REGISTERED = ("air-01", "air-02")
#: Made once, since the native family keeps nothing from message to message.
ROUTES, CATALOGUE = Routes.parse(""), default_catalogue()


class OneByOne(NativeColumns):
    """Leaves every message to the general path."""

    def read(self, messages: Sequence[Message]) -> tuple[list[Portion], list[int]]:
        return [], list(range(len(messages)))


def normaliser(native: NativeColumns | None = None) -> Normaliser:
    numbers = MemoryNumbering()
    made = Normaliser(ROUTES, CATALOGUE, numbers, NormaliseSettings(), native=native)
    sensors = (Sensor(name, name, Domain.ENVIRONMENT, "station") for name in REGISTERED)
    made.use(Context(0, "", (), tuple(NumberedSensor(numbers.sensor_number(one.id), one) for one in sensors), {}))
    return made


def native(sensor: str, body: str, *, retain: bool = False) -> Message:
    topic = f"city/environment/{sensor}/reading"
    return Message(topic, topic.encode(), body.encode(), retain)


def assert_equal(one: Batch, other: Batch) -> None:
    for column in READING.names or ():
        mine, theirs = getattr(one.arrivals.readings, column), getattr(other.arrivals.readings, column)
        assert mine.tobytes() == theirs.tobytes(), column
    assert list(one.quarantined) == list(other.quarantined)
    assert list(one.discovered) == list(other.discovered)


NUMBERS = st.from_regex(r"-?(0|[1-9][0-9]{0,7})(\.[0-9]{1,9})?", fullmatch=True)
TIMES = st.sampled_from(
    ["2026-11-20T07:59:58.123Z", "2026-11-20T08:00:00Z", "2026-11-20T08:00:00.123456789Z", "2026-11-20T08:00:00", "8"]
)
VALUES = st.dictionaries(
    st.sampled_from(["pm25", "temperature", "o3", "温度"]), NUMBERS | st.sampled_from(["true", "null"])
)
OTHERS = st.fixed_dictionaries(
    {},
    optional={
        "unit": st.sampled_from(['{"pm25": "mg/m3"}', '{"temperature": "K"}', "null"]),
        "quality": st.sampled_from(['"stale"', '["bad", "stale"]', "null"]),
        "seq": NUMBERS,
        "id": st.just('"a-17"'),
        "meta": st.sampled_from(['{"fw": "1.2"}', "[1]", '{"a": {"a": 1e3}}']),
    },
)


@st.composite
def bodies(draw: st.DrawFn) -> list[str]:
    """Messages of one spelling, whose digits are anything: hours 77, numbers 007."""
    values = ", ".join(f'"{name}": {number}' for name, number in draw(VALUES).items())
    time = [f'"time": "{moment}"' for moment in draw(st.lists(TIMES, max_size=1))]
    others = [f'"{key}": {text}' for key, text in draw(OTHERS).items()]
    body = "{" + ", ".join([*time, f'"values": {{{values}}}', *others]) + "}"
    random = Random(draw(st.integers(0, 10**6)))
    wild = draw(st.sampled_from([0.0, 0.05, 0.5]))
    vary = [char if not char.isdecimal() else "" for char in body]
    return [
        "".join(
            char or (str(random.randrange(10)) if random.random() < wild else body[place])
            for place, char in enumerate(vary)
        )
        for _ in range(draw(st.integers(1, 30)))
    ]


@settings(max_examples=40)
@given(st.lists(bodies(), min_size=1, max_size=3), st.integers(0, 10**6), st.sampled_from([0.0, 0.1]))
def test_any_batch_means_the_same_on_both_paths(several: list[list[str]], seed: int, retained: float) -> None:
    random, shuffled = Random(seed), [body for some in several for body in some]
    random.shuffle(shuffled)
    quick, slow = normaliser(), normaliser(OneByOne())

    for time_ns in (NOW_NS, NOW_NS + SECOND_NS, NOW_NS + 2 * SECOND_NS):
        messages = [
            native(random.choice([*REGISTERED, "stranger"]), body, retain=random.random() < retained)
            for body in shuffled
        ]

        assert_equal(quick.batch(messages, time_ns), slow.batch(messages, time_ns))


def timed(number: int) -> str:
    values = {"pm25": 20 + number % 70 / 10, "temperature": 10 + number % 80}
    return json.dumps({"time": f"2026-11-20T07:59:{number % 60:02}.{number % 1000:03}Z", "values": values})


@settings(max_examples=25)
@given(st.lists(st.integers(1, 40), min_size=1, max_size=6))
def test_cutting_batches_otherwise_changes_nothing(sizes: list[int]) -> None:
    messages = [native(REGISTERED[number % 2], timed(number)) for number in range(sum(sizes))]
    whole, cut = normaliser(), normaliser()

    together = whole.batch(messages, NOW_NS).arrivals.readings
    starts = [sum(sizes[:count]) for count in range(len(sizes))]
    parts = [
        cut.batch(messages[start : start + size], NOW_NS).arrivals.readings
        for start, size in zip(starts, sizes, strict=True)
    ]

    for column in READING.names or ():
        joined = np.concatenate([getattr(part, column) for part in parts])
        assert joined.tobytes() == getattr(together, column).tobytes(), column


def test_known_sensors_and_shapes_take_the_hot_path() -> None:
    columns = NativeColumns()
    desk = normaliser(columns)
    messages = [native(REGISTERED[number % 2], timed(number)) for number in range(10, 30)]
    for _ in range(2):
        desk.batch(messages, NOW_NS)

    portions, rest = columns.read(messages)

    assert (len(portions), rest) == (1, [])


@pytest.mark.parametrize(
    "body",
    [
        pytest.param('{"values": {"pm25": 1.5}}', id="without a time"),
        pytest.param('{"time": "2026-11-20T08:00:00.5Z", "values": {"a": -0, "b": -0.0, "c": 00.0}}', id="zeros"),
        pytest.param('{"time":"2026-11-20T08:00:00Z","values":{"on":true,"x":null,"n":-12.5},"seq":7}\n', id="words"),
        pytest.param('{"values":{"a":123456789012.345}, "unit": {"a": "m3"}, "id": "x9"}', id="as many digits as fit"),
    ],
)
def test_shape_reads_what_it_was_learned_from(body: str) -> None:
    payload = body.replace("00.0", "0.0").encode()
    [reading] = parse_readings(payload)

    shape = Shape.of(payload)

    assert shape is not None
    time_ns, values, sure = shape.read([payload])
    assert sure.all()
    assert values[0].tolist() == [value for value in reading.values.values() if value is not None]
    assert not shape.timed or time_ns[0] == parse_time(str(reading.time))


@pytest.mark.parametrize(
    "body",
    [
        pytest.param('[{"values": {"pm25": 1.5}}]', id="a list"),
        pytest.param('{"values": {"pm25": 1e5}}', id="an exponent"),
        pytest.param('{"values": {"pm25": 1, "pm25": 2}}', id="a key said twice"),
        pytest.param('{"values": {"pm\\u0032": 1}}', id="an escape"),
        pytest.param('{"values": {"pm25": 1234567890.123456}}', id="more digits than a float holds"),
        pytest.param('{"time": 1795161600, "values": {"pm25": 1}}', id="a count as time"),
        pytest.param('{"time": "2026-11-20 08:00:00Z", "values": {"pm25": 1}}', id="another way to write a time"),
        pytest.param('{"time": "2026-13-20T08:00:00Z", "values": {"pm25": 1}}', id="a month that there is not"),
        pytest.param('{"values": {}}', id="no value"),
        pytest.param('{"values": {"pm25": 1}, "seq": {}}', id="an empty object"),
    ],
)
def test_what_a_shape_cannot_be_sure_of_has_none(body: str) -> None:
    assert Shape.of(body.encode()) is None


def test_digits_that_are_part_of_a_name_must_be_the_same() -> None:
    shape = Shape.of(b'{"values": {"pm25": 1.5}, "unit": {"pm25": "mg/m3"}}')
    others = [
        b'{"values": {"pm10": 1.5}, "unit": {"pm25": "mg/m3"}}',
        b'{"values": {"pm25": 1.5}, "unit": {"pm25": "mg/m2"}}',
        b'{"values": {"pm25": 9.5}, "unit": {"pm25": "mg/m3"}}',
    ]

    assert shape is not None
    assert {spelling(other) for other in others} == {spelling(others[0])}
    assert shape.read(others).sure.tolist() == [False, False, True]


def test_numbers_with_leading_zeros_and_impossible_moments_are_not_sure() -> None:
    shape = Shape.of(b'{"time": "2026-11-20T08:00:00Z", "values": {"pm25": 17.5}, "seq": 10}')
    others = [
        b'{"time": "2026-11-20T08:00:60Z", "values": {"pm25": 17.5}, "seq": 10}',
        b'{"time": "2026-02-30T08:00:00Z", "values": {"pm25": 17.5}, "seq": 10}',
        b'{"time": "2026-11-20T08:00:00Z", "values": {"pm25": 07.5}, "seq": 10}',
        b'{"time": "2026-11-20T08:00:00Z", "values": {"pm25": 17.5}, "seq": 01}',
        b'{"time": "2026-11-20T08:59:59Z", "values": {"pm25": 90.5}, "seq": 99}',
    ]

    assert shape is not None
    assert shape.read(others).sure.tolist() == [False, False, False, False, True]


def test_spellings_that_never_come_again_push_out_none() -> None:
    columns = NativeColumns()
    desk = normaliser(columns)
    usual = [native(REGISTERED[0], timed(number)) for number in range(10, 20)]
    for _ in range(2):
        desk.batch(usual, NOW_NS)

    desk.batch([native(REGISTERED[0], f'{{"values": {{"pm25": 1}}, "id": "{"x" * n}"}}') for n in range(900)], NOW_NS)

    assert columns.read(usual)[1] == []
