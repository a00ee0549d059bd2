"""Since when rules run in shadow: what was found before is no difference."""

from collections.abc import Collection

from sqlalchemy import Connection, bindparam, delete, func, insert, select

from linkage.ledger import Ledger
from linkage.shadow.tables import SHADOW_ALARMS, SHADOW_RULES

_KNOWN = select(SHADOW_RULES.c.rule)
_OVER = delete(SHADOW_RULES).where(SHADOW_RULES.c.rule.in_(bindparam("rules", expanding=True)))
_FIRST = (
    select(SHADOW_ALARMS.c.rule, func.min(SHADOW_ALARMS.c.noted_ns).label("first_ns"))
    .where(SHADOW_ALARMS.c.rule.in_(bindparam("rules", expanding=True)))
    .group_by(SHADOW_ALARMS.c.rule)
)
_SINCE = select(SHADOW_RULES.c.since_ns).where(SHADOW_RULES.c.rule == bindparam("rule_"))


class Beginnings:
    """Keeps since when each rule runs in shadow. Calls block on the database: call from a thread."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def note(self, rules: Collection[str], since_ns: int) -> int:
        """Note which rules run in shadow now, new ones since `since_ns` at the latest; return how many changed.

        One that had alarms in shadow before began with the first of them. A rule that leaves the shadow is forgotten,
        and begins anew when it comes back.
        """
        with self._ledger.database.read() as connection:
            known = frozenset(connection.execute(_KNOWN).scalars())
        began, over = sorted(frozenset(rules) - known), sorted(known - frozenset(rules))
        if not began and not over:
            return 0
        with self._ledger.database.write() as connection:
            connection.execute(_OVER, {"rules": over})
            first = {row.rule: row.first_ns for row in connection.execute(_FIRST, {"rules": began})}
            rows = [{"rule": rule, "since_ns": min(since_ns, first.get(rule, since_ns))} for rule in began]
            if rows:
                connection.execute(insert(SHADOW_RULES), rows)
        return len(began) + len(over)


def since_of(connection: Connection, rule: str) -> int:
    """Return since when a rule runs in shadow, by the desk's clock; 0 where nobody noted it."""
    return connection.execute(_SINCE, {"rule_": rule}).scalar_one_or_none() or 0
