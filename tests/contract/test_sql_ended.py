"""A transaction that PostgreSQL ended because we slept in it."""

import time

import pytest
from sqlalchemy import text

from city.errors import StoreUnavailable
from storage.sql import Database


def sleep_in_a_transaction(database: Database) -> None:
    with database.write() as connection:
        connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 20"))
        time.sleep(0.3)
        connection.execute(text("SELECT 1"))


def test_transaction_that_slept_too_long_says_that_the_database_was_away_and_the_next_works(
    postgresql_url: str,
) -> None:
    database = Database(postgresql_url)
    with pytest.raises(StoreUnavailable, match="idle-in-transaction"):
        sleep_in_a_transaction(database)

    with database.write() as connection:
        assert connection.execute(text("SELECT 1")).scalar_one() == 1
    database.close()
