"""One derivation's part of `derived.toml`: values checked as they are read, mistakes named with file and line."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fnmatch import translate
from typing import Any, Generic, NoReturn, TypeVar

import numpy as np
from numpy.typing import NDArray

from city.census import Census
from city.errors import BadCityFile
from city.faults import Faults
from city.level import Domain
from city.toml_lines import TomlText

Value = TypeVar("Value")

_KNOWN = {"domains": tuple(Domain)}
_ABOUT = ("sensors", "kinds", "tags", "domains")


@dataclass(frozen=True, slots=True)
class Selection:
    """Sensors by id (`*` stands for anything), kind, tag and domain: of each list that is not empty one must fit.

    Attributes:
        at: where the city says so; empty for what no city said.
    """

    sensors: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    at: str = field(default="", compare=False)

    def rows(self, census: Census) -> NDArray[np.bool_]:
        """Return which sensors of a census are meant."""
        found = np.ones(len(census), np.bool_)
        for column, wanted in (("kind", self.kinds), ("domain", self.domains)):
            if wanted:
                found &= census.words[column].where([word in wanted for word in census.words[column].words])
        if self.tags:
            tags = census.words["tags"]
            found &= tags.where([not word.isdisjoint(self.tags) for word in tags.words])
        if self.sensors:
            meant = re.compile("|".join(map(translate, self.sensors)))
            for row in np.flatnonzero(found).tolist():
                found[row] = meant.match(census.texts["id"][row]) is not None
        return found


@dataclass(frozen=True, slots=True)
class Choice(Generic[Value]):
    """What holds for which sensors; of several that fit the first counts."""

    entries: tuple[tuple[Selection, Value], ...] = ()

    def rows(self, census: Census) -> NDArray[np.int64]:
        """Return of each sensor of a census which entry holds for it, -1 where nothing was said of it."""
        found = np.full(len(census), -1)
        for number, (selection, _) in reversed(list(enumerate(self.entries))):
            found[selection.rows(census)] = number
        return found


class Section:
    """A table of the file, `[noise]`, or one of several below it, `[[noise.zone]]`.

    A value that is none of the right kind is noted in `faults`, and another stands for it until these are raised.
    """

    def __init__(self, document: TomlText, header: str, table: object, *, nth: int = 0, faults: Faults) -> None:
        self._document, self._header, self._nth, self._faults = document, header, nth, faults
        if not isinstance(table, dict):
            self.wrong("", f"a table `{header}`", table)
        self._table: dict[str, Any] = table

    def only(self, *keys: str) -> None:
        """Complain of keys that nobody reads."""
        for key in self._table:
            if key not in keys:
                self._note(key, f"one of {', '.join(keys)}", key)

    def flag(self, key: str, *, default: bool) -> bool:
        """Return yes or no."""
        value = self._table.get(key, default)
        if not isinstance(value, bool):
            self._note(key, f"`{key}` true or false", value)
            return default
        return value

    def number(self, key: str, default: float | None, low: float, high: float) -> float:
        """Return a number from `low` to `high`; without a default it must be there."""
        value = self._table.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            self._note(key, f"`{key}` a number from {low:g} to {high:g}", "nothing" if value is None else value)
            return low
        return float(value)

    def word(self, key: str, allowed: Sequence[str], default: str | None = None) -> str | None:
        """Return one of these words; the default where there is none."""
        value = self._table.get(key, default)
        if value is not default and value not in allowed:
            self._note(key, f"`{key}` one of {', '.join(allowed)}", value)
            return allowed[0]
        return value if value is None else str(value)

    def words(self, key: str, allowed: Sequence[str] = ()) -> tuple[str, ...]:
        """Return a list of words, of these where some are named."""
        value = self._table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
            self._note(key, f"`{key}` a list of words", value)
            return ()
        for one in value:
            if allowed and one not in allowed:
                self._note(key, f"`{key}` of {', '.join(allowed)}", one)
        return tuple(value)

    def choice(self, key: str, keys: Sequence[str], read: "Callable[[Section], Value]") -> Choice[Value]:
        """Return what the tables `[[header.key]]` say, each of the sensors that it names."""
        tables = self._table.get(key, [])
        header = f"[[{self._header.strip('[]')}.{key}]]"
        if not isinstance(tables, list):
            self._note(key, f"tables `{header}`", tables)
            return Choice()
        entries = []
        for nth, table in enumerate(tables):
            with self._faults:
                section = Section(self._document, header, table, nth=nth, faults=self._faults)
                section.only(*keys, *_ABOUT)
                value = read(section)
                entries.append((section.selection(), value))
        return Choice(tuple(entries))

    def where(self, usual: Domain) -> Choice[bool]:
        """Return which sensors are meant: those of `[[header.where]]`, else those of a domain."""
        said = self.choice("where", (), lambda _: True)
        return said if said.entries else Choice(((Selection(domains=(usual,)), True),))

    def selection(self) -> Selection:
        """Return which sensors this is about."""
        known = len(self._faults.found)
        sensors, kinds, tags, domains = (self.words(key, _KNOWN.get(key, ())) for key in _ABOUT)
        found = Selection(sensors, kinds, tags, domains, self._document.at(self._header, nth=self._nth))
        if found == Selection() and len(self._faults.found) == known:
            self.wrong("", f"sensors by {', '.join(_ABOUT)}", "none of them")
        return found

    def wrong(self, key: str, expected: str, got: object) -> NoReturn:
        """Raise BadCityFile about a key."""
        raise self._fault(key, expected, got)

    def _note(self, key: str, expected: str, got: object) -> None:
        self._faults.found.append(self._fault(key, expected, got))

    def _fault(self, key: str, expected: str, got: object) -> BadCityFile:
        return BadCityFile(expected=expected, got=got, at=self._document.at(self._header, key, nth=self._nth))
