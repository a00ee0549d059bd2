"""Silences and what they hide, as the API sends them."""

from linkage.silences.silence import SilenceKind, SilenceState
from linkage.views import Actor, Level, Moment, Names, View


class MatchersView(View):
    """Which alarms a silence is about; an empty list asks for nothing in particular."""

    rules: tuple[str, ...]
    sensors: tuple[str, ...]
    sites: tuple[str, ...]
    districts: tuple[str, ...]
    domains: tuple[str, ...]
    classes: tuple[str, ...]
    level_at_most: Level


class WindowView(View):
    """A weekly time in the city's own time; Monday is 0."""

    days: tuple[int, ...]
    begins: str
    ends: str


class SilenceView(View):
    """A silence as it stands now.

    Attributes:
        holds_until: until when it holds without a break; None while it does not hold.
        next_at: when it holds next; None while it holds, or never again.
        hiding: alarms that it holds back now; `hidden`: how often it held one back.
    """

    id: str
    kind: SilenceKind
    state: SilenceState
    matchers: MatchersView
    starts_at: Moment
    until: Moment
    with_alarm: bool
    windows: tuple[WindowView, ...]
    reason: str
    author: Actor
    created_at: Moment
    ended_at: Moment | None
    ended_how: str
    holds_until: Moment | None
    next_at: Moment | None
    hiding: int
    hidden: int


class SilencePage(View):
    """Silences; `next` is where the following page begins."""

    items: tuple[SilenceView, ...]
    next: str | None


class HiddenAlarm(View):
    """An alarm that burns now and would be kept quiet; without an incident it is held back already."""

    alarm: str
    rule: str
    target: str
    level: Level
    incident: str | None
    number: str
    title: Names


class PreviewView(View):
    """What a silence would hide now, and would have hidden in the last seven days."""

    burning: tuple[HiddenAlarm, ...]
    all_burning: int
    incidents: tuple[str, ...]
    sensors: tuple[str, ...]
    all_sensors: int
    lately: int
