"""Rules in shadow with their record, as views for the API."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict

from city.clock import SECOND_NS, from_ns, iso
from city.errors import NotFound
from city.feed import RuleSummary
from city.level import Level
from linkage.ledger import Ledger
from linkage.person import Person
from linkage.shadow.beginning import since_of
from linkage.shadow.comparison import Episode, Match, compared, verdict_on
from linkage.shadow.reading import Kept, kept, of_live, of_shadow
from linkage.shadow.views import Difference, SensorCount, ShadowRecord, ShadowRule, ShadowRules, Tally
from linkage.viewing import level_word, moment

#: Targets that a tally names.
_NAMED = 20


class Shadows:
    """Reads what rules in shadow found. Calls block on the database: call from a thread."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def rules(self, book: Sequence[RuleSummary]) -> ShadowRules:
        """Return the rules of a book that run in shadow."""
        with self._ledger.database.read() as connection:
            record = kept(connection)
        found = [_rule(rule, book, record.get(rule.id, Kept())) for rule in book if rule.shadow is not None]
        return ShadowRules(items=tuple(found))

    def record(
        self, rule: str, book: Sequence[RuleSummary], person: Person, *, from_ns: int, to_ns: int, limit: int
    ) -> ShadowRecord:
        """Return what a rule found in shadow from one moment to another, in the person's district.

        Beside it is what those in force found since it came into shadow.

        Raises:
            NotFound: no rule of the book by this name runs in shadow.
        """
        summary = next((one for one in book if one.id == rule and one.shadow is not None), None)
        if summary is None:
            raise NotFound("shadow_rule", rule)
        against = compared_with(summary, book)
        with self._ledger.database.read() as connection:
            shadow = of_shadow(connection, rule, from_ns, to_ns)
            live, since_ns = of_live(connection, against, from_ns, to_ns), since_of(connection, rule)
        ours, theirs = self._of(person, shadow.episodes), self._of(person, live.episodes)
        matches = [match for match in compared(ours, theirs) if match.counts(from_ns, since_ns)]
        return ShadowRecord(
            rule=rule,
            against=against,
            begins=iso(from_ns),
            ends=iso(to_ns),
            shadow=self._tally([one for one in ours if one.raised_ns >= from_ns]),
            live=self._tally([one for one in theirs if one.raised_ns >= from_ns and one.noted_ns >= since_ns]),
            **asdict(verdict_on(matches)),
            whole=shadow.whole and live.whole,
            items=tuple(_difference(match) for match in matches[::-1][:limit]),
        )

    def _of(self, person: Person, episodes: Iterable[Episode]) -> list[Episode]:
        return [one for one in episodes if not person.district or self._district(one.target) in {"", person.district}]

    def _district(self, target: str) -> str:
        sensor = self._ledger.book.sensor(target)
        return "" if sensor is None else sensor.district

    def _tally(self, episodes: Sequence[Episode]) -> Tally:
        levels = Counter(one.level for one in episodes)
        hours = Counter(from_ns(one.raised_ns).astimezone(self._ledger.book.zone).hour for one in episodes)
        sensors = Counter(one.target for one in episodes).most_common(_NAMED)
        return Tally(
            alarms=len(episodes),
            levels={Level(level).word: levels[level] for level in sorted(levels, reverse=True)},
            hours=tuple(hours[hour] for hour in range(24)),
            sensors=tuple(SensorCount(sensor=sensor, alarms=count) for sensor, count in sensors),
        )


def compared_with(rule: RuleSummary, book: Iterable[RuleSummary]) -> tuple[str, ...]:
    """Return the rules that a rule in shadow is compared with: the one it names, else those in force of its class."""
    if rule.shadow is not None and rule.shadow.against:
        return (rule.shadow.against,)
    alike = (one.id for one in book if one.incident_class == rule.incident_class and one.shadow is None)
    return tuple(one for one in alike if one != rule.id)


def _rule(rule: RuleSummary, book: Sequence[RuleSummary], record: Kept) -> ShadowRule:
    return ShadowRule(
        id=rule.id,
        name=rule.name,
        kind=rule.kind,
        switch=rule.switch,
        incident_class=rule.incident_class,
        against=compared_with(rule, book),
        sensors=rule.sensors,
        active=rule.active,
        alarms=record.alarms,
        since=moment(record.since_ns),
    )


def _difference(match: Match) -> Difference:
    shadow, live = match.shadow, match.live
    return Difference(
        side=match.side,
        sensor=match.one.target,
        shadow_level=None if shadow is None else level_word(shadow.level),
        live_level=None if live is None else level_word(live.level),
        shadow_at=None if shadow is None else iso(shadow.raised_ns),
        live_at=None if live is None else iso(live.raised_ns),
        lead_s=None if shadow is None or live is None else match.lead_ns / SECOND_NS,
        rule="" if live is None else live.rule,
    )
