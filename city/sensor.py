"""What the city knows about a sensor before it has said anything."""

from dataclasses import dataclass, field
from datetime import date

from city.component import ComponentState
from city.level import Domain
from city.place import Place


@dataclass(frozen=True, slots=True)
class Sensor:
    """One registered sensor; `id` is what it is called in topics, tables, URLs and screens.

    Attributes:
        kind: what it is, a word of the city's own (`underpass_level`, `inlet_probe`, `camera`).
        place: None where it has no position (a feed, a recording).
        site: the building, machine room or road it belongs to.
        upstream: the gateway or feeder it depends on.
        interval_s: seconds between readings that it promised; None for one that speaks on change.
        authority, owner, maintainer: department ids (the three of GB/T 30428.2: authority, ownership, upkeep).
        code: its identification code as a component of the city (部件标识码), or that of the component it watches.
        condition: how the device itself is, as a census records it; not what its readings say.
        recorded: its readings are replayed from a recording; exempt from clock check and retention.
    """

    id: str
    name: str
    domain: Domain
    kind: str
    name_en: str = ""
    place: Place | None = None
    district: str = ""
    grid: str = ""
    site: str = ""
    upstream: str = ""
    interval_s: float | None = None
    quantities: tuple[str, ...] = ()
    authority: str = ""
    owner: str = ""
    maintainer: str = ""
    installed: date | None = None
    tags: frozenset[str] = field(default_factory=frozenset)
    recorded: bool = False
    code: str = ""
    condition: ComponentState = ComponentState.INTACT
