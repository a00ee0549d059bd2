"""Collects the mistakes of the rule files, so that one look names them all."""

from types import TracebackType
from typing import Self

from city.errors import BadCityFile


class BadRuleBook(BadCityFile):
    """Raised when rule files hold mistakes; it reads like the first of them, and `faults` has them all."""

    def __init__(self, faults: tuple[BadCityFile, ...]) -> None:
        self.faults = faults
        first = faults[0]
        super().__init__(expected=first.expected, got=first.got, at=first.at)
        if len(faults) > 1:
            self.args = (f"{first} (and {len(faults) - 1} more)",)


class Faults:
    """A `with` block that notes the BadCityFile raised inside and goes on after the block."""

    def __init__(self) -> None:
        self.found: list[BadCityFile] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if not isinstance(error, BadCityFile):
            return False
        self.found.append(error)
        return True
