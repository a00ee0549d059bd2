"""Texts with places to fill in: `{site}/{$.device.id}`, `{$.Id|driver}`, `{$.unit|'C'}`."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ingest.templates.errors import BadPattern
from ingest.templates.path import Path

_PLACE = re.compile(r"\{([^{}]+)\}")

#: Finds a path in the item in hand, else in those around it.
Look = Callable[[Path], Any]


@dataclass(frozen=True, slots=True)
class Text:
    """A text, parsed: what stands there, and the choices for each place."""

    parts: tuple[str | tuple[str | Path, ...], ...]

    @staticmethod
    @lru_cache(maxsize=4096)
    def parse(text: str) -> "Text":
        """Return the text that `text` writes; raises BadPattern for a path that is none."""
        parts: list[str | tuple[str | Path, ...]] = []
        place = 0
        for found in _PLACE.finditer(text):
            parts += [text[place : found.start()], tuple(_choice(word) for word in found.group(1).split("|"))]
            place = found.end()
        return Text(tuple(part for part in (*parts, text[place:]) if part))

    @property
    def names(self) -> frozenset[str]:
        """Return the captured names that the text cannot do without: those that are a place's only choice."""
        places = [part for part in self.parts if not isinstance(part, str) and len(part) == 1]
        return frozenset(word for (word,) in places if isinstance(word, str) and not word.startswith("'"))

    def fill(self, names: Mapping[str, str], look: Look) -> str | None:
        """Return the text with its places filled in; None where one of them has nothing."""
        filled = [part if isinstance(part, str) else _first(part, names, look) for part in self.parts]
        return "".join(part for part in filled if part is not None) if None not in filled else None


def _choice(word: str) -> str | Path:
    if not word.strip():
        raise BadPattern(expected="a name, a path or a quoted word between `{` and `}`", got=word)
    return Path.parse(word) if word.startswith("$") else word


def _first(choices: tuple[str | Path, ...], names: Mapping[str, str], look: Look) -> str | None:
    for choice in choices:
        value = _chosen(choice, names) if isinstance(choice, str) else look(choice)
        if isinstance(value, str | int | float) and not isinstance(value, bool) and value != "":
            return str(value)
    return None


def _chosen(word: str, names: Mapping[str, str]) -> str | None:
    return word[1:-1] if word.startswith("'") else names.get(word)
