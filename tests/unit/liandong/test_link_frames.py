import asyncio

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from city import errors
from city.errors import LiandongError
from liandong.link.errors import error_of, refusal_of
from liandong.link.frame import Answer, BadFrame, Call, FrameTooLong, Message, Refusal, framed, read_frame

BODIES = st.recursive(st.none() | st.booleans() | st.text() | st.binary(), st.lists, max_leaves=20).map(
    lambda value: msgspec.Raw(msgspec.msgpack.encode(value))
)
IDS = st.integers(0, 2**63)
MESSAGES = st.one_of(
    st.builds(Call, id=IDS, name=st.text(), arguments=BODIES),
    st.builds(Answer, id=IDS, body=BODIES),
    st.builds(Refusal, id=IDS, code=st.text(), fields=st.dictionaries(st.text(), st.text() | st.lists(st.text()))),
)

ERRORS: list[LiandongError] = [
    errors.UndecodableMessage("json", expected="JSON", got=b"\xff", at="payload"),
    errors.BadRequest(expected="0 to 1000", got=-4, at="air/17"),
    errors.BadSettings(expected="a", got="b", at="c"),
    errors.BadCityFile(expected="a", got=["b"], at="c:7"),
    errors.BadRequest(expected="a", got=None, at="c"),
    errors.BadDocument(expected="a", got="b", at="alert.info"),
    errors.BadJournal(expected="a", got=1.5, at="c"),
    errors.NotFound("sensor", "air-17"),
    errors.NotPermitted("file", allowed="supervision", at="incident 7"),
    errors.IllegalTransition("close", state="filed", legal=("dispatch", "cancel"), at="incident 7"),
    errors.NotOver("close", state="checking", why="`water` still burns", at="incident 7"),
    errors.Conflict(found="the state", at="incident 7"),
    errors.StoreUnavailable("history", "no route"),
]


async def read_all(data: bytes, cuts: list[int]) -> list[Message]:
    reader = asyncio.StreamReader()
    begin = 0
    for end in [*sorted(cut % (len(data) + 1) for cut in cuts), len(data)]:
        reader.feed_data(data[begin:end])
        begin = end
    reader.feed_eof()
    found: list[Message] = []
    while (message := await read_frame(reader)) is not None:
        found.append(message)
    return found


@given(messages=st.lists(MESSAGES, max_size=5), cuts=st.lists(st.integers(0, 10_000), max_size=5))
def test_frames_arrive_however_the_stream_is_cut(messages: list[Message], cuts: list[int]) -> None:
    data = b"".join(framed(message) for message in messages)

    came = asyncio.run(read_all(data, cuts))

    assert [msgspec.msgpack.encode(one) for one in came] == [msgspec.msgpack.encode(one) for one in messages]


@given(junk=st.binary(min_size=1, max_size=64))
def test_junk_never_reads_as_something_else(junk: bytes) -> None:
    try:
        came = asyncio.run(read_all(junk, []))
    except BadFrame:
        return

    assert all(isinstance(one, Call | Answer | Refusal) for one in came)


async def test_length_beyond_the_limit_is_refused_before_it_is_read() -> None:
    with pytest.raises(BadFrame):
        await read_all(b"\xff\xff\xff\xff", [])


def test_message_that_does_not_fit_is_not_framed() -> None:
    body = msgspec.Raw(msgspec.msgpack.encode(bytes(33 * 1024 * 1024)))

    with pytest.raises(FrameTooLong):
        framed(Answer(1, body))


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.code)
def test_error_keeps_class_and_wording(error: LiandongError) -> None:
    frame = framed(refusal_of(7, error))

    [came] = asyncio.run(read_all(frame, []))

    assert isinstance(came, Refusal)
    assert type(error_of(came)) is type(error)
    assert str(error_of(came)) == str(error)


def test_every_error_of_the_city_is_shown_to_travel() -> None:
    known = {kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, LiandongError)}

    concrete = {kind for kind in known if not kind.__name__.startswith("_")} - {LiandongError}

    assert {type(error) for error in ERRORS} == concrete


def test_error_of_another_version_is_told_as_unavailable() -> None:
    came = error_of(Refusal(1, "not_found", {"unknown": "field"}))

    assert isinstance(came, errors.StoreUnavailable)
