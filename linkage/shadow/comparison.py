"""What a rule in shadow found against what rules in force found: pure, alarm by alarm of each target."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median

from city.clock import SECOND_NS

#: Two alarms of one target are about the same if they burn at once, or one begins so soon after the other has ended:
#: the time after which flapping is over (`flapping_quiet_s`), as what comes back sooner is not another matter.
NEAR_NS = 600 * SECOND_NS


class Side(StrEnum):
    """Who fired."""

    BOTH = "both"
    ONLY_SHADOW = "only_shadow"
    ONLY_LIVE = "only_live"


@dataclass(frozen=True, slots=True)
class Episode:
    """One alarm from raised to cleared, by the sensor's time; `ended_ns` is None while it burns, `level` its worst.

    `noted_ns` is when the desk heard that it was raised, by its own clock: an upload may tell of long ago.
    """

    alarm: str
    rule: str
    target: str
    level: int
    raised_ns: int
    ended_ns: int | None = None
    noted_ns: int = 0


@dataclass(frozen=True, slots=True)
class Match:
    """An alarm of the shadow with that of a rule in force about the same, or one that stands alone."""

    shadow: Episode | None = None
    live: Episode | None = None

    @property
    def side(self) -> Side:
        """Return who fired."""
        if self.live is None:
            return Side.ONLY_SHADOW
        return Side.ONLY_LIVE if self.shadow is None else Side.BOTH

    @property
    def one(self) -> Episode:
        """Return the shadow's alarm, or the other where it has none."""
        found = self.shadow if self.shadow is not None else self.live
        assert found is not None  # a match is of one at least
        return found

    def counts(self, from_ns: int, since_ns: int) -> bool:
        """Tell whether it is of the time asked for; what was found while the rule was in no shadow is none's miss."""
        return self.one.raised_ns >= from_ns and (self.side is not Side.ONLY_LIVE or self.one.noted_ns >= since_ns)

    @property
    def lead_ns(self) -> int:
        """Return by how much the shadow was earlier; negative where it was later, 0 where only one fired."""
        return 0 if self.shadow is None or self.live is None else self.live.raised_ns - self.shadow.raised_ns


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many alarms both found, and which found theirs earlier; `lead_s` is the median of the shadow's lead."""

    both: int
    earlier: int
    later: int
    only_shadow: int
    only_live: int
    lead_s: float | None


def compared(shadow: Iterable[Episode], live: Iterable[Episode]) -> list[Match]:
    """Match the alarms of each target in their order, each with at most one of the other side; oldest first."""
    sides: defaultdict[str, tuple[list[Episode], list[Episode]]] = defaultdict(lambda: ([], []))
    for place, episodes in enumerate((shadow, live)):
        for episode in episodes:
            sides[episode.target][place].append(episode)
    found = [match for ours, theirs in sides.values() for match in _of_target(ours, theirs)]
    return sorted(found, key=lambda match: (match.one.raised_ns, match.one.alarm))


def verdict_on(matches: Sequence[Match]) -> Verdict:
    """Return how often who fired, and how much earlier."""
    sides = {side: [match for match in matches if match.side is side] for side in Side}
    leads = [match.lead_ns for match in sides[Side.BOTH]]
    return Verdict(
        both=len(leads),
        earlier=sum(lead > 0 for lead in leads),
        later=sum(lead < 0 for lead in leads),
        only_shadow=len(sides[Side.ONLY_SHADOW]),
        only_live=len(sides[Side.ONLY_LIVE]),
        lead_s=median(leads) / SECOND_NS if leads else None,
    )


def _of_target(ours: Sequence[Episode], theirs: Sequence[Episode]) -> list[Match]:
    found: list[Match] = []
    left = sorted(theirs, key=lambda episode: episode.raised_ns)
    for one in sorted(ours, key=lambda episode: episode.raised_ns):
        other = min(
            (each for each in left if _meet(one, each)),
            key=lambda each: abs(each.raised_ns - one.raised_ns),
            default=None,
        )
        if other is not None:
            left.remove(other)
        found.append(Match(one, other))
    return [*found, *(Match(None, each) for each in left)]


def _meet(one: Episode, other: Episode) -> bool:
    return _begins_by(one, other) and _begins_by(other, one)


def _begins_by(one: Episode, other: Episode) -> bool:
    """Tell whether `one` begins before `other` is over, or soon after."""
    return other.ended_ns is None or one.raised_ns <= other.ended_ns + NEAR_NS
