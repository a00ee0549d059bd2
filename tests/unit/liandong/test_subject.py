import pytest

from city.errors import BadRequest
from liandong.broker.subject import require_own_prefix, subjects


@pytest.mark.parametrize(
    ("topic_filter", "expected"),
    [
        pytest.param("city/traffic/a/reading", ["city.traffic.a.reading"], id="plain levels"),
        pytest.param("v3/+/devices/+/up", ["v3.*.devices.*.up"], id="one-level wildcards"),
        pytest.param("city/#", ["city", "city.>"], id="a # also stands for no level"),
        pytest.param("/json/key/#", ["/.json.key", "/.json.key.>"], id="a leading slash is a level of its own"),
        pytest.param("a//b/", ["a./.b./"], id="empty levels"),
        pytest.param("a.b/c", ["a//b.c"], id="a dot is doubled into slashes"),
    ],
)
def test_subjects_match_what_the_filter_matches(topic_filter: str, expected: list[str]) -> None:
    assert subjects(topic_filter) == expected


@pytest.mark.parametrize("topic_filter", ["v3/+/devices/+/up", "/json/key/#", "a.b/c", "tts@tenant/x"])
def test_source_may_have_a_prefix_of_its_own(topic_filter: str) -> None:
    require_own_prefix(topic_filter, at="source")


@pytest.mark.parametrize(
    "topic_filter",
    [
        pytest.param("#", id="everything"),
        pytest.param("+/reading", id="any first level"),
        pytest.param("/#", id="anything behind a slash"),
        pytest.param("liandong/alarms", id="the program's own topics"),
        pytest.param("/liandong/alarms", id="the program's own topics behind a slash"),
        pytest.param("$SYS/x", id="the broker's own topics"),
        pytest.param("_INBOX/x", id="NATS's own subjects"),
        pytest.param("", id="nothing"),
        pytest.param("a/b#", id="a # within a level"),
        pytest.param("a/#/b", id="a # before the end"),
        pytest.param("a/x+", id="a + within a level"),
        pytest.param("a b/c", id="a space"),
        pytest.param("a/>", id="NATS's wildcard for the rest"),
        pytest.param("a/*/b", id="NATS's wildcard for a level"),
        pytest.param("a/\n/b", id="a control character"),
        pytest.param('a/"/b', id="a quote"),
    ],
)
def test_source_may_not_have_what_is_not_its_own(topic_filter: str) -> None:
    with pytest.raises(BadRequest):
        require_own_prefix(topic_filter, at="source")
