"""Whether what happened since somebody last looked matters to the step they ask for now."""

from collections.abc import Iterable
from dataclasses import dataclass

from linkage.states import TASK_MOVES, Step

_ENDING = frozenset({Step.NOT_FILE, Step.VOID, Step.CLOSE, Step.FORCE_CLOSE, Step.CANCEL})

#: Events that change what the next incident step would be.
_MOVING: frozenset[str] = frozenset(
    {"rise", Step.FILE, Step.CONFIRM, Step.DISPATCH, Step.SEND_BACK, Step.REOPEN, *_ENDING}
)

#: An end is decided on the tasks too.
_ALL_MOVING = _MOVING | frozenset(TASK_MOVES)

#: An acknowledgement means: seen as it is now.
_WORSENING = frozenset({"rise"})


@dataclass(frozen=True, slots=True)
class Happened:
    """An event since the version that somebody saw."""

    step: str
    task: int | None
    actor_name: str
    from_state: str
    to_state: str

    def __str__(self) -> str:
        """Say who did what."""
        who = self.actor_name if self.actor_name else "the system"
        moved = f" ({self.from_state} → {self.to_state})" if self.from_state != self.to_state else ""
        return f"`{self.step}` by {who}{moved}"


def matters(step: Step, task: int | None, since: Iterable[Happened]) -> tuple[Happened, ...]:
    """Return those events that the person must see before this step makes sense."""
    if step in TASK_MOVES:
        return tuple(event for event in since if event.task == task and event.step in TASK_MOVES)
    telling = _telling(step)
    return tuple(event for event in since if event.step in telling)


def _telling(step: Step) -> frozenset[str]:
    if step is Step.COMMENT:
        return frozenset()
    if step in _ENDING:
        return _ALL_MOVING
    return _WORSENING if step is Step.ACKNOWLEDGE else _MOVING
