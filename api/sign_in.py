"""Signing in: by password, slowed down when guessed at, or by a link that works once."""

from sqlalchemy import delete, insert, select, update

from api.config import HttpSettings
from api.errors import Unauthenticated
from api.sessions import Opened, Sessions
from api.tables import SIGN_IN_LINKS, USERS
from api.throttle import Throttle
from api.tokens import csrf_of, new_token, token_hash
from api.users import User, Users, user_of
from city.clock import SECOND_NS, Clock
from storage.sql import Database

#: Many people of one command centre share an address, so it may fail more often, and waits less.
ADDRESS_FREE_ATTEMPTS = 20
ADDRESS_LONGEST_WAIT_S = 30


class SignInLinks:
    """Makes and redeems one-time sign-in links; calls block."""

    def __init__(self, database: Database, sessions: Sessions, settings: HttpSettings, clock: Clock) -> None:
        self._database, self._sessions, self._clock = database, sessions, clock
        self._life_ns = settings.link_life_s * SECOND_NS

    def create(self, user: User) -> str:
        """Return a new token that signs `user` in once; the console opens it at `/#/link/TOKEN`."""
        token, now_ns = new_token(), self._clock.now_ns()
        row = {
            "token_hash": token_hash(token),
            "user_id": user.id,
            "created_ns": now_ns,
            "expires_ns": now_ns + self._life_ns,
        }
        with self._database.write() as connection:
            connection.execute(delete(SIGN_IN_LINKS).where(SIGN_IN_LINKS.c.expires_ns <= now_ns))
            connection.execute(insert(SIGN_IN_LINKS).values(row))
        return token

    def redeem(self, token: str, address: str) -> Opened | None:
        """Use the link up and open a session; None when it is unknown, used or expired."""
        now_ns, key, session_token = self._clock.now_ns(), token_hash(token), new_token()
        usable = (
            SIGN_IN_LINKS.c.token_hash == key,
            SIGN_IN_LINKS.c.used_ns.is_(None),
            SIGN_IN_LINKS.c.expires_ns > now_ns,
        )
        owner = (
            select(USERS)
            .join(SIGN_IN_LINKS, SIGN_IN_LINKS.c.user_id == USERS.c.id)
            .where(*usable, USERS.c.disabled_ns.is_(None))
        )
        with self._database.read() as connection:
            if connection.execute(owner).one_or_none() is None:
                return None
        with self._database.write() as connection:
            row = connection.execute(owner).one_or_none()
            used = connection.execute(update(SIGN_IN_LINKS).where(*usable).values(used_ns=now_ns)).rowcount
            if row is None or not used:
                return None
            user = user_of(row)
            self._sessions.open_in(connection, user, session_token, address)
        return Opened(session_token, csrf_of(session_token), user)


class SignIn:
    """Opens sessions for those who prove who they are; calls block."""

    def __init__(
        self, users: Users, sessions: Sessions, links: SignInLinks, settings: HttpSettings, clock: Clock
    ) -> None:
        self._users, self._sessions, self._links = users, sessions, links
        longest_wait_s = settings.sign_in_longest_wait_s
        # By account and address, so that somebody who guesses does not lock out whose account it is.
        self._pairs = Throttle(clock, free_attempts=settings.sign_in_free_attempts, longest_wait_s=longest_wait_s)
        self._accounts = Throttle(clock, free_attempts=settings.sign_in_account_attempts, longest_wait_s=longest_wait_s)
        self._addresses = Throttle(clock, free_attempts=ADDRESS_FREE_ATTEMPTS, longest_wait_s=ADDRESS_LONGEST_WAIT_S)

    def by_password(self, username: str, password: str, *, address: str) -> Opened:
        """Open a session for the user whose password this is.

        Raises:
            TooMany: this account failed often from here, this address at all, or the account from very many addresses
                (then only addresses where it is signed in may go on); it has to wait.
            Unauthenticated: wrong name or password; which of the two is not told.
        """
        pair = f"{username}\n{address}"
        self._pairs.check(pair, at="username")
        self._addresses.check(address, at="address")
        if not self._sessions.knows(username, address):
            self._accounts.check(username, at="username")
        user = self._users.check(username, password)
        if user is None:
            self._pairs.failed(pair)
            self._accounts.failed(username)
            self._addresses.failed(address)
            raise Unauthenticated(detail="Wrong username or password", at="password")
        self._pairs.succeeded(pair)
        self._addresses.succeeded(address)
        return self._sessions.open(user, address=address)

    def by_link(self, token: str, *, address: str) -> Opened:
        """Open a session for the user whose one-time link this is.

        Raises:
            Unauthenticated: the link is unknown, used or expired.
        """
        opened = self._links.redeem(token, address)
        if opened is None:
            raise Unauthenticated(detail="This link was used or has expired", at="token")
        return opened
