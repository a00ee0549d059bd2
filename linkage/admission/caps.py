"""Each rule's own cap: so many incidents in a while, and one more that stands for all its alarms besides.

They stay in that one, and go back to it when they come back while it is open; a rise is told by itself. What milder
alarms have opened takes no room from worse ones: an alarm counts those at its level and above. So what is worse than
all that was told is never held back by a cap.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from functools import partial

from sqlalchemy import BindParameter, bindparam, func, select

from city.alarm import AlarmTransition, AtMost
from city.sensor import Sensor
from linkage.admission.board import Board, is_drill_key, key_of
from linkage.admission.config import AdmissionSettings
from linkage.admission.decision import Hold, Reason
from linkage.admission.openings import openings_of
from linkage.admission.overflow import Cap, Opener, Overflow
from linkage.admission.tables import HELD_ALARMS
from linkage.ledger import Page
from linkage.tables import HELD, KEYS

#: The rule in the key of the incident that says what a rule's cap holds back; its target is that rule.
CAPPED_RULE = ":capped"

_CAPPED = (HELD_ALARMS.c.reason == str(Reason.CAPPED)) & HELD_ALARMS.c.ended_ns.is_(None)
_RULES: BindParameter[str] = bindparam("rules", expanding=True)
_HELD = (
    select(HELD_ALARMS.c.rule, func.count().label("held"), func.max(HELD_ALARMS.c.level).label("worst"))
    .where(_CAPPED, HELD_ALARMS.c.rule.in_(_RULES))
    .group_by(HELD_ALARMS.c.rule)
)
_CURRENT = select(KEYS.c.target, KEYS.c.incident).where(KEYS.c.rule == CAPPED_RULE, KEYS.c.target.in_(_RULES), HELD)


@dataclass(slots=True)
class _Told:
    """What one rule has told lately, by level, and what its cap holds back."""

    overflow: Overflow
    opened: Counter[int] = field(default_factory=Counter)


class Caps:
    """Counts for a whole batch what each rule has opened, and what is held back beyond its cap."""

    def __init__(self, page: Page, settings: AdmissionSettings) -> None:
        self._page, self._city = page, settings.at_most
        self._told: dict[str, _Told] = {}

    def read(self, batch: Iterable[tuple[AlarmTransition, Sensor | None]], board: Board) -> None:
        """Read what the rules of these alarms have told lately, and what their caps hold back."""
        spans: defaultdict[int, set[str]] = defaultdict(set)
        names: dict[str, dict[str, str]] = {}
        for transition, sensor in batch:
            rule = key_of(transition, sensor)[0]
            if not is_drill_key(rule):
                spans[limit_of(transition, self._city).within_ns].add(rule)
                names[rule] = transition.rule_name
        if names:
            self._read_held(names, board)
        for within_ns, rules in spans.items():
            for rule, level, count in openings_of(self._page.connection, rules, self._page.now_ns - within_ns):
                self._told[rule].opened[level] += count

    def _read_held(self, names: dict[str, dict[str, str]], board: Board) -> None:
        rules = {"rules": sorted(names)}
        held = {row.rule: row for row in self._page.connection.execute(_HELD, rules)}
        current = {row.target: row.incident for row in self._page.connection.execute(_CURRENT, rules)}
        board.fetch(current.values())
        for rule, name in names.items():
            now = held.get(rule)
            self._told[rule] = _Told(
                Overflow(
                    self._page,
                    cap_of(rule, name),
                    held=0 if now is None else now.held,
                    worst=0 if now is None else now.worst,
                    incident=current.get(rule),
                )
            )

    def full(
        self, transition: AlarmTransition, sensor: Sensor | None, before: Collection[tuple[str, str]]
    ) -> int | None:
        """Return the incident of the rule's cap, 0 before there is one, while this alarm belongs there.

        It does while there is no room for it, and when that incident, still open, has stood for the same rule and
        target before: `before` are the reasons and causes that held these. None else; always for exercises and for
        what may cost a life.
        """
        told = self._told.get(key_of(transition, sensor)[0])
        if told is None or transition.response.life_safety:
            return None
        incident = 0 if told.overflow.incident is None else told.overflow.incident
        full = _as_bad(told.opened, int(transition.level)) >= limit_of(transition, self._city).alarms
        return incident if full or (Reason.CAPPED, str(incident)) in before else None

    def opened(self, transition: AlarmTransition, sensor: Sensor | None) -> None:
        """Count an incident that an alarm opened."""
        told = self._told.get(key_of(transition, sensor)[0])
        if told is not None:
            told.opened[int(transition.level)] += 1

    def holding(
        self, transition: AlarmTransition, sensor: Sensor | None, opener: Opener, hold: Hold, *, again: bool
    ) -> Hold:
        """Return the hold with the cap's incident in it; `again` for an alarm that the cap held before."""
        overflow = self._told[key_of(transition, sensor)[0]].overflow
        return overflow.holding(transition, opener, hold, again=again)

    def let_go(self, transition: AlarmTransition, sensor: Sensor | None) -> None:
        """Count an alarm that its rule's cap holds back no more."""
        self._told[key_of(transition, sensor)[0]].overflow.let_go()

    def settle(self, board: Board) -> None:
        """Say in each cap's incident how many alarms it holds now, if that has changed."""
        for told in self._told.values():
            told.overflow.settle(board)


def cap_of(rule: str, name: dict[str, str]) -> Cap:
    """Return the cap of a rule, as its incident tells of it."""
    return Cap((CAPPED_RULE, rule), "capped", partial(_title, name), one_rule=True)


def limit_of(transition: AlarmTransition, city: AtMost) -> AtMost:
    """Return what a rule may open: as it says itself, else as the city does."""
    own = transition.response.at_most
    return city if own is None else own


def _as_bad(opened: Counter[int], level: int) -> int:
    return sum(count for at, count in opened.items() if at >= level)


def _title(name: dict[str, str], held: int) -> dict[str, str]:
    if not held:
        return {"zh": f"{name['zh']}：其余已过", "en": f"{name['en']}: the rest is over"}
    return {"zh": f"{name['zh']}：另有 {held} 条", "en": f"{name['en']}: and {held} more"}
