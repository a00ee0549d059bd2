"""Where the rows of an incident are not what the event log tells of them: pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

#: Why the log cannot give an incident's rows: it was opened before the log told of columns, or an entry is damaged.
UNTOLD, DAMAGED = "untold", "damaged"

#: Longest value that is shown whole, characters.
_LONGEST = 80

_Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one incident: its own, None where there is none, and those of its tasks by id."""

    incident: _Row | None
    tasks: Mapping[int, _Row]


@dataclass(frozen=True, slots=True)
class Difference:
    """A column that is not what the log tells; `task` is None for the incident's own.

    Of a row that is missing, or is there and should not be, the column is `id`, and one side is None.
    """

    incident: int
    task: int | None
    column: str
    row: object
    log: object

    def __str__(self) -> str:
        """Say where, what stands there, and what the log tells."""
        where = f"incident {self.incident}" + ("" if self.task is None else f", task {self.task}")
        return f"{where}: {self.column} is {_shown(self.row)}, the log tells {_shown(self.log)}"


@dataclass(slots=True)
class Findings:
    """What a comparison found.

    Attributes:
        incidents: how many were compared.
        skipped: those whose rows the log cannot give, with the reason.
    """

    incidents: int = 0
    differences: list[Difference] = field(default_factory=list)
    skipped: dict[int, str] = field(default_factory=dict)

    def add(self, other: "Findings") -> None:
        """Take in what was found elsewhere."""
        self.incidents += other.incidents
        self.differences += other.differences
        self.skipped |= other.skipped


def differences(incident: int, rows: Rows, told: Rows) -> Iterator[Difference]:
    """Yield where the rows of an incident differ from those that the log tells."""
    yield from _of_row(incident, None, rows.incident, told.incident)
    for task in sorted(rows.tasks.keys() | told.tasks.keys()):
        yield from _of_row(incident, task, rows.tasks.get(task), told.tasks.get(task))


def _of_row(incident: int, task: int | None, row: _Row | None, told: _Row | None) -> Iterator[Difference]:
    if row is None or told is None:
        ids = (None if one is None else one["id"] for one in (row, told))
        yield Difference(incident, task, "id", *ids)
        return
    for column, value in told.items():
        if row[column] != value:
            yield Difference(incident, task, column, row[column], value)


def _shown(value: object) -> str:
    if value is None:
        return "nothing"
    text = str(value)
    return f"`{text}`" if len(text) <= _LONGEST else f"`{text[:_LONGEST]}…`"
