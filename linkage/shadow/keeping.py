"""The record of rules in shadow is kept for a while, and not without end."""

from prometheus_client import Counter
from sqlalchemy import bindparam, delete, func, select

from city.clock import SECOND_NS
from linkage.clearing import Aging, Clearing
from linkage.ledger import Ledger
from linkage.shadow.tables import SHADOW_ALARMS
from linkage.turn import Turn

SHADOW_FORGOTTEN = Counter(
    "linkage_shadow_alarms_forgotten_total", "Alarms of rules in shadow that are kept no longer, by reason.", ["reason"]
)

#: A month of comparing, and some days to decide: this program's choice.
KEPT_NS = 40 * 86_400 * SECOND_NS

#: Alarms kept of one rule: one that finds more is no rule to be switched on, and its newest show why.
MOST_OF_A_RULE = 100_000

#: Rows deleted in one transaction, so that other writers get their turn.
_BATCH = 1000

_TOO_MANY = (
    select(SHADOW_ALARMS.c.rule, func.count().label("alarms"))
    .group_by(SHADOW_ALARMS.c.rule)
    .having(func.count() > bindparam("most"))
)
_OLDEST = (
    select(SHADOW_ALARMS.c.alarm)
    .where(SHADOW_ALARMS.c.rule == bindparam("rule_"))
    .order_by(SHADOW_ALARMS.c.raised_ns, SHADOW_ALARMS.c.alarm)
    .limit(bindparam("excess"))
)
_FORGET = delete(SHADOW_ALARMS).where(SHADOW_ALARMS.c.alarm.in_(bindparam("alarms", expanding=True)))


class ShadowBound:
    """The turn that keeps the newest of a rule that finds too much. Calls block: call from a thread."""

    name = "shadow_bound"
    every_s = 600.0

    def __init__(self, ledger: Ledger, most: int = MOST_OF_A_RULE) -> None:
        self._ledger, self._most = ledger, most

    def take(self) -> int:
        """Delete the oldest alarms beyond the bound of each rule; return how many."""
        with self._ledger.database.read() as connection:
            excess = {row.rule: row.alarms - self._most for row in connection.execute(_TOO_MANY, {"most": self._most})}
        return sum(self._forget(rule, count) for rule, count in excess.items())

    def _forget(self, rule: str, excess: int) -> int:
        for done in range(0, excess, _BATCH):
            with self._ledger.database.write() as connection:
                bounds = {"rule_": rule, "excess": min(_BATCH, excess - done)}
                connection.execute(_FORGET, {"alarms": list(connection.execute(_OLDEST, bounds).scalars())})
        SHADOW_FORGOTTEN.labels("too_many").inc(excess)
        return excess


def shadow_turns(ledger: Ledger) -> tuple[Turn, ...]:
    """Return what is done again and again: what is too old is forgotten, and what is too much."""
    noted = SHADOW_ALARMS.c.noted_ns
    aging = Aging(SHADOW_ALARMS, noted, noted, KEPT_NS, SHADOW_FORGOTTEN)
    return (Clearing("shadow_clearing", ledger, aging), ShadowBound(ledger))
