"""Single decisions of a template: which one reads, which values and words it takes, and which moments."""

from datetime import UTC, tzinfo

import pytest

from city.errors import UndecodableMessage
from ingest.decoders.options import DecoderOptions
from ingest.templates.decoder import TemplateDecoder
from ingest.templates.item import Item
from ingest.templates.moment import moment_of
from ingest.templates.rule import Template
from ingest.templates.value import single_value


def template(**more: object) -> Template:
    readings = [{"path": "$.v", "quantity": more.pop("quantity")}]
    return Template.model_validate({"topic": "w/{sensor}", "body": "json", "readings": readings, **more})


def test_message_is_read_by_the_first_template_whose_requirements_it_meets():
    templates = [template(quantity="first", requires=["$.a"]), template(quantity="second")]
    decoder = TemplateDecoder(templates, DecoderOptions())

    read = [decoder.decode("w/x", body).measurements[0].quantity for body in (b'{"a": 1, "v": 2}', b'{"b": 1, "v": 2}')]

    assert read == ["first", "second"]


def test_message_that_meets_no_requirement_says_nothing_and_another_topic_is_refused():
    decoder = TemplateDecoder([template(quantity="first", requires=["$.a"])], DecoderOptions())

    assert decoder.decode("w/x", b'{"v": 2}').measurements == []
    with pytest.raises(UndecodableMessage, match="Expected a topic of a template"):
        decoder.decode("v/x", b'{"a": 1, "v": 2}')


@pytest.mark.parametrize(
    ("word", "words", "value"),
    [
        pytest.param("on", {}, 1.0, id="true everywhere"),
        pytest.param("open", {"open": 1.0, "on": 7.0}, 1.0, id="a word of the template"),
        pytest.param("ON", {"on": 7.0}, 7.0, id="goes before what is true everywhere"),
    ],
)
def test_word_means_what_the_template_says(word: str, words: dict[str, float], value: float):
    assert single_value(word, words, at="$") == (value, None)


def test_word_that_the_template_leaves_out_is_refused():
    with pytest.raises(UndecodableMessage, match="a number or one of open"):
        single_value("on", {"open": 1.0}, at="$")


@pytest.mark.parametrize(("patterns", "fits"), [("p*|q", True), ("x|q", False), ("!p*|q", False), ("!x|q", True)])
def test_captured_name_is_held_against_patterns(patterns: str, *, fits: bool):
    assert Item(({},), {"name": "pm"}).fits({"name": patterns}) is fits


@pytest.mark.parametrize(
    ("said", "form", "zone", "second"),
    [
        pytest.param("20.11.2026", "%d.%m.%Y", UTC, 1_795_132_800, id="a day"),
        pytest.param("20.11.1026", "%d.%m.%Y", UTC, None, id="long before any sensor"),
        pytest.param("20.11.9026", "%d.%m.%Y", UTC, None, id="long after"),
        pytest.param("20.11.2026", "%d.%m.%Y", None, None, id="of no zone"),
        pytest.param("2026-11-20", "%d.%m.%Y", UTC, None, id="in another form"),
    ],
)
def test_moment_is_one_that_a_sensor_can_have_meant(said: str, form: str, zone: tzinfo | None, second: int | None):
    assert moment_of(said, form, zone) == (None if second is None else second * 10**9)
