from dataclasses import replace
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from city.clock import SECOND_NS, to_ns
from city.level import Level
from linkage.silences.config import SilenceSettings
from linkage.silences.keeping import next_look
from linkage.silences.matching import Matchers, Subject, matchers_of
from linkage.silences.reading import plain_window, window_of
from linkage.silences.silence import Silence, SilenceKind, SilenceState, holds_until, next_start, state_at
from linkage.silences.window import Window, spans

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
NIGHTS = Window((0, 1, 2, 3, 4), time(22), time(6))

#: A Friday, 16:00 in Shanghai.
FRIDAY_NS = to_ns(datetime(2026, 11, 20, 8, 0, tzinfo=UTC))
HOUR_NS = 3600 * SECOND_NS


def silence(**changes: object) -> Silence:
    plain = Silence(
        id=1,
        kind=SilenceKind.SILENCE,
        matchers=Matchers(rules=("water",)),
        starts_ns=FRIDAY_NS,
        until_ns=FRIDAY_NS + 100 * HOUR_NS,
        reason="works",
        author="a",
        author_name="A",
        created_ns=FRIDAY_NS,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


SUBJECT = Subject(
    rule="water",
    sensor="level-1",
    level=Level.MAJOR,
    domain="environment",
    incident_class="road_water",
    site="tunnel",
    district="east",
)


@pytest.mark.parametrize(
    ("matchers", "matched"),
    [
        pytest.param(Matchers(rules=("water", "rain")), True, id="one of the rules"),
        pytest.param(Matchers(rules=("rain",)), False, id="another rule"),
        pytest.param(Matchers(sites=("tunnel",), districts=("east",)), True, id="all lists at once"),
        pytest.param(Matchers(sites=("tunnel",), districts=("west",)), False, id="one list does not fit"),
        pytest.param(Matchers(domains=("environment",), level_at_most=Level.NOTICE), False, id="above its level"),
        pytest.param(Matchers(classes=("road_water",), sensors=("level-1",)), True, id="class and sensor"),
    ],
)
def test_silence_is_about(matchers: Matchers, *, matched: bool):
    assert matchers.match(SUBJECT) is matched


def test_matchers_and_windows_read_back_as_they_were():
    matchers = Matchers(rules=("a",), districts=("b", "c"), level_at_most=Level.CRITICAL)

    assert matchers_of(matchers.plain()) == matchers
    assert window_of(plain_window(NIGHTS)) == NIGHTS


@pytest.mark.parametrize(
    ("hours", "state", "until_h", "start_h"),
    [
        pytest.param(0, SilenceState.PENDING, None, 6, id="Friday afternoon: tonight at 22"),
        pytest.param(7, SilenceState.ACTIVE, 14, None, id="Friday night, until Saturday 6"),
        pytest.param(15, SilenceState.PENDING, None, 78, id="Saturday: on Monday at 22"),
        pytest.param(101, SilenceState.ENDED, None, None, id="after its end"),
    ],
)
def test_recurring_silence_stands(hours: int, state: SilenceState, until_h: int | None, start_h: int | None):
    nightly, now_ns = silence(windows=(NIGHTS,)), FRIDAY_NS + hours * HOUR_NS

    assert state_at(nightly, now_ns, SHANGHAI) is state
    assert holds_until(nightly, now_ns, SHANGHAI) == (None if until_h is None else FRIDAY_NS + until_h * HOUR_NS)
    assert next_start(nightly, now_ns, SHANGHAI) == (None if start_h is None else FRIDAY_NS + start_h * HOUR_NS)


def test_window_follows_the_citys_clock_when_it_changes():
    around_ns = to_ns(datetime(2026, 10, 24, 12, 0, tzinfo=UTC))
    (first, *_) = [span for span in spans([Window((5,), time(22), time(6))], around_ns, BERLIN) if span[1] > around_ns]

    assert (first[1] - first[0]) / HOUR_NS == 9


def test_windows_that_touch_are_one_span():
    found = spans([Window((4,), time(8), time(12)), Window((4,), time(12), time(18))], FRIDAY_NS, SHANGHAI)

    assert [(ends - begins) / HOUR_NS for begins, ends in found] == [10.0, 10.0]


@given(hours=st.integers(-10, 120), days=st.sets(st.integers(0, 6), min_size=1))
def test_silence_holds_from_its_next_start(hours: int, days: set[int]):
    recurring = silence(windows=(Window(tuple(sorted(days)), time(9), time(17)),))
    now_ns = FRIDAY_NS + hours * HOUR_NS
    start_ns = next_start(recurring, now_ns, SHANGHAI)

    if start_ns is not None:
        assert start_ns >= now_ns
        assert holds_until(recurring, start_ns, SHANGHAI) is not None
        assert holds_until(recurring, now_ns, SHANGHAI) is None


@pytest.mark.parametrize(
    ("changes", "expected_s"),
    [
        pytest.param({}, 86_400, id="a long one is reminded after a day"),
        pytest.param({"until_ns": FRIDAY_NS + HOUR_NS}, 2700, id="a short one before its end"),
        pytest.param({"with_alarm": True}, 2, id="one that ends with its alarm at once"),
    ],
)
def test_silence_is_looked_at_next(changes: dict[str, object], expected_s: int):
    found = next_look(silence(**changes), 0, FRIDAY_NS, SilenceSettings())

    assert (found - FRIDAY_NS) / SECOND_NS == expected_s
