"""What is held back, members and proposals, as the API sends them."""

from typing import Literal

from pydantic import Field

from linkage.views import Actor, Level, Moment, Names, View

HoldReason = Literal["silenced", "maintenance", "inhibited", "drill", "flapping", "capped", "storm"]


class HeldView(View):
    """An alarm that is held back now, and why.

    Attributes:
        cause: the silence's id, the alarm that inhibits it, the incident of the cap or the storm.
        look_at: when it is looked at again; None for those two, where the worst come up as there is room.
        incident: the one that tells of it, a cap's or a storm's, or the one with the alarm that inhibits it.
    """

    id: str
    alarm: str
    rule: str
    rule_name: dict[str, str]
    target: str
    level: Level
    reason: HoldReason
    cause: str
    incident_class: str = Field(alias="class")
    domain: str
    district: str
    since: Moment
    times: int
    look_at: Moment | None
    incident: str | None
    incident_number: str | None


class HeldPage(View):
    """Alarms held back; `reasons` counts them, whatever the page shows."""

    items: tuple[HeldView, ...]
    next: str | None
    total: int
    reasons: dict[str, int]


class MemberView(View):
    """An alarm of an incident as it stands now."""

    alarm: str
    rule: str
    target: str
    level: Level
    active: bool
    since: Moment
    site: str
    district: str


class MemberPage(View):
    """Alarms of one incident."""

    items: tuple[MemberView, ...]
    next: str | None
    total: int


class ProposalView(View):
    """Two incidents that may be one: `incident` would go on in `into`; a lapsed one is open between ended incidents."""

    id: str
    incident: str
    incident_number: str
    incident_title: Names
    into: str
    into_number: str
    into_title: Names
    plan: str
    plan_name: Names
    distance_m: float
    apart_s: float
    at: Moment
    state: Literal["open", "accepted", "declined", "lapsed"]
    decided_at: Moment | None
    actor: Actor | None
    note: str
