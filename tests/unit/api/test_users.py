"""Users: added once, kept without their password, ended at once."""

import pytest
from pydantic import ValidationError
from sqlalchemy import select

from api.passwords import Passwords
from api.sessions import Sessions
from api.tables import USERS
from api.users import NewUser, User, Users
from city.errors import Conflict, NotFound
from storage.sql import Database
from tests.support.people import CHEAP, PASSWORD


def test_added_user_is_found_by_name(users: Users, li: User) -> None:
    assert users.named("li") == li
    assert users.page(after=0, limit=10) == [li]


def test_username_is_taken_once(users: Users, li: User) -> None:
    with pytest.raises(Conflict, match=f"somebody is called `{li.username}`"):
        users.add(NewUser(username="li", name="Li", roles=frozenset({"monitor"})))


def test_password_is_kept_as_argon2id(database: Database, li: User) -> None:
    with database.read() as connection:
        kept = connection.execute(select(USERS.c.password_hash).where(USERS.c.id == li.id)).scalar_one()

    assert kept.startswith("$argon2id$")
    assert PASSWORD not in kept


def test_right_password_is_recognised(users: Users, li: User) -> None:
    assert users.check("li", PASSWORD) == li
    assert users.check("li", "wrong" + PASSWORD) is None
    assert users.check("nobody", PASSWORD) is None


def test_user_without_password_matches_none(users: Users) -> None:
    users.add(NewUser(username="wall", name="Wall", roles=frozenset({"monitor"})))

    assert users.check("wall", "") is None


def test_disabled_user_is_gone_with_their_sessions(users: Users, sessions: Sessions, li: User) -> None:
    opened = sessions.open(li, address="127.0.0.1")

    users.disable("li")

    assert users.check("li", PASSWORD) is None
    assert sessions.find(opened.token) is None
    with pytest.raises(NotFound):
        users.named("li")


def test_changed_password_ends_sessions(users: Users, sessions: Sessions, li: User) -> None:
    opened = sessions.open(li, address="127.0.0.1")

    users.change_password("li", "another long password")

    assert sessions.find(opened.token) is None
    assert users.check("li", "another long password") == li
    assert users.check("li", PASSWORD) is None


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"username": "Li Ming"}, id="spaces in the username"),
        pytest.param({"username": "李"}, id="a username that no keyboard types alike"),
        pytest.param({"name": "Li\nMing"}, id="a line break in the name"),
        pytest.param({"name": "Li\x00"}, id="NUL in the name"),
        pytest.param({"roles": []}, id="no role"),
        pytest.param({"roles": ["root"]}, id="a role that there is not"),
        pytest.param({"password": "short"}, id="a short password"),
        pytest.param({"password": "x" * 300}, id="an endless password"),
        pytest.param({"is_admin": True}, id="a field that there is not"),
    ],
)
def test_new_user_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        NewUser.model_validate({"username": "li", "name": "Li", "roles": ["monitor"], **wrong})


def test_unknown_user_costs_a_hash_as_well() -> None:
    verified: list[str] = []

    class Counting(type(CHEAP)):  # type: ignore[misc]
        def verify(self, hash: str, password: str) -> bool:
            verified.append(hash)
            return bool(super().verify(hash, password))

    passwords = Passwords(Counting(time_cost=1, memory_cost=8, parallelism=1))

    assert not passwords.matches(None, PASSWORD)
    assert not passwords.matches("", PASSWORD)
    assert len(verified) == 2
