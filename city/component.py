"""What stands in the city and does not speak: covers, pumps, lamps, and the teams that look after them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Literal

from city.place import Place

#: Help that can be sent or used: its words stand in a kind (`drainage_team`) or among the tags.
Help = Literal["team", "pump", "material"]
HELP: tuple[Help, ...] = ("team", "pump", "material")


def help_of(kind: str, tags: Iterable[str]) -> Help | None:
    """Return which help a kind of the city's own is, by its words and its tags."""
    words = {*kind.lower().replace("-", "_").split("_"), *tags}
    return next((one for one in HELP if one in words), None)


class ComponentState(StrEnum):
    """How a component is (the states that a city's component census records)."""

    INTACT = "intact"  #: 完好
    DAMAGED = "damaged"  #: 破损
    MISSING = "missing"  #: 丢失
    ABANDONED = "abandoned"  #: 废弃


@dataclass(frozen=True, slots=True)
class Component:
    """One component of the city; `id` is its identification code (部件标识码).

    Attributes:
        kind: what it is, a word of the city's own (`manhole`, `pump`, `team`).
        component_class: main class and subclass of its code, `0103` for a rainwater cover.
        authority, owner, maintainer: department ids (the three of GB/T 30428.2: authority, ownership, upkeep).
    """

    id: str
    kind: str
    component_class: str
    name: str
    place: Place
    name_en: str = ""
    state: ComponentState = ComponentState.INTACT
    district: str = ""
    grid: str = ""
    authority: str = ""
    owner: str = ""
    maintainer: str = ""
    installed: date | None = None
    tags: frozenset[str] = field(default_factory=frozenset)
