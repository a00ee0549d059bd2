"""Asks what a rule looks at, reads that of the history, and lets the rule judge it again."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from city.catalogue import Catalogue, default_catalogue
from city.clock import SECOND_NS
from city.errors import BadRequest, NotFound
from city.feed import Concerned
from city.history import KeptEvent, LatestReading, Resolution, Series, SeriesQuery
from rules.book import RuleBook, read_book
from rules.explain import Ground, Question, Read, explain, looks_back_ns
from rules.explanation import Explanation, Limits
from rules.kind import ANYTHING, EVENTS
from rules.rule import Rule

#: Most series that are read for one answer: a group of more sensors is not explained.
MOST_SERIES = 1000

#: Most readings that are judged again for one answer, a second's work for most kinds; what is older is left out.
MOST_READINGS = 50_000

#: A rule is given several times as long as it looks back, at least a day for few sensors, at most 35 days.
_TIMES = 3
_FEW, _LONG_NS, _BRIEF_NS, LONGEST_NS = 20, 86_400 * SECOND_NS, 3 * 3600 * SECOND_NS, 35 * 86_400 * SECOND_NS

#: Readings of clocks that are ahead are read too, if they had arrived: none waits for others for longer.
_AHEAD_NS = 3600 * SECOND_NS

#: Where there are too many readings, so much of the window is left.
_SHORTER = 4

#: Questions to ingest at a time for one answer: beyond them the link would not read others' calls.
_AT_ONCE = 8


class Memory(Protocol):
    """What an answer rests on: a running city (`city.feed.Feed` is one), or what one has kept."""

    async def concerned(self, rule: str, sensor: str) -> Concerned:
        """Return what a rule looks at for a sensor or a place; raises NotFound."""
        ...

    async def latest(self, sensors: Sequence[str]) -> list[LatestReading]:
        """Return the newest readings of these sensors."""
        ...

    async def readings(self, query: SeriesQuery) -> Series:
        """Return one series."""
        ...

    async def events(self, sensor: str, start_ns: int, end_ns: int, limit: int) -> list[KeptEvent]:
        """Return a sensor's events, newest first."""
        ...


class Explainer:
    """Explains out of a memory; one answer is reckoned at a time, in a thread, and the newest book is kept as read."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._catalogue: Catalogue = default_catalogue()
        self._kept: tuple[tuple[tuple[str, str], ...], RuleBook] = ((), RuleBook())
        self._turn = asyncio.Semaphore(1)

    async def explain(self, rule: str, sensor: str, at_ns: int) -> Explanation:
        """Return why an alarm of `rule` stood open about a sensor (or a place of several) at `at_ns`, or why not.

        Raises:
            NotFound: the rule, or the sensor or place, is unknown.
            BadRequest: the place has too many sensors.
            StoreUnavailable: ingest or the history does not answer.
        """
        found = await self._memory.concerned(rule, sensor)
        if len(found.series) > MOST_SERIES:
            raise BadRequest(expected=f"a place of at most {MOST_SERIES} series", got=len(found.series), at=sensor)
        async with self._turn:
            question = await asyncio.to_thread(self._question, found, sensor, at_ns)
            ground = Ground(
                self._catalogue,
                found.sensors,
                found.zone,
                found.holidays,
                found.connections,
                found.heard_since_ns,
            )
            back_ns = await asyncio.to_thread(looks_back_ns, question, ground)
            read = await self._read(found, question, back_ns)
            return await asyncio.to_thread(explain, question, ground, read, back_ns)

    def _question(self, found: Concerned, sensor: str, at_ns: int) -> Question:
        if self._kept[0] != found.book:
            self._kept = found.book, read_book(found.book, self._catalogue)
        rule: Rule | None = next((one for one in self._kept[1].rules if one.id == found.rule), None)
        if rule is None:
            raise NotFound("rule", found.rule)
        return Question(rule, sensor, next((one for one in found.sensors if one.id == sensor), None), at_ns)

    async def _read(self, found: Concerned, question: Question, back_ns: int) -> Read:
        series = await self._series(found)
        least_ns = _LONG_NS if len(series) <= _FEW else _BRIEF_NS
        span_ns = min(max(_TIMES * back_ns, least_ns), LONGEST_NS)
        limits: list[Limits] = []
        while True:
            end_ns = question.at_ns + min(span_ns, _AHEAD_NS)
            read = await self._told(series, max(0, question.at_ns - span_ns), end_ns)
            if read is not None:
                break
            span_ns, limits = span_ns // _SHORTER, [Limits.CUT]
        if found.forgotten_ns is not None and found.forgotten_ns > read.start_ns:
            limits.append(Limits.FORGOTTEN)
        if found.book_since_ns > question.at_ns:
            limits.append(Limits.NEWER_BOOK)
        if found.heard_since_ns > read.start_ns:
            limits.append(Limits.UNHEARD)
        return replace(read, limits=tuple(limits))

    async def _series(self, found: Concerned) -> list[tuple[str, str]]:
        """Return what is read; of a sensor that is listened to whatever it says, all that it was ever heard to say."""
        anything = [sensor for sensor, quantity in found.series if quantity == ANYTHING]
        said = await self._memory.latest(anything) if anything else []
        series = [one for one in found.series if one[1] != ANYTHING]
        series += [(one.sensor, one.quantity) for one in said] + [(sensor, EVENTS) for sensor in anything]
        return [*dict.fromkeys(series)]

    async def _told(self, series: Sequence[tuple[str, str]], start_ns: int, end_ns: int) -> Read | None:
        """Return what was said from `start_ns` to `end_ns`, itself included; None where it is too much."""
        limit, places = max(100, MOST_READINGS // max(1, len(series))), asyncio.Semaphore(_AT_ONCE)

        async def one(sensor: str, quantity: str) -> Series | list[KeptEvent]:
            async with places:
                if quantity == EVENTS:
                    return await self._memory.events(sensor, start_ns, end_ns + 1, limit)
                return await self._memory.readings(
                    SeriesQuery(sensor, quantity, start_ns, end_ns + 1, Resolution.RAW, limit)
                )

        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(*each)) for each in series]
        told = [task.result() for task in tasks]
        readings = [each for each in told if isinstance(each, Series)]
        events = [each for each in told if not isinstance(each, Series)]
        if any(each.truncated for each in readings) or any(len(each) == limit for each in events):
            return None
        return Read(start_ns, readings, [event for some in events for event in some])
