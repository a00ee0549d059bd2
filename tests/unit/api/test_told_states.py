"""States by row stay with their sensors, whatever becomes of the registry."""

from hypothesis import given
from hypothesis import strategies as st

from api.directory import Snapshot
from api.told_states import ToldStates
from city.census import Census
from city.entry import NumberedSensor
from city.feed import StatesPage
from city.level import Domain
from city.sensor import Sensor

IDS = st.sampled_from("abcdefgh")
STATES = st.sampled_from(["normal", "silent", "critical"])


def snapshot(ids: set[str]) -> Snapshot:
    return Snapshot(1, Census.of(NumberedSensor(0, Sensor(one, "", Domain.VIDEO, "camera")) for one in ids))


@given(st.lists(st.one_of(st.sets(IDS), st.dictionaries(IDS, STATES)), max_size=8))
def test_states_are_those_told_last_of_those_registered_since(steps: list[set[str] | dict[str, str]]) -> None:
    told, expected = ToldStates(), dict[str, str]()
    registered: set[str] = set()

    for step in steps:
        if isinstance(step, dict):
            told.take(step.items())
            expected |= {one: state for one, state in step.items() if one in registered}
        else:
            new = snapshot(step)
            told.move(new, told.codes(new))
            registered, expected = step, {one: state for one, state in expected.items() if one in step}

    assert {one: told.of(one) for one in "abcdefgh"} == {one: expected.get(one, "unknown") for one in "abcdefgh"}


def test_page_says_which_rows_changed() -> None:
    told, some = ToldStates(), snapshot({"a", "b", "c"})
    told.move(some, told.codes(some))
    page = StatesPage(1, ("a", "c", "nobody"), bytes([1, 0, 1]), ("unknown", "normal"))

    changed = [told.take_page(page).tolist(), told.take_page(page).tolist()]

    assert changed == [[0], []]
    assert (told.of("a"), told.of("c"), told.word(0)) == ("normal", "unknown", "normal")


def test_what_is_forgotten_is_unknown() -> None:
    told, some = ToldStates(), snapshot({"a", "b"})
    told.move(some, told.codes(some))
    told.take([("b", "major")])

    rows = told.known
    told.forget(rows)

    assert (rows.tolist(), told.of("b")) == ([1], "unknown")
