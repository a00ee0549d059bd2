"""The people who may sign in."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Annotated, Literal, cast

from pydantic import BaseModel, ConfigDict, Field, SecretStr
from sqlalchemy import ColumnElement, Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from api.fields import ID_PATTERN, NAME_PATTERN
from api.passwords import LONGEST_PASSWORD, SHORTEST_PASSWORD, Passwords
from api.tables import SESSIONS, SIGN_IN_LINKS, USERS
from city.clock import Clock
from city.errors import Conflict, NotFound
from linkage.person import Person, Role
from storage.sql import Database

#: Names to sign in with: lower case, so that no two look alike.
USERNAME_PATTERN = r"^[a-z0-9][a-z0-9._-]{0,63}$"


class NewUser(BaseModel):
    """A user to add; without a password they sign in by one-time link only."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    username: str = Field(pattern=USERNAME_PATTERN, description="What they sign in with.")
    name: str = Field(min_length=1, max_length=100, pattern=NAME_PATTERN, description="How screens call them.")
    roles: Annotated[tuple[Role, ...], Field(min_length=1, max_length=len(Role))]
    password: Annotated[SecretStr, Field(min_length=SHORTEST_PASSWORD, max_length=LONGEST_PASSWORD)] | None = None
    department: str = Field("", max_length=64, pattern=ID_PATTERN, description="Their department; empty: none.")
    district: str = Field("", max_length=64, pattern=NAME_PATTERN, description="All they see; empty: the whole city.")
    language: Literal["zh", "en"] = "zh"


#: Digits of the longest id.
_LONGEST_ID = 18

#: Most people of one list to choose from.
MOST_PEOPLE = 200


@dataclass(frozen=True, slots=True)
class User:
    """A user as everybody but sign-in knows them."""

    id: int
    username: str
    name: str
    roles: frozenset[Role]
    department: str = ""
    district: str = ""
    language: str = "zh"
    disabled: bool = False

    @property
    def person(self) -> Person:
        """Return this user as the linkage queue knows people."""
        return Person(str(self.id), self.name, frozenset(self.roles), self.department, self.district, self.username)


