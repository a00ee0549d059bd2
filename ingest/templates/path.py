"""Paths into JSON documents, `$.data[*].{component}.voltage`, whose wildcards remember what they matched."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from ingest.templates.errors import BadPattern

_STEP = re.compile(
    r"""\.(?P<member>[^.\[\]{}"'\s]+)|\[["'](?P<quoted>[^"']+)["']\]|\[(?P<index>\d{1,6})\]"""
    r"""|(?P<each>\[\*\])|\.\{(?P<name>\w+)\}"""
)
#: Steps of one path: no document that we know nests deeper.
_MAX_STEPS = 16
#: Steps of `$.{name}.member`.
_MEMBER_OF_EACH = 2
_NO_NAMES: Mapping[str, str] = {}


class Found(NamedTuple):
    """What lies at a path: the value, what holds it, and what wildcards matched on the way."""

    value: Any
    holder: Any
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Step:
    """One step: a member, an index, every item, or every member or item whose name or index is captured."""

    member: str | None = None
    index: int | None = None
    capture: str | None = None


@dataclass(frozen=True, slots=True)
class Path:
    """A path, parsed."""

    steps: tuple[_Step, ...]

    @staticmethod
    @lru_cache(maxsize=4096)
    def parse(text: str) -> "Path":
        """Return the path that `text` writes; raises BadPattern where it writes none."""
        steps, place = [], 1
        while text.startswith("$") and place < len(text):
            found = _STEP.match(text, place)
            if found is None:
                break
            steps.append(_step(found))
            place = found.end()
        if not text.startswith("$") or place != len(text) or len(steps) > _MAX_STEPS:
            raise BadPattern(expected="a path like `$.a.b[0]`, `$[*].c` or `$.{name}.d`", got=text)
        return Path(tuple(steps))

    @property
    def names(self) -> frozenset[str]:
        """Return what the path captures."""
        return frozenset(step.capture for step in self.steps if step.capture is not None)

    @property
    def member(self) -> str | None:
        """Return the member without which nothing lies at this path; None for a path that begins otherwise."""
        return self.steps[0].member if self.steps else None

    def find(self, value: Any) -> Iterator[Found]:  # noqa: ANN401 - any JSON
        """Yield what lies at this path, with what its wildcards matched; nothing where nothing lies."""
        if len(self.steps) == 1 and self.steps[0].member is not None:  # by far the most
            if isinstance(value, dict) and self.steps[0].member in value:
                yield Found(value[self.steps[0].member], value, _NO_NAMES)
            return
        if len(self.steps) == _MEMBER_OF_EACH and isinstance(value, dict):
            outer, inner = self.steps
            if outer.capture is not None and inner.member is not None:  # the most of those that capture
                yield from _of_each(value, outer.capture, inner.member)
                return
        found = [Found(value, None, _NO_NAMES)]
        for step in self.steps:
            found = [inner for one in found for inner in _take(step, one)]
        yield from found

    def first(self, value: Any) -> Any:  # noqa: ANN401 - any JSON
        """Return the first thing at this path; None where there is none."""
        return next((found.value for found in self.find(value)), None)


def _step(found: re.Match[str]) -> _Step:
    if found["index"] is not None:
        return _Step(index=int(found["index"]))
    return _Step(member=found["member"] or found["quoted"], capture=found["name"])


def _of_each(value: dict[Any, Any], capture: str, member: str) -> Iterator[Found]:
    """Yield one member of each object in another, with that object's name."""
    for key, held in value.items():
        if isinstance(held, dict) and member in held:
            yield Found(held[member], held, {capture: str(key)})


def _take(step: _Step, one: Found) -> Iterator[Found]:
    value, names = one.value, one.names
    if isinstance(value, dict):
        if step.capture is not None:
            yield from (Found(inner, value, {**names, step.capture: str(key)}) for key, inner in value.items())
        elif step.member is not None and step.member in value:
            yield Found(value[step.member], value, names)
    elif isinstance(value, list) and step.capture is not None:
        yield from (Found(inner, value, {**names, step.capture: str(place)}) for place, inner in enumerate(value))
    elif isinstance(value, list) and step.member is None:
        if step.index is None:
            yield from (Found(inner, value, names) for inner in value)
        elif step.index < len(value):
            yield Found(value[step.index], value, names)
