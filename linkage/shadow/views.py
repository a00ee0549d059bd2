"""Rules in shadow and their record, as the API sends them."""

from pydantic import Field

from linkage.shadow.comparison import Side
from linkage.views import Level, Moment, View


class ShadowRule(View):
    """A rule that runs in shadow.

    Attributes:
        switch: file and line of the word that keeps it there; without it, it is in force with the next book.
        against: rules in force that it is compared with.
        active: alarms that burn now; `alarms`: those kept, and `since` the first of them.
    """

    id: str
    name: dict[str, str]
    kind: str
    switch: str
    incident_class: str = Field(alias="class")
    against: tuple[str, ...]
    sensors: int
    active: int
    alarms: int
    since: Moment | None


class ShadowRules(View):
    """Every rule that runs in shadow."""

    items: tuple[ShadowRule, ...]


class SensorCount(View):
    """How many alarms one target had."""

    sensor: str
    alarms: int


class Tally(View):
    """Alarms that were raised in a while: how many, of which worst level, in which hour of the city's day, and where.

    Attributes:
        sensors: the twenty with most.
    """

    alarms: int
    levels: dict[str, int]
    hours: tuple[int, ...]
    sensors: tuple[SensorCount, ...]


class Difference(View):
    """An alarm that both found, or only one; times are the sensor's.

    Attributes:
        lead_s: by how many seconds the shadow was earlier.
        rule: the rule in force that found it.
    """

    side: Side
    sensor: str
    shadow_level: Level | None
    live_level: Level | None
    shadow_at: Moment | None
    live_at: Moment | None
    lead_s: float | None
    rule: str


class ShadowRecord(View):
    """What a rule in shadow found, beside what those in force found in the same time.

    Attributes:
        whole: nothing was left off for there being too much.
        items: the newest differences.
    """

    rule: str
    against: tuple[str, ...]
    begins: Moment = Field(alias="from")
    ends: Moment = Field(alias="to")
    shadow: Tally
    live: Tally
    both: int
    earlier: int
    later: int
    only_shadow: int
    only_live: int
    lead_s: float | None
    whole: bool
    items: tuple[Difference, ...]
