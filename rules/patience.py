"""The terms of silence rules: when each level is reached, by which interval, and when an asset has failed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from city.level import Level
from city.yaml_lines import Located
from rules.duration import read_duration_ns, read_span_ns, shown_duration
from rules.rhythm import DAY_NS

#: Where the interval comes from: the registry and, where it has none, the sensor's rhythm; or one of both only.
REGISTERED, LEARNED = "registered", "learned"

#: How long a rhythm is learned before it counts, unless a rule says otherwise.
LEARN_NS = DAY_NS

#: An asset has failed when three behind it are silent (fewer may be chance; it is also what linkage takes for one
#: failure) and they are four in five of those that could have been heard: not all, since some of a gateway's sensors
#: fail by themselves, and some have a way around it. Chosen here.
LEAST, SHARE = 3, 80.0


class Patience(NamedTuple):
    """How long some terms wait for a word.

    Attributes:
        stages: intervals (0 for none), after_ns and hold_ns of each level, the mildest first.
        own: judged by the sensor's own rhythm even where an interval is registered.
        learn_ns: how long a rhythm is learned before it counts; None: only registered intervals count.
    """

    stages: Sequence[tuple[float, int, int]]
    own: bool
    learn_ns: int | None


@dataclass(frozen=True, slots=True)
class Stage:
    """One level: reached after so many intervals (0: none), but not before `after_ns`, and then `hold_ns` more."""

    level: Level
    intervals: float
    after_ns: int
    hold_ns: int

    @property
    def shown(self) -> str:
        """Return in words when it is reached."""
        waits = [f"{self.intervals:g} intervals"] if self.intervals else []
        waits += [shown_duration(self.after_ns)] if self.after_ns else []
        held = f", and {shown_duration(self.hold_ns)} more" if self.hold_ns else ""
        return f"not heard for {' and '.join(waits)}{held}"


@dataclass(frozen=True, slots=True)
class SilenceTerms:
    """When each level is reached, the mildest first, by which interval, and when an asset is held to have failed.

    Attributes:
        interval: `registered`, `learned`, or empty for the registered one and else the learned.
        least, share: so many silent sensors behind an asset, and such a share of them in percent, are about it.
    """

    stages: tuple[Stage, ...]
    interval: str = ""
    learn_ns: int = LEARN_NS
    least: int = LEAST
    share: float = SHARE

    @property
    def levels(self) -> tuple[Level, ...]:
        """Return the levels that the rule has, the mildest first."""
        return tuple(stage.level for stage in self.stages)

    @property
    def unit(self) -> str:
        """Return the unit of the alarms' value and limit."""
        return "s"

    @property
    def quantities(self) -> tuple[str, ...]:
        """Return the series that it reads besides the one that the rule selects."""
        return ()

    @property
    def patience(self) -> Patience:
        """Return how long it waits for a word."""
        stages = [(stage.intervals, stage.after_ns, stage.hold_ns) for stage in self.stages]
        return Patience(stages, self.interval == LEARNED, None if self.interval == REGISTERED else self.learn_ns)

    def described(self) -> dict[str, str]:
        """Return in words, for each level, when it is reached."""
        return {stage.level.word: stage.shown for stage in self.stages}


def read_stage(level: Level, written: Located, milder: Stage | None) -> Stage:
    """Return one level; raises BadCityFile, also where it would not come later than the milder one."""
    fields = written.fields((), ("intervals", "after", "hold"))
    if "intervals" not in fields and "after" not in fields:
        raise written.wrong(expected="`intervals` or `after`", got="neither")
    intervals = fields["intervals"].number() if "intervals" in fields else 0.0
    after_ns = read_span_ns(fields["after"]) if "after" in fields else 0
    stage = Stage(level, intervals, after_ns, read_duration_ns(fields["hold"]) if "hold" in fields else 0)
    least = milder.intervals if milder is not None and _comparable(milder, stage) else 0.0
    if "intervals" in fields and (
        intervals < least or intervals <= 0 or (intervals == least and not _later(milder, stage))
    ):
        raise fields["intervals"].wrong(expected=f"more than {least:g} intervals")
    if milder is not None and _comparable(milder, stage) and not _later(milder, stage):
        raise written.wrong(expected=f"to come later than `{milder.level.word}`, {milder.shown}", got=stage.shown)
    return stage


def _comparable(milder: Stage, worse: Stage) -> bool:
    """Tell whether which of two comes first does not depend on a sensor's interval."""
    return bool(milder.intervals) == bool(worse.intervals) and bool(milder.after_ns) == bool(worse.after_ns)


def _later(milder: Stage | None, worse: Stage) -> bool:
    """Tell whether a stage can come later than a milder one, and never comes sooner."""
    if milder is None:
        return True
    waits = [(stage.intervals, stage.after_ns) for stage in (milder, worse)]
    never_sooner = all(after >= before for before, after in zip(*waits, strict=True))
    return never_sooner and (waits[0] != waits[1] or worse.hold_ns > milder.hold_ns)
