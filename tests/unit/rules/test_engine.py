from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from city.alarm import AlarmTransition
from city.clock import SECOND_NS
from city.entry import Arrivals, Context
from city.quality import UNTRUSTED, Quality
from city.reading import ReadingBatch
from tests.support.judging import START_NS, Bench, book, context, rule, sensor

Row = tuple[int, int, float, int]  # sensor, seconds, value, quality


@dataclass(frozen=True)
class Level:
    """One level as it is written: numbers of a side, `[low, high]` for `outside`; hold in seconds."""

    word: str
    side: str
    limit: tuple[int, ...]
    clear: tuple[int, ...]
    hold: int

    def beyond(self, ends: tuple[int, ...], value: float) -> bool:
        if self.side == "outside":
            return not ends[0] <= value <= ends[1]
        return value > ends[0] if self.side == "above" else value < ends[0]

    def met(self, value: float) -> bool:
        return self.beyond(self.limit, value)

    def kept(self, value: float) -> bool:
        return self.beyond(self.clear, value)

    def written(self) -> str:
        limit, clear = (list(ends) if self.side == "outside" else ends[0] for ends in (self.limit, self.clear))
        return f"{self.word}: {{{self.side}: {limit}, clear: {clear}, hold: {self.hold}s}}"

    def lifted(self, by: int) -> "Level":
        return replace(self, limit=(self.limit[0] + by,), clear=(self.clear[0] + by,))


@dataclass
class Reference:
    """The threshold rule as one would write it for one sensor, judging one reading at a time."""

    levels: list[Level]
    level: int = 0
    changed: float = -1
    since: dict[int, float] = field(default_factory=dict)

    def judge(self, seconds: int, value: float, quality: int) -> tuple[int, int] | None:
        if quality & (UNTRUSTED | Quality.DUPLICATE):
            return None
        after = self.after_late(seconds, value) if quality & Quality.LATE else self.after_newest(seconds, value)
        if after == self.level:
            return None
        before, self.level, self.changed = self.level, after, seconds
        return before, after

    def after_late(self, seconds: int, value: float) -> int:
        if seconds <= self.changed:
            return self.level
        at_once = [rank for rank, level in enumerate(self.levels, 1) if level.met(value) and level.hold == 0]
        return max([self.level, *at_once])

    def after_newest(self, seconds: int, value: float) -> int:
        due, kept = 0, 0
        for rank, level in enumerate(self.levels, 1):
            if level.met(value):
                if seconds - self.since.setdefault(rank, seconds) >= level.hold:
                    due = rank
            else:
                self.since.pop(rank, None)
            if level.kept(value):
                kept = rank
        return max(due, min(self.level, kept))


def nested(draw: st.DrawFn, count: int) -> list[tuple[int, int]]:
    """Return limits and clearing values of one side, counted outwards from 0, the mildest first."""
    limits = sorted(draw(st.lists(st.integers(1, 5), min_size=count, max_size=count, unique=True)))
    clears: list[int] = []
    for limit in limits:
        clears.append(draw(st.integers(clears[-1] if clears else 0, limit)))
    return list(zip(limits, clears, strict=True))


@st.composite
def rule_levels(draw: st.DrawFn, sides: tuple[str, ...] = ("above", "below", "outside")) -> list[Level]:
    words = draw(st.lists(st.sampled_from(["notice", "major", "critical"]), min_size=1, unique=True))
    words.sort(key=["notice", "major", "critical"].index)
    side = draw(st.sampled_from(sides))
    upper, lower = nested(draw, len(words)), nested(draw, len(words))
    holds = [draw(st.sampled_from([0, 2, 5])) for _ in words]
    ends: dict[str, list[tuple[tuple[int, ...], tuple[int, ...]]]] = {
        "above": [((6 + limit,), (6 + clear,)) for limit, clear in upper],
        "below": [((6 - limit,), (6 - clear,)) for limit, clear in lower],
        "outside": [
            ((5 - low, 6 + high), (5 - low_clear, 6 + high_clear))
            for (high, high_clear), (low, low_clear) in zip(upper, lower, strict=True)
        ],
    }
    return [
        Level(word, side, limit, clear, hold)
        for word, (limit, clear), hold in zip(words, ends[side], holds, strict=True)
    ]


