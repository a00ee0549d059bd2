import sqlite3
from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from city.errors import StoreUnavailable
from ingest.identity import Identity


@settings(max_examples=30, deadline=None)
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
        identity._connection.execute("PRAGMA busy_timeout = 0")
        identity.sensor_number("a")
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable, match="identity"):
            identity.flush()
        other.rollback()
        identity.flush()

    with closing(Identity(path)) as again:
        assert again.known_sensor("a") == 1
