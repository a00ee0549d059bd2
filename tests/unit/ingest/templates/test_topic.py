import pytest

from ingest.templates.errors import BadPattern
from ingest.templates.topic import TopicPattern
from ingest.topics import matches


@pytest.mark.parametrize(
    ("pattern", "topic", "expected"),
    [
        pytest.param("a/{sensor}/x", "a/s 1/x", {"sensor": "s 1"}, id="one level"),
        pytest.param("a/{sensor}/x", "a/b/c/x", None, id="not two levels"),
        pytest.param("a/{sensor...}", "a/b/c", {"sensor": "b/c"}, id="several levels"),
        pytest.param("{p...}/state", "a/b/state", {"p": "a/b"}, id="several in front"),
        pytest.param("m/{site}-{id}", "m/roof-7", {"site": "roof", "id": "7"}, id="parts of a level"),
        pytest.param("m/{k=on|o*f}", "m/off", {"k": "off"}, id="one of some words"),
        pytest.param("m/{k=on|off}", "m/other", None, id="none of these words"),
        pytest.param("m/{k=[0-9]*}", "m/12", {"k": "12"}, id="digits"),
        pytest.param("a.b/{sensor}", "axb/1", None, id="no expression"),
    ],
)
def test_pattern_matches(pattern: str, topic: str, expected: dict[str, str] | None):
    assert TopicPattern.parse(pattern).match(topic) == expected


@pytest.mark.parametrize(
    ("pattern", "topic_filter"),
    [("a/{s}/x", "a/+/x"), ("a/{s...}", "a/#"), ("a/{s...}/x", "a/#"), ("m/{a}-{b}/c", "m/+/c"), ("a/b", "a/b")],
)
def test_pattern_has_the_narrowest_filter(pattern: str, topic_filter: str):
    parsed = TopicPattern.parse(pattern)

    assert parsed.topic_filter == topic_filter
    assert matches(topic_filter, pattern.replace("...", "").replace("{", "").replace("}", ""))


@pytest.mark.parametrize("text", ["", "a/+", "a/#", "a/{s}/{s}", "a/{s", "a/{}", "a/s}", "a\0"])
def test_pattern_that_is_none_is_refused(text: str):
    with pytest.raises(BadPattern, match="Expected a topic"):
        TopicPattern.parse(text)