@st.composite
def streams(draw: st.DrawFn) -> list[Row]:
    newest: dict[int, int] = {}
    rows: list[Row] = []
    for step, sensor_number, value, flags in draw(
        st.lists(
            st.tuples(
                st.sampled_from([1, 2, 4, -3]),
                st.integers(1, 3),
                st.integers(-1, 13),
                st.sampled_from([0, 0, 0, Quality.CLOCK, Quality.BAD]),
            ),
            min_size=25,
            max_size=50,
        )
    ):
        seconds = max(newest.get(sensor_number, 10) + step, 0)
        late = Quality.LATE if seconds < newest.get(sensor_number, 0) else Quality.GOOD
        newest[sensor_number] = max(seconds, newest.get(sensor_number, 0))
        rows.append((sensor_number, seconds, float(value), int(late | flags)))
    return rows


cuts = st.lists(st.integers(0, 50), max_size=8)


def arrivals(rows: list[Row]) -> Arrivals:
    return Arrivals(
        ReadingBatch.of(
            [
                (number, 1, START_NS + seconds * SECOND_NS, START_NS + seconds * SECOND_NS, value, quality)
                for number, seconds, value, quality in rows
            ]
        )
    )


def pieces(rows: list[Row], places: list[int]) -> Iterator[Arrivals]:
    ends = [0, *sorted(min(place, len(rows)) for place in places), len(rows)]
    return (arrivals(rows[start:end]) for start, end in pairwise(ends))


def city_of(*rules: list[Level]) -> Context:
    written = (f"{{{', '.join(level.written() for level in levels)}}}" for levels in rules)
    files = book(*(rule(text, name=f"rule-{index}", unit="") for index, text in enumerate(written)))
    return context(files, [sensor(number) for number in (1, 2, 3)])


def judged(city: Context, rows: list[Row], places: list[int]) -> list[AlarmTransition]:
    bench = Bench()
    bench.feed(city)
    return bench.feed(*pieces(rows, places))


@settings(max_examples=60)
@given(st.lists(rule_levels(), min_size=1, max_size=3), streams(), cuts)
def test_engine_agrees_with_judging_one_by_one(rules: list[list[Level]], rows: list[Row], places: list[int]) -> None:
    references = {(index, number): Reference(levels) for index, levels in enumerate(rules) for number in (1, 2, 3)}

    expected = [
        (
            f"rule-{index}",
            f"level-{number}",
            START_NS + seconds * SECOND_NS,
            levels[(after or before) - 1].word,
            after > 0,
        )
        for number, seconds, value, quality in rows
        for index, levels in enumerate(rules)
        for before, after in [references[index, number].judge(seconds, value, quality) or (0, 0)]
        if before != after
    ]

    transitions = judged(city_of(*rules), rows, places)
    assert [(t.rule, t.target, t.time_ns, t.level.word, t.change != "cleared") for t in transitions] == expected


@settings(max_examples=60)
@given(rule_levels(), streams(), cuts)
def test_engine_gives_the_same_however_batches_are_cut(levels: list[Level], rows: list[Row], places: list[int]) -> None:
    city = city_of(levels)

    assert judged(city, rows, places) == judged(city, rows, [])


@settings(max_examples=40)
@given(rule_levels(), streams())
def test_engine_names_no_two_transitions_alike(levels: list[Level], rows: list[Row]) -> None:
    transitions = judged(city_of(levels), rows, [])

    assert len({transition.id for transition in transitions}) == len(transitions)


@settings(max_examples=40)
@given(rule_levels(), streams(), st.data())
def test_engine_is_untouched_by_duplicates(levels: list[Level], rows: list[Row], data: st.DataObject) -> None:
    doubled: list[Row] = []
    for row in rows:
        doubled.append(row)
        if data.draw(st.booleans()):
            doubled.append((*row[:3], int(row[3] | Quality.DUPLICATE)))
    city = city_of(levels)

    assert judged(city, doubled, []) == judged(city, rows, [])


@settings(max_examples=40)
@given(rule_levels(sides=("above",)), streams(), st.integers(1, 5))
def test_engine_is_open_no_longer_under_a_higher_limit(levels: list[Level], rows: list[Row], lift: int) -> None:
    in_order = [row for row in rows if not row[3]]
    lifted = [level.lifted(lift) for level in levels]
    low, high = Bench(), Bench()
    low.feed(city_of(levels))
    high.feed(city_of(lifted))

    for row in in_order:
        low.feed(arrivals([row]))
        high.feed(arrivals([row]))

        worst = {alarm.target: alarm.level for alarm in low.engine.open_alarms()}
        assert all(alarm.level <= worst.get(alarm.target, 0) for alarm in high.engine.open_alarms())
