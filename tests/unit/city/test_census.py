from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from city.census import Census
from city.columns import TextColumn
from city.context_bytes import applied, change_from_bytes, change_to_bytes, context_from_bytes, context_to_bytes
from city.entry import Context, ContextChange, NumberedSensor
from tests.support.sensors import BARE, FULL, SENSORS

MANY = st.lists(SENSORS, max_size=6, unique_by=lambda sensor: sensor.id).map(
    lambda sensors: tuple(NumberedSensor(number, sensor) for number, sensor in enumerate(sensors, 1))
)


def by_id(sensors: tuple[NumberedSensor, ...]) -> list[NumberedSensor]:
    return sorted(sensors, key=lambda one: one.sensor.id)


def context(sensors: object, version: str = "v") -> Context:
    return Context(5, version, (("rules.yaml", "rules: []"),), sensors, {"pm25": 3})  # type: ignore[arg-type]


@given(MANY)
def test_census_holds_what_it_was_given_by_id(sensors) -> None:
    census = Census.of(sensors)

    assert list(census) == by_id(sensors)
    assert [census.find(one.sensor.id) for one in sensors] == [one.sensor for one in sensors]
    assert census.row_of("no such id") is None


@given(MANY, MANY, st.data())
def test_changed_census_is_that_of_the_changed_sensors(old, new, data) -> None:
    gone = data.draw(st.lists(st.sampled_from([one.sensor.id for one in old]), unique=True)) if old else []
    left = {one.sensor.id: one for one in old if one.sensor.id not in gone} | {one.sensor.id: one for one in new}

    changed = Census.of(old).changed(new, gone)

    assert list(changed) == by_id(tuple(left.values()))
    assert changed.digest() == Census.of(tuple(left.values())).digest()


def test_digest_tells_one_difference() -> None:
    other = replace(BARE, tags=frozenset({"x"}))

    digests = {Census.of([NumberedSensor(1, sensor)]).digest() for sensor in (BARE, other, replace(BARE, name="b"))}
    assert len(digests) == 3


@given(MANY)
def test_context_comes_back_from_its_bytes(sensors) -> None:
    assert context_from_bytes(context_to_bytes(context(sensors))) == context(by_id(sensors))


@pytest.mark.parametrize("data", [b"", b"rubbish", context_to_bytes(context(()))[:-3]])
def test_other_bytes_are_no_context(data: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - zlib's and numpy's words
        context_from_bytes(data)


def test_change_is_applied_to_its_base() -> None:
    base = context((NumberedSensor(1, BARE), NumberedSensor(2, FULL)), "one")
    change = ContextChange("one", context((NumberedSensor(3, replace(BARE, id="z")),), "two"), (FULL.id,))

    back = change_from_bytes(change_to_bytes(change))

    assert back == change
    assert applied(back, base) == context((NumberedSensor(1, BARE), NumberedSensor(3, replace(BARE, id="z"))), "two")


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=6), st.data())
def test_rows_of_texts_are_taken(texts, data) -> None:
    rows = data.draw(st.lists(st.integers(0, len(texts) - 1), max_size=6)) if texts else []

    column = TextColumn.of(texts).joined(TextColumn.of(["end"])).take(np.array(rows, dtype=np.int64))

    assert column.all() == [texts[row] for row in rows] == [column[place] for place in range(len(rows))]


def test_ids_of_which_one_begins_like_another_are_told_apart() -> None:
    ids = ["a", "a-", "aa", "aab", "b", "水", "水位"]
    census = Census.of(NumberedSensor(number, replace(BARE, id=one)) for number, one in enumerate(ids, 1))

    assert [census.row_of(one) for one in (*ids, "aaa", "", "c")] == [*range(len(ids)), None, None, None]
