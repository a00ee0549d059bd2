"""Which decoder reads which topic: the native topics, the city's `sources.toml`, and grammars that need no telling."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Self

from city.errors import BadCityFile
from city.faults import Faults
from city.measurement import Decoder
from city.toml_lines import TomlText, parse_toml
from ingest.decoders.decoder_set import DecoderSet
from ingest.decoders.families import FAMILIES
from ingest.decoders.memory import Memory
from ingest.decoders.options import DecoderOptions, read_options
from ingest.fairness.shares import Shares, read_shares
from ingest.template_sources import FAMILY, read_template
from ingest.topics import is_filter, matches, overlap

#: Always routed, and nobody else's.
NATIVE_FILTERS = ("city/+/+/reading", "city/+/+/event", "city/+/+/status")

#: Topic grammars that leave no doubt; each gives way to a city's route that overlaps it.
KNOWN_GRAMMARS = {topic_filter: name for name, family in FAMILIES.items() for topic_filter in family.filters}

#: Families whose messages go first.
_FIRST = frozenset(name for name, family in FAMILIES.items() if family.first)

_WILDCARDS = frozenset({"+", "#"})

#: Our own hints to other processes; never a source.
_OWN_PREFIX = "liandong/#"


@dataclass(frozen=True, slots=True)
class Route:
    """One topic filter and its decoder."""

    topic_filter: str
    family: str
    decoder: Decoder


class Routes:
    """All routes; their filters never overlap, so every topic has one reader and is delivered once.

    Attributes:
        memory: what the routes' decoders remember from one message to later ones.
        shares: who sends, and what each may send.
    """

    def __init__(self, routes: Sequence[Route], memory: Memory, shares: Shares | None = None) -> None:
        self._routes = tuple(routes)
        self.memory = memory
        self.shares = shares if shares is not None else Shares()
        levels = {route: route.topic_filter.partition("/")[0] for route in self._routes}
        self._wild = tuple(route for route, level in levels.items() if level in _WILDCARDS)
        #: By first level what may match there, since a message must not be held against thirty filters.
        self._by_level = {
            level: tuple(route for route, own in levels.items() if own in {level, *_WILDCARDS})
            for level in set(levels.values()) - _WILDCARDS
        }

    @classmethod
    def parse(cls, text: str, *, file: str = "sources.toml", decoders: DecoderSet | None = None) -> Self:
        """Return the routes of a city: its own, the native ones and the known grammars that they leave free.

        Raises:
            BadCityFile: with file and line; filters that overlap are one of the mistakes.
        """
        document, faults = parse_toml(text, file), Faults()
        decoders = decoders if decoders is not None else DecoderSet(FAMILIES)
        own = faults.of(partial(_own_routes, document, decoders), [])
        shares = faults.of(partial(read_shares, document), Shares())
        faults.raise_found()
        native = [_route(decoders, topic_filter, "native") for topic_filter in NATIVE_FILTERS]
        free = [
            _route(decoders, topic_filter, family)
            for topic_filter, family in KNOWN_GRAMMARS.items()
            if not any(overlap(topic_filter, route.topic_filter) for route in own)
        ]
        return cls([*native, *own, *free], decoders.memory, shares)

    @property
    def filters(self) -> tuple[str, ...]:
        """Return the topic filters to subscribe to."""
        return tuple(route.topic_filter for route in self._routes)

    def find(self, topic: str) -> Route | None:
        """Return the route that claims `topic`; None when nobody does."""
        near = self._by_level.get(topic.partition("/")[0], self._wild)
        return next((route for route in near if matches(route.topic_filter, topic)), None)

    def goes_first(self, topic: str) -> bool:
        """Return whether the family that reads `topic` goes first when not everything can."""
        route = self.find(topic)
        return route is not None and route.family in _FIRST


def _route(decoders: DecoderSet, topic_filter: str, family: str, options: DecoderOptions | None = None) -> Route:
    return Route(topic_filter, family, decoders.make(family, options if options is not None else DecoderOptions()))


def _own_routes(document: TomlText, decoders: DecoderSet) -> list[Route]:
    faults = Faults()
    expected = "tables `[[route]]`, `[[template]]`, `[[source]]` and `[quota]`"
    faults.found += [
        BadCityFile(expected=expected, got=key, at=document.at(f"[{key}]"))
        for key in document.content
        if key not in {"route", "template", "source", "quota"}
    ]
    taken: dict[str, str] = {**dict.fromkeys(NATIVE_FILTERS, "the native topics"), _OWN_PREFIX: "our own topics"}
    routes: list[Route] = []
    for number, table in enumerate(faults.of(partial(_tables, document, "route"), [])):
        with faults:
            routes.append(_Table(document, number, table).route(taken, decoders))
    for number, table in enumerate(faults.of(partial(_tables, document, "template"), [])):
        with faults:
            topic_filter, decoder = read_template(document, number, table)
            _check_free(topic_filter, taken, document.at("[[template]]", "topic", nth=number))
            taken[topic_filter] = "another template"
            routes.append(Route(topic_filter, FAMILY, decoder))
    faults.raise_found()
    return routes


def _tables(document: TomlText, key: str) -> list[Any]:
    tables = document.content.get(key, [])
    if not isinstance(tables, list):
        raise BadCityFile(expected=f"tables `[[{key}]]`", got=type(tables).__name__, at=document.at(f"[{key}]"))
    return tables


def _check_free(topic_filter: str, taken: Mapping[str, str], at: str) -> None:
    for other, owner in taken.items():
        if overlap(topic_filter, other):
            expected = f"filters that do not overlap `{other}` of {owner}"
            raise BadCityFile(expected=expected, got=topic_filter, at=at)


class _Table:
    """Reads one `[[route]]`."""

    def __init__(self, document: TomlText, number: int, table: Mapping[str, Any]) -> None:
        self._document, self._number, self._table = document, number, table

    def route(self, taken: dict[str, str], decoders: DecoderSet) -> Route:
        faults = Faults()
        faults.found += [
            BadCityFile(expected="`filter`, `decoder` or `options`", got=key, at=self._at(key))
            for key in self._table
            if key not in {"filter", "decoder", "options"}
        ]
        topic_filter = faults.of(partial(self._filter, taken), "")
        family = faults.of(partial(self._decoder, decoders), "")
        options = faults.of(partial(read_options, self._table.get("options", {}), self._option_at), DecoderOptions())
        if topic_filter:  # its own mistakes do not hide that another overlaps it
            taken[topic_filter] = "another route"
        faults.raise_found()
        return _route(decoders, topic_filter, family, options)

    def _decoder(self, decoders: DecoderSet) -> str:
        decoder = self._table.get("decoder", "nothing")
        if decoder not in decoders.names or decoder == "native":
            known = ", ".join(f"`{name}`" for name in sorted(decoders.names) if name != "native")
            raise BadCityFile(expected=f"`decoder` one of {known}", got=decoder, at=self._at("decoder"))
        return str(decoder)

    def _filter(self, taken: Mapping[str, str]) -> str:
        topic_filter = self._table.get("filter", "nothing")
        if "filter" not in self._table or not isinstance(topic_filter, str) or not is_filter(topic_filter):
            raise BadCityFile(expected="`filter` an MQTT topic filter", got=topic_filter, at=self._at("filter"))
        _check_free(topic_filter, taken, self._at("filter"))
        return topic_filter

    def _option_at(self, key: str) -> str:
        return self._document.below("[[route]]", key, nth=self._number)

    def _at(self, key: str) -> str:
        return self._document.at("[[route]]", key, nth=self._number)
