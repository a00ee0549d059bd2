import sqlite3
from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from city.errors import StoreUnavailable
from ingest.identity import Identity, Recalled


@settings(max_examples=30)
@given(st.lists(st.lists(st.text(max_size=8), max_size=6), max_size=5))
def test_numbers_stay_the_same_across_restarts(tmp_path_factory, runs):
    path = tmp_path_factory.mktemp("identity") / "identity.sqlite"
    given_out: dict[str, int] = {}

    for names in runs:
        with closing(Identity(path)) as identity:
            for name in names:
                number = identity.sensor_number(name)
                assert given_out.setdefault(name, number) == number
                assert identity.sensor(number) == name
            identity.flush()

    assert sorted(given_out.values()) == list(range(1, len(given_out) + 1))


def test_sensors_and_quantities_are_numbered_apart(tmp_path):
    with closing(Identity(tmp_path / "identity.sqlite")) as identity:
        assert (identity.sensor_number("a"), identity.quantity_number("b")) == (1, 1)
        assert (identity.sensor(1), identity.quantity(1)) == ("a", "b")


def test_number_that_was_flushed_survives_a_crash(tmp_path):
    crashed = Identity(tmp_path / "identity.sqlite")
    crashed.sensor_number("kept")
    crashed.flush()
    crashed.sensor_number("lost")

    with closing(Identity(tmp_path / "identity.sqlite")) as identity:
        assert identity.known_sensor("kept") == 1
        assert identity.known_sensor("lost") is None
    crashed.close()


def test_known_gives_out_no_number(tmp_path):
    with closing(Identity(tmp_path / "identity.sqlite")) as identity:
        assert identity.known_sensor("a") is None
        assert identity.known_quantity("a") is None
        assert identity.sensor_number("b") == 1


def test_unknown_number_is_a_key_error(tmp_path):
    with closing(Identity(tmp_path / "identity.sqlite")) as identity, pytest.raises(KeyError):
        identity.sensor(1)


def test_flush_that_failed_is_made_good_by_the_next(tmp_path):
    path = tmp_path / "identity.sqlite"
    with closing(Identity(path)) as identity, closing(sqlite3.connect(path)) as other:
        identity._file.writer.execute("PRAGMA busy_timeout = 0")
        identity.sensor_number("a")
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable, match="identity"):
            identity.flush()
        other.rollback()
        identity.flush()

    with closing(Identity(path)) as again:
        assert again.known_sensor("a") == 1


def damaged(path) -> None:
    with closing(Identity(path)) as identity:
        for name in ("a", "b", "c"):
            identity.sensor_number(name)
        identity.flush()
    path.write_bytes(b"no database" * 999)


def test_damaged_file_is_set_aside_and_numbers_are_those_that_others_remember(tmp_path):
    path = tmp_path / "identity.sqlite"
    damaged(path)

    with closing(Identity(path, lambda: Recalled([(2, "b")], [(7, "pm25")]))) as identity:
        assert (identity.sensor_number("b"), identity.quantity_number("pm25")) == (2, 7)
        new = identity.sensor_number("new")
        identity.flush()

    assert (tmp_path / "identity.damaged-1").exists()
    with closing(Identity(path)) as again:
        assert (again.sensor_number("b"), again.sensor_number("new"), again.sensor(2)) == (2, new, "b")


def test_name_that_is_no_text_any_more_means_a_damaged_file(tmp_path):
    path = tmp_path / "identity.sqlite"
    with closing(Identity(path)) as identity:
        identity.sensor_number("a name")
        identity.flush()
    path.write_bytes(path.read_bytes().replace(b"a name", b"a \xffame"))

    with closing(Identity(path, lambda: Recalled([(1, "a name")]))) as identity:
        assert identity.known_sensor("a name") == 1
    assert (tmp_path / "identity.damaged-1").exists()


def test_number_that_nobody_remembers_is_never_given_again(tmp_path):
    path = tmp_path / "identity.sqlite"
    damaged(path)
    with closing(Identity(path, lambda: Recalled([(1, "a")]))) as identity:
        assert identity.sensor_number("new") > 100_000
        identity.flush()

    with closing(Identity(path)) as again:
        assert again.sensor(3) == "forgotten-sensor-3"
        assert again.sensor_number("newer") > again.sensor_number("new")
        with pytest.raises(KeyError):
            again.sensor(10**6)


def test_damaged_file_without_anybody_to_ask_stops_nothing(tmp_path):
    damaged(tmp_path / "identity.sqlite")

    with closing(Identity(tmp_path / "identity.sqlite")) as identity:
        assert identity.sensor_number("a") > 100_000
