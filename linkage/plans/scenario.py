"""A drill's scenario: the incident it begins with, the warning over it, what is told and what sensors say meanwhile."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from linkage.plans.track import Track

Names = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inject:
    """What the players are told so many minutes after the beginning; it stands in the exercise incident's log."""

    after_min: int
    text: Names


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """An exercise of a plan.

    Attributes:
        level: the response that the exercise proposes by itself when no trigger of the plan does; empty for none.
        warning: category and colour of a warning that is issued with it; empty for none.
        tracks: what simulated sensors say while it is played.
    """

    id: str
    name: Names
    title: Names
    priority: int
    district: str = ""
    place: str = ""
    longitude: float | None = None
    latitude: float | None = None
    note: Names = field(default_factory=dict)
    level: str = ""
    warning: Mapping[str, str] = field(default_factory=dict)
    injects: tuple[Inject, ...] = ()
    tracks: tuple[Track, ...] = ()
    line: int = 0
