"""Asks the derived tables: facts alike are counted by the database, and what they mean by `counting` alone."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Column, ColumnElement, Connection, Table, and_, case, func, literal, select

from linkage.evaluation.counting import KINDS, Cell, standing
from linkage.evaluation.facts import Kind, Mark, Outcome
from linkage.evaluation.tables import FACTS, STORIES
from linkage.evaluation.vocabulary import Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which facts: with a deadline from `from_ns` to before `to_ns`, as things stand at `now_ns`.

    Attributes:
        sources: only these; nothing for all.
        drill: drills, which are never counted together with what was real.
        district: only of this one; empty for the whole city.
    """

    from_ns: int
    to_ns: int
    now_ns: int
    sources: Collection[str] = ()
    drill: bool = False
    district: str = ""

    def conditions(self, table: Table) -> ColumnElement[bool]:
        """Return them as the condition on a table of evaluation."""
        columns = table.c
        chosen = [columns.due_ns >= self.from_ns, columns.due_ns < self.to_ns, columns.drill == literal(self.drill)]
        if self.sources:
            chosen.append(columns.source.in_(sorted(self.sources)))
        if self.district:
            chosen.append(columns.district == self.district)
        return and_(*chosen)


#: The column that tells the subjects of each sort apart.
_KEY = {
    Subject.DEPARTMENT: FACTS.c.department,
    Subject.DISTRICT: FACTS.c.district,
    Subject.GRID: FACTS.c.grid,
}


def cells_of(connection: Connection, subject: Subject, wanted: Wanted) -> dict[str, list[Cell]]:
    """Return the facts of every subject of this sort by its id; what nobody in particular did is under ''."""
    return _cells(connection, _KEY.get(subject, FACTS.c.person), KINDS[subject], wanted)


def _cells(connection: Connection, key: Column[str], kinds: Collection[Kind], wanted: Wanted) -> dict[str, list[Cell]]:
    # Only of what is still open does it matter whether the deadline has passed.
    passed = case((and_(FACTS.c.outcome == str(Outcome.OPEN), FACTS.c.due_ns < wanted.now_ns), 1), else_=0)
    query = (
        select(
            key.label("key"),
            FACTS.c.kind,
            FACTS.c.outcome,
            FACTS.c.marks,
            passed.label("passed"),
            func.count().label("number"),
        )
        .where(FACTS.c.kind.in_(sorted(kinds)), wanted.conditions(FACTS))
        .group_by(key, FACTS.c.kind, FACTS.c.outcome, FACTS.c.marks, "passed")
    )
    found: dict[str, list[Cell]] = defaultdict(list)
    for row in connection.execute(query):
        stands = standing(Outcome(row.outcome), overdue=bool(row.passed))
        found[row.key].append(Cell(Kind(row.kind), stands, marks_of(row.marks), row.number))
    return found


def marks_of(text: str) -> frozenset[Mark]:
    """Return the marks that a row keeps as words."""
    return frozenset(Mark(word) for word in text.split())


def dispositions(connection: Connection, wanted: Wanted) -> Mapping[str, dict[str, int]]:
    """Return for each rule how its incidents ended, and how many did; those still open are under ''."""
    query = (
        select(STORIES.c.rule, STORIES.c.disposition, func.count().label("number"))
        .where(STORIES.c.rule != "", wanted.conditions(STORIES))
        .group_by(STORIES.c.rule, STORIES.c.disposition)
    )
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for row in connection.execute(query):
        found[row.rule][row.disposition] = row.number
    return found
