"""What a city says of its sources in `sources.toml`: who they are, their quotas, and the rate of the whole city."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from city.errors import BadCityFile
from city.faults import Faults
from city.toml_lines import TomlText
from ingest.fairness.bucket import Rate
from ingest.topics import is_filter, overlap

#: Sources that no `[[source]]` names are one in the ledger and in counters.
OTHERS = "others"

_UNBOUNDED = Rate()
_RATE_KEYS = ("messages_per_s", "bytes_per_s", "burst_s")
_MOST = 1e9
_NAME_LENGTH = 64


@dataclass(frozen=True, slots=True)
class Source:
    """One who sends: the topics that are its own, and what it may send.

    Attributes:
        weight: its part of what is scarce, beside 1 for the others.
        first: it goes before bulk, whatever it sends.
    """

    name: str
    topics: tuple[str, ...]
    rate: Rate = _UNBOUNDED
    weight: float = 1.0
    first: bool = False


@dataclass(frozen=True, slots=True)
class Shares:
    """All sources that are named, in the order of the file, and the bound of the whole city."""

    city: Rate = _UNBOUNDED
    sources: tuple[Source, ...] = ()

    @property
    def bounded(self) -> bool:
        """Return whether anything is ever shed."""
        return self.city.bounded or any(source.rate.bounded for source in self.sources)


def read_shares(document: TomlText) -> Shares:
    """Return what `[quota]` and `[[source]]` say.

    Raises:
        BadCityFile: with file and line.
    """
    quota = document.content.get("quota", {})
    if not isinstance(quota, dict):
        raise BadCityFile(expected="a table `[quota]`", got=type(quota).__name__, at=f"{document.file}:1")
    faults = Faults()
    city = faults.of(_Table(document, quota, "[quota]").city, _UNBOUNDED)
    tables = document.content.get("source", [])
    if not isinstance(tables, list):
        raise BadCityFile(expected="tables `[[source]]`", got=type(tables).__name__, at=document.at("[source]"))
    sources: list[Source] = []
    for number, table in enumerate(tables):
        with faults:
            sources.append(_Table(document, table, "[[source]]", number).source(sources))
    faults.raise_found()
    return Shares(city, tuple(sources))


class _Table:
    """Reads one table."""

    def __init__(self, document: TomlText, table: Mapping[str, Any], header: str, number: int = 0) -> None:
        self._document, self._table, self._header, self._number = document, table, header, number

    def city(self) -> Rate:
        faults = Faults()
        with faults:
            self._only(_RATE_KEYS)
        rate = faults.of(self._rate, _UNBOUNDED)
        faults.raise_found()
        return rate

    def source(self, others: list[Source]) -> Source:
        faults = Faults()
        with faults:
            self._only(("name", "topics", "weight", "first", *_RATE_KEYS))
        name = faults.of(partial(self._name, others), "")
        first = faults.of(self._first, instead=False)
        weight = faults.of(partial(self._number_of, "weight"), None)
        topics, rate = faults.of(partial(self._topics, others), ()), faults.of(self._rate, _UNBOUNDED)
        faults.raise_found()
        return Source(name, topics, rate, weight if weight is not None else 1.0, first)

    def _name(self, others: list[Source]) -> str:
        name = self._table.get("name")
        if not isinstance(name, str) or not 0 < len(name) <= _NAME_LENGTH or name == OTHERS:
            raise self._wrong("name", expected=f"`name`, at most {_NAME_LENGTH} characters and not `{OTHERS}`")
        if name in {other.name for other in others}:
            raise self._wrong("name", expected="a name that no other source has")
        return name

    def _first(self) -> bool:
        first = self._table.get("first", False)
        if not isinstance(first, bool):
            raise self._wrong("first", expected="`first` true or false")
        return first

    def _topics(self, others: list[Source]) -> tuple[str, ...]:
        topics = self._table.get("topics")
        if not isinstance(topics, list) or not topics:
            raise self._wrong("topics", expected="`topics`, a list of MQTT topic filters")
        for topic in topics:
            if not isinstance(topic, str) or not is_filter(topic):
                raise self._wrong("topics", expected="MQTT topic filters", got=topic)
            for other in others:
                if any(overlap(topic, taken) for taken in other.topics):
                    raise self._wrong("topics", expected=f"topics that are not those of `{other.name}`", got=topic)
        return tuple(topics)

    def _rate(self) -> Rate:
        faults = Faults()
        messages_per_s, bytes_per_s, burst_s = (faults.of(partial(self._number_of, key), None) for key in _RATE_KEYS)
        rate = Rate(messages_per_s, bytes_per_s)
        faults.raise_found()
        return rate if burst_s is None else Rate(rate.messages_per_s, rate.bytes_per_s, burst_s)

    def _number_of(self, key: str) -> float | None:
        value = self._table.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= _MOST:
            raise self._wrong(key, expected=f"`{key}` a number above 0, at most {_MOST:g}")
        return float(value)

    def _only(self, keys: tuple[str, ...]) -> None:
        faults, expected = Faults(), ", ".join(f"`{one}`" for one in keys)
        faults.found += [self._wrong(key, expected=expected, got=key) for key in self._table if key not in keys]
        faults.raise_found()

    def _wrong(self, key: str, *, expected: str, got: object = None) -> BadCityFile:
        found = self._table.get(key, "nothing") if got is None else got
        return BadCityFile(expected=expected, got=found, at=self._document.at(self._header, key, nth=self._number))
