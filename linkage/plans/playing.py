"""A turn: lets the simulated sensors of an exercise speak through the city's own broker, and lets them fall silent."""

from typing import Protocol

import structlog
from prometheus_client import Counter
from sqlalchemy import RowMapping, select, update

from city.errors import StoreUnavailable
from linkage import cases
from linkage.deed import Deed, Outcome
from linkage.ledger import Ledger, Page
from linkage.plans.tables import DRILLS
from linkage.plans.track import Play, Reading
from linkage.tables import NEVER_NS

log = structlog.get_logger()

READINGS_PLAYED = Counter(
    "linkage_drill_readings_played_total", "Readings of simulated sensors, by whether the broker took them.", ["reason"]
)

#: Exercises looked at in one turn; a city plays one or two at a time.
_MOST = 20


class Stage(Protocol):
    """Where simulated sensors speak."""

    def say(self, readings: list[Reading]) -> None:
        """Publish readings, marked as simulated, and wait until the broker has them.

        Raises:
            StoreUnavailable: it does not take them; saying them again is harmless.
        """
        ...


class Playing:
    """Plays what is due. Calls block: call from a thread. The broker is spoken to between transactions, not in them."""

    name = "drill_sensors"

    def __init__(self, ledger: Ledger, stage: Stage) -> None:
        self._ledger, self._stage = ledger, stage
        self.every_s = ledger.settings.plans.rhythm_s

    def take(self) -> int:
        """Say what is due; return how many readings were said.

        Raises:
            StoreUnavailable: the database does not answer.
        """
        now_ns = self._ledger.clock.now_ns()
        due = select(DRILLS).where(DRILLS.c.play_ns <= now_ns).order_by(DRILLS.c.play_ns).limit(_MOST)
        with self._ledger.database.read() as connection:
            rows = list(connection.execute(due).mappings())
        return sum(self._play(row, now_ns) for row in rows)

    def _play(self, row: RowMapping, now_ns: int) -> int:
        play = Play(tuple(row["script"]), row["started_ns"], row["ended_ns"])
        readings = play.due(row["play_ns"] - 1, now_ns)
        if readings and not self._said(row["id"], readings):
            return 0
        next_ns = play.next_ns(now_ns)
        with self._ledger.writing() as page:
            values = {"played": row["played"] + len(readings), "play_ns": NEVER_NS if next_ns is None else next_ns}
            # A person may have stopped it, or begun the next exercise of the plan, while the broker was spoken to.
            still = (DRILLS.c.id == row["id"]) & (DRILLS.c.play_ns == row["play_ns"])
            changed = page.connection.execute(update(DRILLS).where(still).values(values)).rowcount
            if changed and next_ns is None:
                _say_over(page, row, values["played"])
        return len(readings)

    def _said(self, drill: int, readings: list[Reading]) -> bool:
        try:
            self._stage.say(readings)
        except StoreUnavailable as error:
            READINGS_PLAYED.labels("refused").inc(len(readings))
            log.warning("drill_sensors_unheard", drill=drill, store=error.store, cause=error.cause)
            return False
        READINGS_PLAYED.labels("taken").inc(len(readings))
        return True


def _say_over(page: Page, row: RowMapping, played: int) -> None:
    case = cases.load(page.connection, row["incident"])
    assert case is not None  # the foreign key says so
    state = case.incident.state
    data: dict[str, object] = {"drill": True, "exercise": row["id"], "played": played}
    page.write(case, Outcome(case, (Deed(step="end_play", from_state=state, to_state=state, data=data),)))
