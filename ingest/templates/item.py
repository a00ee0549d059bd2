"""One item of a body, such as a record of a list, with all that stands around it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from ingest.templates.path import Path


@dataclass(frozen=True, slots=True)
class Item:
    """An item in hand.

    Attributes:
        around: the body, the items around this one with what holds them, and last this one.
        names: what topic and paths captured on the way here.
    """

    around: tuple[Any, ...]
    names: Mapping[str, str]

    @property
    def value(self) -> Any:  # noqa: ANN401 - any JSON
        """Return the item itself."""
        return self.around[-1]

    def look(self, path: Path) -> Any:  # noqa: ANN401 - any JSON
        """Return what lies at a path in the item, else in those around it; None where it lies nowhere."""
        for scope in reversed(self.around):
            found = path.first(scope)
            if found is not None:
                return found
        return None

    def inner(self, path: Path) -> Iterator["Item"]:
        """Yield the items at a path within this one."""
        for found in path.find(self.value):
            names = {**self.names, **found.names} if found.names else self.names
            yield Item((*self.around, found.holder, found.value), names)

    def fits(self, when: Mapping[str, str]) -> bool:
        """Return whether captured names match glob patterns; one that begins with `!` must not match."""
        return all(_is_like(self.names.get(name, ""), patterns) for name, patterns in when.items())


def _is_like(word: str, patterns: str) -> bool:
    if patterns.startswith("!"):
        return not _is_like(word, patterns[1:])
    return any(fnmatchcase(word, pattern) for pattern in patterns.split("|"))
