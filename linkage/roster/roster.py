"""Rosters as values: departments' posts, the patterns by which people take turns in them, and how to reach people."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from linkage.telling.contact import Contact


class Days(StrEnum):
    """Days on which a pattern holds."""

    ALL = "all"
    WORKING = "working"
    REST = "rest"  #: weekends and holidays, without make-up days


class Every(StrEnum):
    """How long a team keeps its turn before the next has it."""

    SHIFT = "shift"
    DAY = "day"
    WEEK = "week"


@dataclass(frozen=True, slots=True)
class Shift:
    """A shift by the wall clock: minutes of the day at which it starts and ends, beyond 1,440 on the next day."""

    start_min: int
    end_min: int


@dataclass(frozen=True, slots=True)
class Pattern:
    """Who takes which turn: `teams` one after the other, each with its main officer first."""

    shifts: tuple[Shift, ...]
    teams: tuple[tuple[str, ...], ...]
    days: Days = Days.ALL
    every: Every = Every.SHIFT


@dataclass(frozen=True, slots=True)
class Post:
    """A post of a department.

    Attributes:
        start: the day on which the first team of each pattern has the first turn; nobody is on duty before.
        always: somebody must be there at every moment; time that no shift covers is a gap.
        signs: duty passes when the incoming signs; else by the clock.
        line: where `rosters.yaml` says it.
    """

    department: str
    id: str
    name: Mapping[str, str]
    start: date
    patterns: tuple[Pattern, ...]
    always: bool = True
    signs: bool = True
    line: int = 1

    @property
    def people(self) -> frozenset[str]:
        """Return everybody who takes a turn in it."""
        return frozenset(person for pattern in self.patterns for team in pattern.teams for person in team)


@dataclass(frozen=True, slots=True)
class Roster:
    """Every post of the city, and how to reach people; a person without an entry is known by their username."""

    posts: tuple[Post, ...] = ()
    people: Mapping[str, Contact] = field(default_factory=dict)

    def post(self, department: str, post: str) -> Post | None:
        """Return a department's post."""
        return next((one for one in self.posts if one.department == department and one.id == post), None)

    def of(self, department: str) -> Iterator[Post]:
        """Yield a department's posts."""
        return (post for post in self.posts if post.department == department)

    def contact(self, username: str) -> Contact:
        """Return how to reach somebody."""
        return self.people.get(username, Contact(username, username))
