"""Decodes the messages of a product or a city's source by its templates."""

from collections.abc import Sequence

from city.errors import UndecodableMessage
from city.measurement import Decoded
from ingest.decoders.options import DecoderOptions
from ingest.reasons import Reason
from ingest.templates.reader import TemplateReader
from ingest.templates.rule import Template


class TemplateDecoder:
    """Reads a message by the first template whose topic it has and whose requirements it meets."""

    def __init__(self, templates: Sequence[Template], options: DecoderOptions) -> None:
        self._options = options
        self._readers = [TemplateReader(template, options) for template in templates]

    def decode(self, topic: str, payload: bytes) -> Decoded:
        """Return what the message says."""
        matched = False
        for reader in self._readers:
            names = reader.topic.match(topic)
            decoded = reader.read(names, topic, payload) if names is not None else None
            if decoded is not None:
                self._options.told(decoded.measurements)
                return decoded
            matched |= names is not None
        if matched:  # the topic is a template's, and the body is none of interest
            return Decoded()
        raise UndecodableMessage(Reason.UNKNOWN_TOPIC, expected="a topic of a template", got=topic, at="topic")
