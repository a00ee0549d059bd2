"""A silence, and what follows from its times: computed, not stored."""

from dataclasses import dataclass
from enum import StrEnum
from zoneinfo import ZoneInfo

from linkage.silences.matching import Matchers
from linkage.silences.window import Window, spans


class SilenceKind(StrEnum):
    """Why something is kept quiet."""

    SILENCE = "silence"
    MAINTENANCE = "maintenance"


class SilenceState(StrEnum):
    """How a silence stands at a moment."""

    PENDING = "pending"  #: it has not begun, or waits for its next window
    ACTIVE = "active"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """One silence.

    Attributes:
        until_ns: when it ends at the latest.
        with_alarm: it ends as soon as none of `alarms`, those that burnt when it was made, burns any more.
        windows: it holds only in these; always, when there are none.
        author: id of the person; `department` theirs, which is told when it is about to end.
    """

    id: int
    kind: SilenceKind
    matchers: Matchers
    starts_ns: int
    until_ns: int
    with_alarm: bool = False
    alarms: tuple[str, ...] = ()
    windows: tuple[Window, ...] = ()
    reason: str
    author: str
    author_name: str
    department: str = ""
    created_ns: int
    ended_ns: int | None = None


def holds_until(silence: Silence, now_ns: int, zone: ZoneInfo) -> int | None:
    """Return until when the silence holds without a break; None when it does not hold at `now_ns`."""
    if not _in_life(silence, now_ns):
        return None
    if not silence.windows:
        return silence.until_ns
    for begins_ns, ends_ns in spans(silence.windows, now_ns, zone):
        if begins_ns <= now_ns < ends_ns:
            return min(ends_ns, silence.until_ns)
    return None


def next_start(silence: Silence, now_ns: int, zone: ZoneInfo) -> int | None:
    """Return when the silence holds next, if it does not hold now; None when it holds now or never again."""
    if silence.ended_ns is not None or now_ns >= silence.until_ns:
        return None
    if holds_until(silence, now_ns, zone) is not None:
        return None
    from_ns = max(now_ns, silence.starts_ns)
    if not silence.windows:
        return silence.starts_ns
    for begins_ns, ends_ns in spans(silence.windows, from_ns, zone):
        if ends_ns > from_ns:
            start_ns = max(begins_ns, from_ns)
            return start_ns if start_ns < silence.until_ns else None
    return None


def state_at(silence: Silence, now_ns: int, zone: ZoneInfo) -> SilenceState:
    """Return how the silence stands at `now_ns`."""
    if silence.ended_ns is not None or now_ns >= silence.until_ns:
        return SilenceState.ENDED
    return SilenceState.PENDING if holds_until(silence, now_ns, zone) is None else SilenceState.ACTIVE


def _in_life(silence: Silence, now_ns: int) -> bool:
    return silence.ended_ns is None and silence.starts_ns <= now_ns < silence.until_ns
