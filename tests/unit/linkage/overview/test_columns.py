"""What is kept of open incidents: places that are given, taken away and given again."""

import numpy as np
import pytest

from linkage.overview.columns import Columns


def put(
    columns: Columns, number: int, text: str = "", *, district: str = "east", departments: tuple[str, ...] = ()
) -> None:
    kept = (0, 3, 100, 50, number, "reported", "", district, "road_water", "li", "", text)
    columns.put(number, kept, departments)


def ids(columns: Columns, mask: np.ndarray) -> list[int]:
    return sorted(columns.number("id")[mask].tolist())


def test_more_incidents_than_there_was_room_for_keep_their_places() -> None:
    columns = Columns()
    for number in range(3000):
        put(columns, number, departments=("water",) if number % 2 else ())

    assert len(columns) == 3000
    assert ids(columns, columns.there) == list(range(3000))
    assert ids(columns, columns.of(["water", "nobody"])) == list(range(1, 3000, 2))


def test_place_of_an_incident_that_ended_says_nothing_of_the_next() -> None:
    columns = Columns()
    put(columns, 1, "kerb", district="west", departments=("water",))
    columns.drop(1)
    columns.drop(1)
    put(columns, 2)

    assert 1 not in columns
    assert ids(columns, columns.there) == [2]
    assert ids(columns, columns.there & columns.one_of("district", ["west"])) == []
    assert ids(columns, columns.of(["water"])) == []
    assert columns.saying(np.flatnonzero(columns.there), ["kerb"]).tolist() == []


@pytest.mark.parametrize("among", [pytest.param(3, id="all of them"), pytest.param(2000, id="few of many")])
def test_words_must_all_stand(among: int) -> None:
    columns = Columns()
    for number in range(among):
        put(columns, number, "water at the kerb" if number == 1 else "water", district="west" if number < 3 else "east")
    places = np.flatnonzero(columns.there & columns.one_of("district", ["west"]))

    assert columns.number("id")[columns.saying(places, ["kerb", "water"])].tolist() == [1]
