"""The `[[template]]` tables of a city's `sources.toml`."""

from collections.abc import Mapping

from pydantic import ValidationError

from city.errors import BadCityFile
from city.faults import ManyFaults
from city.toml_lines import TomlText
from ingest.decoders.options import DecoderOptions
from ingest.mistakes import mistakes_of
from ingest.templates.decoder import TemplateDecoder
from ingest.templates.rule import Template
from ingest.templates.topic import TopicPattern
from ingest.topics import is_filter

#: What a route of a template is called in counters.
FAMILY = "template"


def read_template(document: TomlText, number: int, table: object) -> tuple[str, TemplateDecoder]:
    """Return topic filter and decoder of the `number`th template.

    Raises:
        BadCityFile: with the line and key of the mistake.
    """
    if not isinstance(table, Mapping):
        raise BadCityFile(expected="tables `[[template]]`", got=table, at=document.at("[[template]]"))
    written = {key: value for key, value in table.items() if key != "filter"}
    try:
        template = Template.model_validate(written)
    except ValidationError as error:
        raise _wrong(document, number, error) from error
    topic_filter = table.get("filter", TopicPattern.parse(template.topic).topic_filter)
    if not isinstance(topic_filter, str) or not is_filter(topic_filter):
        at = document.at("[[template]]", "filter", nth=number)
        raise BadCityFile(expected="`filter` an MQTT topic filter", got=topic_filter, at=at)
    return topic_filter, TemplateDecoder([template], DecoderOptions())


def _wrong(document: TomlText, number: int, error: ValidationError) -> ManyFaults:
    return ManyFaults(
        tuple(
            BadCityFile(
                expected=mistake.expected,
                got=mistake.got,
                at=document.at("[[template]]", mistake.key.partition(".")[0], nth=number),
            )
            for mistake in mistakes_of(error)
        )
    )
