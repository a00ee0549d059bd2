"""Sessions: random, kept hashed, ended by idleness, age and sign-out."""

from datetime import timedelta

from sqlalchemy import select

from api.config import HttpSettings
from api.sessions import Sessions
from api.tables import SESSIONS
from api.tokens import is_csrf_of, token_hash
from api.users import User
from city.clock import ManualClock
from storage.sql import Database


def test_session_is_found_by_its_token(sessions: Sessions, li: User) -> None:
    opened = sessions.open(li, address="127.0.0.1")

    found = sessions.find(opened.token)

    assert found is not None
    assert found.user == li
    assert found.csrf == opened.csrf


def test_tokens_are_256_bits_and_never_alike(sessions: Sessions, li: User) -> None:
    tokens = {sessions.open(li, address="127.0.0.1").token for _ in range(50)}

    assert len(tokens) == 50
    assert all(len(token) == 43 for token in tokens)


def test_database_holds_no_token(sessions: Sessions, database: Database, li: User) -> None:
    opened = sessions.open(li, address="127.0.0.1")

    with database.read() as connection:
        row = connection.execute(select(SESSIONS)).one()

    assert row.token_hash == token_hash(opened.token)
    assert opened.token not in str(row)


def test_idle_session_ends(sessions: Sessions, clock: ManualClock, settings: HttpSettings, li: User) -> None:
    opened = sessions.open(li, address="127.0.0.1")

    clock.advance(timedelta(seconds=settings.session_idle_s))

    assert sessions.find(opened.token) is None


def test_used_session_lives_to_its_longest_life(
    sessions: Sessions, clock: ManualClock, settings: HttpSettings, li: User
) -> None:
    opened = sessions.open(li, address="127.0.0.1")
    step = timedelta(seconds=settings.session_idle_s - 1)
    lived = timedelta()

    while sessions.find(opened.token) is not None:
        clock.advance(step)
        lived += step

    assert timedelta(0) <= lived - timedelta(seconds=settings.session_absolute_s) < step


def test_closed_session_is_gone(sessions: Sessions, li: User) -> None:
    opened = sessions.open(li, address="127.0.0.1")

    sessions.close(token_hash(opened.token))

    assert sessions.find(opened.token) is None


def test_ended_sessions_are_swept(
    sessions: Sessions, clock: ManualClock, settings: HttpSettings, database: Database, li: User
) -> None:
    sessions.open(li, address="127.0.0.1")
    clock.advance(timedelta(seconds=settings.session_idle_s))

    sessions.open(li, address="127.0.0.1")

    with database.read() as connection:
        assert len(connection.execute(select(SESSIONS)).all()) == 1


def test_csrf_token_belongs_to_one_session(sessions: Sessions, li: User) -> None:
    one, other = (sessions.open(li, address="127.0.0.1") for _ in range(2))

    assert is_csrf_of(one.token, one.csrf)
    assert not is_csrf_of(one.token, other.csrf)
    assert not is_csrf_of(one.token, "")
    assert not is_csrf_of(one.token, None)
    assert not is_csrf_of(one.token, "ü")
