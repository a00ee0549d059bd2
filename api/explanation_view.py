"""An explanation of a rule as the API sends it."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from city.alarm import AlarmTransition, Change
from city.clock import SECOND_NS, iso
from linkage.admission.decided import DecidedView
from linkage.views import Level, Moment
from rules.explanation import Answer, Condition, Exempted, Explanation, Hours, Limits, Looked, Window
from rules.standing import Standing


class _View(BaseModel):
    model_config = ConfigDict(frozen=True)


class HoursView(_View):
    """The rule's schedule at the moment, and the window around it, open or not; without an end where it has none."""

    name: str
    described: str
    open: bool
    since: Moment | None
    until: Moment | None

    @classmethod
    def of(cls, one: Hours) -> "HoursView":
        """Return the view."""
        since, until = (None if at_ns is None else iso(at_ns) for at_ns in (one.since_ns, one.until_ns))
        return cls(name=one.name, described=one.described, open=one.open, since=since, until=until)


class LevelView(_View):
    """A level's condition as it stood."""

    level: Level
    limit: str = Field(description="When it is reached, in the rule's own words.")
    clear: str = Field(description="What it is kept by.")
    met: bool | None = Field(description="None where nothing was judged.")
    kept: bool | None
    hold_s: float | None
    since: Moment | None
    held_s: float
    left_s: float | None = Field(description="What of its hold is missing; none where it is not met.")


class TargetView(_View):
    """How one target of the rule stood: the sensor, or a place that it is part of."""

    target: str
    level: Level | None = Field(description="Of the alarm that stood open.")
    since: Moment | None = Field(description="When that alarm was raised.")
    time: Moment | None = Field(description="Of what was last held against the limits.")
    value: float | None
    unit: str
    conditions: tuple[LevelView, ...]
    evidence: Mapping[str, Any] = Field(description="What the kind says beside: readings, votes, counts, both sides.")

    @classmethod
    def of(cls, one: Standing) -> "TargetView":
        """Return the view."""
        return cls(
            target=one.target,
            level=None if one.level is None else one.level.word,
            since=None if one.since_ns is None else iso(one.since_ns),
            time=None if one.time_ns is None else iso(one.time_ns),
            value=one.value,
            unit=one.unit,
            conditions=tuple(LevelView.model_validate(each) for each in one.conditions),
            evidence={name: value for name, value in one.evidence.items() if name != "conditions"},
        )


class LookedView(_View):
    """A reading or an event that was looked at."""

    sensor: str
    quantity: str
    time: Moment
    arrival: Moment
    value: float | None
    event: str
    flags: tuple[str, ...]
    passed_over: tuple[str, ...] = Field(description="Flags for which it was not judged.")

    @classmethod
    def of(cls, one: Looked) -> "LookedView":
        """Return the view."""
        return cls(
            sensor=one.sensor,
            quantity=one.quantity,
            time=iso(one.time_ns),
            arrival=iso(one.arrival_ns),
            value=one.value,
            event=one.event,
            flags=one.flags,
            passed_over=one.passed_over,
        )


class ChangeView(_View):
    """A change of an alarm within the window, as it came out when judged again."""

    alarm: str
    target: str
    change: Change
    level: Level
    time: Moment
    value: float | None
    limit: float | None
    unit: str
    late: bool
    unconfirmed: bool = Field(description="Its sensor died while the hazard was pending or raised.")

    @classmethod
    def of(cls, one: AlarmTransition) -> "ChangeView":
        """Return the view."""
        return cls(
            alarm=one.alarm,
            target=one.target,
            change=one.change,
            level=one.level.word,
            time=iso(one.time_ns),
            value=one.value,
            limit=one.limit,
            unit=one.unit,
            late=one.late,
            unconfirmed=one.unconfirmed,
        )


class WindowView(_View):
    """What was read to find the answer."""

    start: Moment
    end: Moment
    looks_back_s: float = Field(description="For how long back what was read may decide under this rule.")
    readings: int
    series: int
    limits: tuple[Limits, ...] = Field(
        description="What makes the answer less sure: `short` less was read than the rule looks back, `cut` there were "
        "too many readings, `forgotten` the beginning is kept no longer, `newer_book` book or registry are newer than "
        "the moment, `unheard` nobody knows any more when ingest heard the broker."
    )
    later: Moment | None = Field(
        description="When the last of what was made by the moment, and came only after it, arrived: it is not in the "
        "answer, and is in one about that later moment."
    )

    @classmethod
    def of(cls, one: Window) -> "WindowView":
        """Return the view."""
        return cls(
            start=iso(one.start_ns),
            end=iso(one.end_ns),
            looks_back_s=one.looks_back_ns / SECOND_NS,
            readings=one.readings,
            series=one.series,
            limits=one.limits,
            later=None if one.later_ns is None else iso(one.later_ns),
        )


class ExplanationView(_View):
    """Why an alarm of a rule stood open about a sensor at a moment, or why not."""

    rule: str
    name: Mapping[str, str]
    kind: str
    source: str
    file: str
    line: int
    levels: Mapping[str, str]
    sensor: str
    at: Moment
    answer: Answer
    level: Level | None = Field(description="The level that stood open; of `holding`, the one that is met.")
    selection: tuple[Condition, ...]
    exception: Exempted | None
    hours: HoursView | None
    facts: Mapping[str, str]
    sensors: int = Field(description="How many sensors the targets look at.")
    targets: tuple[TargetView, ...]
    readings: tuple[LookedView, ...]
    changes: tuple[ChangeView, ...]
    window: WindowView
    decisions: tuple[DecidedView, ...] = Field(
        description="What linkage made of the alarms until then, the newest first; for those who see the queue."
    )

    @classmethod
    def of(cls, found: Explanation, decisions: tuple[DecidedView, ...] = ()) -> "ExplanationView":
        """Return the view."""
        return cls(
            rule=found.rule,
            name=found.name,
            kind=found.kind,
            source=found.source,
            file=found.file,
            line=found.line,
            levels=found.levels,
            sensor=found.sensor,
            at=iso(found.at_ns),
            answer=found.answer,
            level=found.level or None,
            selection=found.selection,
            exception=found.exception,
            hours=None if found.hours is None else HoursView.of(found.hours),
            facts=found.facts,
            sensors=found.sensors,
            targets=tuple(map(TargetView.of, found.targets)),
            readings=tuple(map(LookedView.of, found.readings)),
            changes=tuple(map(ChangeView.of, found.transitions)),
            window=WindowView.of(found.window),
            decisions=decisions,
        )
