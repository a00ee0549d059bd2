"""The city's cap on what alarms may open: above it they are held back, and one incident says how many are."""

from sqlalchemy import func, select

from city.alarm import AlarmTransition
from city.clock import SECOND_NS
from linkage.admission.board import Board
from linkage.admission.config import AdmissionSettings
from linkage.admission.decision import Hold, Reason
from linkage.admission.openings import openings
from linkage.admission.overflow import Cap, Opener, Overflow
from linkage.admission.tables import HELD_ALARMS
from linkage.ledger import Page
from linkage.tables import HELD, KEYS


def _title(held: int) -> dict[str, str]:
    if not held:
        return {"zh": "报警风暴：已过", "en": "Alarm storm: over"}
    return {"zh": f"报警风暴：另有 {held} 条", "en": f"Alarm storm: and {held} more"}


#: The cap as its incident tells of it.
STORM = Cap((":storm", ""), "storm", _title)

_CURRENT = select(KEYS.c.incident).where(KEYS.c.rule == STORM.key[0], KEYS.c.target == STORM.key[1], HELD)
_HELD = select(func.count(), func.max(HELD_ALARMS.c.level)).where(
    HELD_ALARMS.c.reason == str(Reason.STORM), HELD_ALARMS.c.ended_ns.is_(None)
)


class Storms:
    """Counts what alarms have opened lately, and what is held back beyond what the queue bears."""

    def __init__(self, page: Page, settings: AdmissionSettings) -> None:
        self._page, self._settings = page, settings
        self._opened = 0
        self._overflow = Overflow(page, STORM, held=0, worst=0, incident=None)

    def read(self, board: Board) -> None:
        """Read how many incidents were opened lately, and what a storm holds back."""
        connection = self._page.connection
        self._opened = openings(connection, self._page.now_ns - self._settings.storm_within_s * SECOND_NS)
        incident = connection.execute(_CURRENT).scalar_one_or_none()
        held, worst = connection.execute(_HELD).one()
        worst = worst if worst is not None else 0
        self._overflow = Overflow(self._page, STORM, held=held, worst=worst, incident=incident)
        if incident is not None:
            board.fetch([incident])

    @property
    def on(self) -> bool:
        """Tell whether a storm holds something back."""
        return self._overflow.held > 0

    @property
    def full(self) -> int | None:
        """Return the storm's incident, 0 before there is one, while the queue bears no more; else None."""
        if self._opened < self._settings.storm_most:
            return None
        return 0 if self._overflow.incident is None else self._overflow.incident

    def opened(self) -> None:
        """Count an incident that an alarm opened."""
        self._opened += 1

    def holding(self, transition: AlarmTransition, opener: Opener, hold: Hold, *, again: bool) -> Hold:
        """Return the hold with the storm's incident in it; `again` for an alarm that the storm held before."""
        return self._overflow.holding(transition, opener, hold, again=again)

    def let_go(self) -> None:
        """Count an alarm that the storm holds back no more."""
        self._overflow.let_go()

    def settle(self, board: Board) -> None:
        """Say in the storm's incident how many alarms it holds now, if that has changed."""
        self._overflow.settle(board)
