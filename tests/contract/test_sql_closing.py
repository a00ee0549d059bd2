"""What is held when a database is closed is closed too, when it is given back."""

import psycopg
from sqlalchemy import text

from storage.sql import Database


def test_connection_that_outlives_the_closing_is_closed_when_given_back(postgresql_url: str) -> None:
    database = Database(postgresql_url)
    for block in (database.read, database.write):
        with block() as connection:
            driver = connection.connection.driver_connection
            database.close()
            assert connection.execute(text("SELECT 1")).scalar_one() == 1

        assert isinstance(driver, psycopg.Connection)
        assert driver.closed


def test_database_that_was_closed_opens_again(database: Database) -> None:
    for _ in range(2):
        with database.read() as connection:
            assert connection.execute(text("SELECT 1")).scalar_one() == 1
        database.close()
