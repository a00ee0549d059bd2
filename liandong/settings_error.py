"""What pydantic says about wrong settings, as one line: expected, got, and the place in file or environment."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from city.errors import BadSettings

#: Fields whose values are never shown, wrong or right.
_PRIVATE = re.compile(r"password|token|secret|key|channels|url", re.IGNORECASE)


class ManyBadSettings(BadSettings):
    """Raised when settings hold mistakes; it reads like the first of them, and `faults` has them all."""

    def __init__(self, faults: Sequence[BadSettings]) -> None:
        self.faults = tuple(faults)
        first, more = faults[0], len(faults) - 1
        super().__init__(expected=first.expected, got=first.got, at=first.at)
        if more:
            self.args = (f"{first} (and {more} more, which `liandong check` names)",)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where settings come from: a file's name (empty for none) and text, and the names of the environment."""

    file: str
    text: str
    variables: frozenset[str]

    def require_known(self, sections: Iterable[str], *, prefix: str) -> None:
        """Raise BadSettings for a variable with our prefix that sets nothing."""
        known = {prefix + section.upper() for section in sections}
        for variable in sorted(self.variables):
            if variable.startswith(prefix) and variable.partition("__")[0] not in known:
                raise BadSettings(expected="a known setting", got=variable, at="environment")

    def faults(self, error: ValidationError) -> list[BadSettings]:
        """Return the faults of `error`, each with its place; one of each setting."""
        first = {tuple(str(part) for part in found["loc"]): found for found in reversed(error.errors())}
        return [self._fault(list(path), found) for path, found in reversed(first.items())]

    def _fault(self, path: list[str], found: ErrorDetails) -> BadSettings:
        return BadSettings(expected=_expected(found), got=_got(found, path), at=self._place(path))

    def placed(self, error: BadSettings) -> BadSettings:
        """Return an error whose place is a dotted setting with its place in file or environment."""
        return BadSettings(expected=error.expected, got=error.got, at=self._place(error.at.split(".")))

    def _place(self, path: list[str]) -> str:
        variable = "LIANDONG_" + "__".join(path).upper()
        return variable if variable in self.variables else _place(self.file, self.text, path)


def _expected(fault: ErrorDetails) -> str:
    known = {"extra_forbidden": "a known setting", "model_type": "a table"}
    wording = fault["msg"].removeprefix("Value error, ").removeprefix("Expected ")
    return known.get(fault["type"]) or re.sub(
        r"^(?:Input|String|Value) should (?:be )?(?:an? )?(?:valid )?|, (?:unable to|got ).*", "", wording
    )


def _got(fault: ErrorDetails, path: list[str]) -> str:
    if fault["type"] == "extra_forbidden":
        return path[-1]
    if said := re.search(r", got `(.*)`$", fault["msg"]):  # a check of ours said what may be shown
        return said[1]
    if any(_PRIVATE.search(part) for part in path):
        return "something else"
    found = fault["input"]
    return str(found) if isinstance(found, str | int | float) else type(found).__name__


def _place(file: str, text: str, path: list[str]) -> str:
    """Return `file:line: dotted.key`, or without the line where the key does not stand in the text."""
    header, dotted = ".".join(path[:-1]), ".".join(path)
    inside = not header
    for number, line in enumerate(text.splitlines(), start=1):
        if found := re.match(r"\s*\[([^\[\]]+)\]", line):
            inside = found[1].replace('"', "").strip() == header
            if found[1].strip() == dotted:
                return f"{file}:{number}: {dotted}"
        elif inside and re.match(rf'\s*"?{re.escape(path[-1])}"?\s*=', line):
            return f"{file}:{number}: {dotted}"
    return f"{file}: {dotted}" if file else dotted
