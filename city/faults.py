"""Collects the mistakes of a city file, so that one look names them all."""

from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any, ClassVar, Self, TypeVar

from city.errors import BadCityFile

Value = TypeVar("Value")


class ManyFaults(BadCityFile):
    """Raised when a file holds mistakes; it reads like the first of them, and `faults` has them all."""

    #: Where the others are named, which a message does not hold.
    elsewhere: ClassVar[str] = ""

    def __init__(self, faults: Sequence[BadCityFile]) -> None:
        self.faults = tuple(faults)
        first, more = faults[0], len(faults) - 1
        super().__init__(expected=first.expected, got=first.got, at=first.at)
        if more:
            self.args = (f"{first} (and {more} more{self.elsewhere})",)


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
        self.found += faults_of(error)
        return True

    def of(self, read: Callable[[], Value], instead: Any) -> Value:  # noqa: ANN401 - what is never looked at
        """Return what `read` returns; `instead` when that was a mistake, so that `raise_found` must follow."""
        with self:
            return read()
        stand_in: Value = instead
        return stand_in

    def raise_found(self) -> None:
        """Raise what was found, if anything: one mistake as it is."""
        if len(self.found) == 1:
            raise self.found[0]
        if self.found:
            raise ManyFaults(tuple(self.found))


def faults_of(error: BadCityFile) -> tuple[BadCityFile, ...]:
    """Return every mistake that an error stands for."""
    return error.faults if isinstance(error, ManyFaults) else (error,)
