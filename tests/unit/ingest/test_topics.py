import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.topics import is_filter, matches, overlap

LEVEL = st.sampled_from(["a", "b", "", "ü", "$x"])
TOPICS = st.lists(LEVEL, min_size=1, max_size=4).map("/".join).filter(bool)
FILTERS = (
    st.tuples(st.lists(LEVEL | st.just("+"), max_size=4), st.booleans())
    .map(lambda drawn: "/".join([*drawn[0], "#"] if drawn[1] else drawn[0]))
    .filter(is_filter)
)


@pytest.mark.parametrize(
    ("topic_filter", "topic", "expected"),
    [
        ("city/+/+/reading", "city/traffic/a/reading", True),
        ("city/+/+/reading", "city/traffic/a/b/reading", False),
        ("city/+/+/reading", "city/traffic/a/event", False),
        ("telegraf/#", "telegraf/a/b", True),
        ("telegraf/#", "telegraf", True),
        ("telegraf/#", "telegrafs", False),
        ("/+/+/attrs", "/key/device/attrs", True),
        ("/+/+/attrs", "key/device/attrs", False),
        ("+/a", "/a", True),
        ("#", "$SYS/x", False),
        ("+/x", "$SYS/x", False),
        ("$SYS/#", "$SYS/x", True),
    ],
)
def test_filter_matches(topic_filter: str, topic: str, expected: bool):  # noqa: FBT001 - a table's column
    assert matches(topic_filter, topic) == expected


@pytest.mark.parametrize("text", ["", "a/#/b", "a#", "a/b+", "+a", "a\0", "ü" * 40_000])
def test_text_that_is_no_filter(text: str):
    assert not is_filter(text)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("a/+", "a/b", True),
        ("a/#", "a", True),
        ("a/+/c", "a/b/+", True),
        ("a/+", "b/+", False),
        ("a/b", "a/b/c", False),
        ("#", "a/b", True),
        ("v3/+/devices/#", "v3/+/devices/+/up", True),
    ],
)
def test_filters_overlap(one: str, other: str, expected: bool):  # noqa: FBT001 - a table's column
    assert overlap(one, other) == expected
    assert overlap(other, one) == expected


@given(FILTERS, FILTERS, TOPICS)
def test_filters_that_match_one_topic_overlap(one: str, other: str, topic: str):
    assert not (matches(one, topic) and matches(other, topic)) or overlap(one, other)
