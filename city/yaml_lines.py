"""YAML whose values know the line they stand on, so that a mistake in a city file is named with file and line."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from math import inf, isfinite
from typing import TypeVar

import yaml

from city.errors import BadCityFile
from city.faults import Faults

Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class Located:
    """A YAML value and where it stands; lists hold `Located`, mappings hold `Located` by key.

    Every reader below returns the plain value or raises BadCityFile naming what was expected here.

    Attributes:
        written: a value that is no text as it stands in the file: `0103` is 67 to YAML.
    """

    value: object
    file: str
    line: int
    written: str = field(default="", compare=False)

    @property
    def at(self) -> str:
        """Return the place as `file:line`."""
        return f"{self.file}:{self.line}"

    def wrong(self, *, expected: str, got: object = None) -> BadCityFile:
        """Return the error that says what was expected here; `got` stands for the value itself when it is None."""
        return BadCityFile(expected=expected, got=_plain(self) if got is None else got, at=self.at)

    def entries(self) -> dict[str, "Located"]:
        """Return a mapping with whatever keys it has."""
        if not isinstance(self.value, dict):
            raise self.wrong(expected="a mapping")
        return self.value

    def fields(self, required: Collection[str], optional: Collection[str] = ()) -> dict[str, "Located"]:
        """Return a mapping that has all `required` keys and none besides them and the `optional` ones."""
        found, faults = self.entries(), Faults()
        known = [*required, *optional]
        expected = f"one of {_listed(known)}"
        faults.found += [value.wrong(expected=expected, got=key) for key, value in found.items() if key not in known]
        if missing := [key for key in required if key not in found]:
            faults.found.append(self.wrong(expected=_listed(missing), got="nothing"))
        faults.raise_found()
        return found

    def items(self) -> tuple["Located", ...]:
        """Return the members of a list."""
        if not isinstance(self.value, tuple):
            raise self.wrong(expected="a list")
        return self.value

    def each(self, read: "Callable[[Located], Read]") -> list[Read]:
        """Return what `read` makes of each member of a list; the mistakes of all are raised together."""
        faults, found = Faults(), []
        for member in self.items():
            with faults:
                found.append(read(member))
        faults.raise_found()
        return found

    def text(self) -> str:
        """Return a text that is not empty."""
        if not isinstance(self.value, str) or not self.value.strip():
            raise self.wrong(expected="a text in quotes" if self.written else "a text")
        return self.value

    def word(self, choices: Collection[str]) -> str:
        """Return a text that is one of `choices`."""
        if not isinstance(self.value, str) or self.value not in choices:
            raise self.wrong(expected=f"one of {_listed(choices)}")
        return self.value

    def flag(self) -> bool:
        """Return true or false."""
        if not isinstance(self.value, bool):
            raise self.wrong(expected="true or false")
        return self.value

    def number(self) -> float:
        """Return a finite number."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            raise self.wrong(expected="a number")
        try:
            number = float(self.value)
        except OverflowError:  # a whole number of more digits than there are numbers for
            number = inf
        if not isfinite(number):
            raise self.wrong(expected="a number")
        return number

    def whole(self) -> int:
        """Return a whole number."""
        if isinstance(self.value, bool) or not isinstance(self.value, int):
            raise self.wrong(expected="a whole number")
        return self.value

    def names(self) -> dict[str, str]:
        """Return a name in Chinese and English: `{zh: …, en: …}`."""
        return {language: name.text() for language, name in self.fields(("zh", "en")).items()}


def each_of(entries: Mapping[str, Located], read: Callable[[str, Located], Read]) -> dict[str, Read]:
    """Return what `read` makes of each key and value of a mapping; the mistakes of all are raised together."""
    faults, found = Faults(), {}
    for name, entry in entries.items():
        with faults:
            found[name] = read(name, entry)
    faults.raise_found()
    return found


def parse_yaml(text: str, file: str) -> Located:
    """Return the one document in `text`; an empty document is an empty mapping.

    Raises:
        BadCityFile: it is not YAML, repeats a key, or refers to itself.
    """
    try:
        loader = yaml.SafeLoader(text)
        node = loader.get_single_node()
        return Located({}, file, 1) if node is None else _Reader(loader, file).read(node)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark is not None else 1
        raise BadCityFile(expected="YAML", got=error.problem or "something else", at=f"{file}:{line}") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise BadCityFile(expected="YAML", got=str(error), at=f"{file}:1") from error


class _Reader:
    """Turns YAML's nodes into located values; an alias shares the value of its anchor."""

    def __init__(self, loader: yaml.SafeLoader, file: str) -> None:
        self._loader, self._file = loader, file
        self._seen: dict[int, Located | None] = {}

    def read(self, node: yaml.Node) -> Located:
        line = node.start_mark.line + 1
        if id(node) in self._seen:
            known = self._seen[id(node)]
            if known is None:
                raise BadCityFile(expected="a value", got="an alias of itself", at=f"{self._file}:{line}")
            return known
        self._seen[id(node)] = None
        value = self._value(node)
        written = node.value if isinstance(node, yaml.ScalarNode) and not isinstance(value, str | None) else ""
        located = self._seen[id(node)] = Located(value, self._file, line, written)
        return located

    def _value(self, node: yaml.Node) -> object:
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node)
        if isinstance(node, yaml.SequenceNode):
            return tuple(self.read(member) for member in node.value)
        return self._loader.construct_object(node)

    def _mapping(self, node: yaml.MappingNode) -> dict[str, Located]:
        found: dict[str, Located] = {}
        for key_node, value_node in node.value:
            key = self._loader.construct_object(key_node) if isinstance(key_node, yaml.ScalarNode) else None
            at = f"{self._file}:{key_node.start_mark.line + 1}"
            if not isinstance(key, str):
                raise BadCityFile(expected="a word as key", got=key, at=at)
            if key in found:
                raise BadCityFile(expected="each key once", got=key, at=at)
            found[key] = self.read(value_node)
        return found


def _plain(located: Located) -> object:
    if isinstance(located.value, Mapping):
        return f"a mapping of {_listed(located.value)}" if located.value else "an empty mapping"
    if isinstance(located.value, tuple):
        return f"a list of {len(located.value)}"
    return "nothing" if located.value is None else located.written or located.value


def _listed(words: Collection[str]) -> str:
    return ", ".join(f"`{word}`" for word in words) or "nothing"
