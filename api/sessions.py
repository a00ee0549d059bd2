"""Who is signed in: sessions that end when idle, after their longest life, or at once on sign-out."""

from collections.abc import Collection
from dataclasses import dataclass

import structlog
from sqlalchemy import Connection, delete, insert, or_, select, update

from api.config import HttpSettings
from api.tables import SESSIONS, USERS
from api.tokens import csrf_of, new_token, token_hash
from api.users import User, user_of
from city.clock import SECOND_NS, Clock
from city.errors import StoreUnavailable
from storage.sql import Database

log = structlog.get_logger()

#: A session's last use is written at most this often, seconds.
TOUCH_EVERY_S = 60


@dataclass(frozen=True, slots=True)
class Opened:
    """A new session: what the browser is told once, and who it is for."""

    token: str
    csrf: str
    user: User


@dataclass(frozen=True, slots=True)
class Session:
    """A live session; `key` names it without being its secret."""

    key: str
    user: User
    csrf: str


class Sessions:
    """Keeps sessions in SQL; calls block."""

    def __init__(self, database: Database, settings: HttpSettings, clock: Clock) -> None:
        self._database, self._clock = database, clock
        self._idle_ns = settings.session_idle_s * SECOND_NS
        self._absolute_ns = settings.session_absolute_s * SECOND_NS

    def open(self, user: User, *, address: str) -> Opened:
        """Open a session under a new token."""
        token = new_token()
        with self._database.write() as connection:
            self.open_in(connection, user, token, address)
        return Opened(token, csrf_of(token), user)

    def open_in(self, connection: Connection, user: User, token: str, address: str) -> None:
        """Open a session under `token` in a transaction of the caller's, and sweep those that ended."""
        now_ns = self._clock.now_ns()
        ended = or_(SESSIONS.c.expires_ns <= now_ns, SESSIONS.c.seen_ns <= now_ns - self._idle_ns)
        connection.execute(delete(SESSIONS).where(ended))
        connection.execute(
            insert(SESSIONS).values(
                token_hash=token_hash(token),
                user_id=user.id,
                created_ns=now_ns,
                seen_ns=now_ns,
                expires_ns=now_ns + self._absolute_ns,
                address=address,
            )
        )

    def find(self, token: str) -> Session | None:
        """Return the live session of this token, and remember that it was used."""
        key = token_hash(token)
        now_ns = self._clock.now_ns()
        query = (
            select(USERS, SESSIONS.c.seen_ns)
            .join(SESSIONS, SESSIONS.c.user_id == USERS.c.id)
            .where(
                SESSIONS.c.token_hash == key,
                SESSIONS.c.expires_ns > now_ns,
                SESSIONS.c.seen_ns > now_ns - self._idle_ns,
                USERS.c.disabled_ns.is_(None),
            )
        )
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            return None
        if now_ns - row.seen_ns >= TOUCH_EVERY_S * SECOND_NS:
            self._touch(key, now_ns)
        return Session(key, user_of(row), csrf_of(token))

    def knows(self, username: str, address: str) -> bool:
        """Tell whether this user has signed in from this address before, in a session that is still kept."""
        query = (
            select(SESSIONS.c.created_ns)
            .join(USERS, USERS.c.id == SESSIONS.c.user_id)
            .where(USERS.c.username == username, SESSIONS.c.address == address)
            .limit(1)
        )
        with self._database.read() as connection:
            return connection.execute(query).first() is not None

    def close_others(self, user: User, key: str) -> list[str]:
        """End every session of a user but the one with this key; return the keys of those that ended."""
        others = (SESSIONS.c.user_id == user.id, SESSIONS.c.token_hash != key)
        with self._database.write() as connection:
            ended = list(connection.execute(select(SESSIONS.c.token_hash).where(*others)).scalars())
            connection.execute(delete(SESSIONS).where(*others))
        return ended

    def close(self, key: str) -> None:
        """End the session with this key; one that has ended already is fine."""
        with self._database.write() as connection:
            connection.execute(delete(SESSIONS).where(SESSIONS.c.token_hash == key))

    def use(self, keys: Collection[str]) -> set[str]:
        """Return which of these sessions live, and remember that they were used."""
        now_ns = self._clock.now_ns()
        living = (
            SESSIONS.c.token_hash.in_(list(keys)),
            SESSIONS.c.expires_ns > now_ns,
            SESSIONS.c.seen_ns > now_ns - self._idle_ns,
        )
        with self._database.write() as connection:
            connection.execute(update(SESSIONS).where(*living).values(seen_ns=now_ns))
            return set(connection.execute(select(SESSIONS.c.token_hash).where(*living)).scalars())

    def _touch(self, key: str, now_ns: int) -> None:
        try:
            with self._database.write() as connection:
                connection.execute(update(SESSIONS).where(SESSIONS.c.token_hash == key).values(seen_ns=now_ns))
        except StoreUnavailable as error:
            log.warning("session_use_not_kept", error=str(error))