class Users:
    """Keeps users in SQL; calls block."""

    def __init__(self, database: Database, passwords: Passwords, clock: Clock) -> None:
        self._database, self._passwords, self._clock = database, passwords, clock

    def add(self, new: NewUser) -> User:
        """Add a user.

        Raises:
            Conflict: somebody has that username.
        """
        row = {
            **new.model_dump(include={"username", "name", "department", "district", "language"}),
            "roles": sorted(set(new.roles)),
            "password_hash": self._passwords.hash(new.password.get_secret_value()) if new.password else "",
            "created_ns": self._clock.now_ns(),
        }
        try:
            with self._database.write() as connection:
                number = connection.execute(insert(USERS).values(row).returning(USERS.c.id)).scalar_one()
        except IntegrityError as error:
            raise Conflict(found=f"somebody is called `{new.username}`", at="username") from error
        kept = new.model_dump(include={"username", "name", "department", "district", "language"})
        return User(id=number, roles=frozenset(new.roles), **kept)

    def page(self, *, after: int, limit: int) -> list[User]:
        """Return users in order of id from after `after`, also disabled ones."""
        query = select(USERS).where(USERS.c.id > after).order_by(USERS.c.id).limit(limit)
        with self._database.read() as connection:
            return [user_of(row) for row in connection.execute(query)]

    def every(self) -> Iterator[User]:
        """Yield all users in order of id, also disabled ones."""
        after = 0
        while page := self.page(after=after, limit=MOST_PEOPLE):
            yield from page
            after = page[-1].id

    def named(self, username: str) -> User:
        """Return the user who signs in as `username`; raises NotFound."""
        query = select(USERS).where(USERS.c.username == username, USERS.c.disabled_ns.is_(None))
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            raise NotFound("user", username)
        return user_of(row)

    def holding(self, roles: Collection[Role], department: str = "") -> list[User]:
        """Return those who may sign in and hold one of `roles`, in `department` if one is given, by name."""
        conditions: list[ColumnElement[bool]] = [USERS.c.disabled_ns.is_(None)]
        if department:
            conditions.append(USERS.c.department == department)
        query = select(USERS).where(*conditions).order_by(USERS.c.name, USERS.c.id)
        with self._database.read() as connection:
            found = [user_of(row) for row in connection.execute(query)]
        return [user for user in found if not user.roles.isdisjoint(roles)][:MOST_PEOPLE]

    def names(self, ids: Collection[str]) -> dict[str, str]:
        """Return the names of the people with these ids, also disabled ones; what is nobody's id is left out."""
        numbers = [int(one) for one in ids if _is_id(one)]
        if not numbers:
            return {}
        query = select(USERS.c.id, USERS.c.name).where(USERS.c.id.in_(numbers))
        with self._database.read() as connection:
            return {str(row.id): row.name for row in connection.execute(query)}

    def check(self, username: str, password: str) -> User | None:
        """Return the user whose password this is, else None; takes as long for a name that nobody has."""
        query = select(USERS).where(USERS.c.username == username, USERS.c.disabled_ns.is_(None))
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        matches = self._passwords.matches(row.password_hash if row is not None else None, password)
        return user_of(row) if row is not None and matches else None

    def change_password(self, username: str, password: str) -> None:
        """Give a user another password and end their sessions; raises NotFound."""
        user = self.named(username)
        self._keep_password(user, password)
        with self._database.write() as connection:
            connection.execute(SESSIONS.delete().where(SESSIONS.c.user_id == user.id))

    def change_own_password(self, user: User, current: str, password: str) -> bool:
        """Give a user another password if they know the current one; their sessions stay. False: it was another."""
        if self.check(user.username, current) is None:
            return False
        self._keep_password(user, password)
        return True

    def disable(self, username: str) -> None:
        """Let a user sign in no more, and end their sessions and links at once; raises NotFound."""
        self._disable(self.named(username))

    def disable_by_id(self, number: int) -> tuple[User, list[str]]:
        """Let the user with this id sign in no more; return them and the keys of the sessions that ended.

        Raises:
            NotFound: nobody has this id.
        """
        user = self._with_id(number)
        return user, self._disable(user)

    def enable(self, username: str) -> User:
        """Let a disabled user sign in again, with the password they had; raises NotFound."""
        return self._enable(USERS.c.username == username, username)

    def enable_by_id(self, number: int) -> User:
        """Let the disabled user with this id sign in again; raises NotFound."""
        return self._enable(USERS.c.id == number, number)

    def _disable(self, user: User) -> list[str]:
        theirs = SESSIONS.c.user_id == user.id
        with self._database.write() as connection:
            connection.execute(update(USERS).where(USERS.c.id == user.id).values(disabled_ns=self._clock.now_ns()))
            ended = list(connection.execute(select(SESSIONS.c.token_hash).where(theirs)).scalars())
            connection.execute(SESSIONS.delete().where(theirs))
            connection.execute(SIGN_IN_LINKS.delete().where(SIGN_IN_LINKS.c.user_id == user.id))
        return ended

    def _enable(self, condition: ColumnElement[bool], name: object) -> User:
        with self._database.write() as connection:
            connection.execute(update(USERS).where(condition).values(disabled_ns=None))
            row = connection.execute(select(USERS).where(condition)).one_or_none()
        if row is None:
            raise NotFound("user", name)
        return user_of(row)

    def _with_id(self, number: int) -> User:
        with self._database.read() as connection:
            row = connection.execute(select(USERS).where(USERS.c.id == number)).one_or_none()
        if row is None:
            raise NotFound("user", number)
        return user_of(row)

    def _keep_password(self, user: User, password: str) -> None:
        kept = self._passwords.hash(password)
        with self._database.write() as connection:
            connection.execute(update(USERS).where(USERS.c.id == user.id).values(password_hash=kept))


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _LONGEST_ID


def person_with(database: Database, number: str) -> Person | None:
    """Return the person with this id who may sign in; None for nobody."""
    if not _is_id(number):
        return None
    query = select(USERS).where(USERS.c.id == int(number), USERS.c.disabled_ns.is_(None))
    with database.read() as connection:
        row = connection.execute(query).one_or_none()
    return None if row is None else user_of(row).person


def account_of(database: Database, username: str) -> str | None:
    """Return the id of the account with this username, also of a disabled one; None where there is none."""
    with database.read() as connection:
        number = connection.execute(select(USERS.c.id).where(USERS.c.username == username)).scalar()
    return None if number is None else str(number)


def user_of(row: Row[*tuple[object, ...]]) -> User:
    """Return the user that a row of USERS holds; roles that this version does not know are left out."""
    known = frozenset(role for role in Role if role in cast("list[str]", row.roles))
    return User(
        row.id, row.username, row.name, known, row.department, row.district, row.language, row.disabled_ns is not None
    )
