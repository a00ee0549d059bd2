"""The tokens with which departments' own systems answer: shown once, kept as a hash, revocable."""

import hashlib
import secrets
from dataclasses import dataclass

from sqlalchemy import RowMapping, insert, select, update

from city.clock import SECOND_NS, Clock
from city.errors import NotFound
from linkage.outside.tables import SYSTEM_TOKENS
from storage.sql import Database

#: What tokens begin with, so that scanners of leaked secrets find them.
PREFIX = "ldx_"

#: Bytes of randomness (OWASP ASVS 5.0 7.2.3 asks for 128 bits at least).
_TOKEN_BYTES = 32

#: A token's last use is written at most this often.
_TOUCH_EVERY_NS = 60 * SECOND_NS


@dataclass(frozen=True, slots=True)
class SystemToken:
    """A token without its secret."""

    id: int
    department: str
    name: str
    created_ns: int
    created_by: str
    used_ns: int | None
    revoked_ns: int | None


class SystemTokens:
    """Keeps tokens in SQL. Calls block on the database: call from a thread."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    def issue(self, department: str, name: str, *, by: str) -> tuple[SystemToken, str]:
        """Make a token for a department's system; return it with its secret, which nobody can read again."""
        secret = PREFIX + secrets.token_urlsafe(_TOKEN_BYTES)
        row = {
            "department": department,
            "name": name,
            "token_hash": _hash(secret),
            "created_ns": self._clock.now_ns(),
            "created_by": by,
        }
        with self._database.write() as connection:
            made = insert(SYSTEM_TOKENS).values(row).returning(*SYSTEM_TOKENS.c)
            return _token(connection.execute(made).mappings().one()), secret

    def all(self) -> list[SystemToken]:
        """Return every token, also revoked ones, in order of id."""
        with self._database.read() as connection:
            rows = connection.execute(select(SYSTEM_TOKENS).order_by(SYSTEM_TOKENS.c.id)).mappings()
            return [_token(row) for row in rows]

    def revoke(self, number: int) -> SystemToken:
        """End a token at once; one that has ended stays so.

        Raises:
            NotFound: there is no such token.
        """
        alive = (SYSTEM_TOKENS.c.id == number, SYSTEM_TOKENS.c.revoked_ns.is_(None))
        with self._database.write() as connection:
            connection.execute(update(SYSTEM_TOKENS).where(*alive).values(revoked_ns=self._clock.now_ns()))
            query = select(SYSTEM_TOKENS).where(SYSTEM_TOKENS.c.id == number)
            row = connection.execute(query).mappings().one_or_none()
        if row is None:
            raise NotFound("token", number)
        return _token(row)

    def find(self, secret: str) -> SystemToken | None:
        """Return the live token with this secret, and remember that it was used."""
        wanted = (SYSTEM_TOKENS.c.token_hash == _hash(secret), SYSTEM_TOKENS.c.revoked_ns.is_(None))
        with self._database.read() as connection:
            row = connection.execute(select(SYSTEM_TOKENS).where(*wanted)).mappings().one_or_none()
        if row is None:
            return None
        now_ns = self._clock.now_ns()
        if row["used_ns"] is None or now_ns - row["used_ns"] >= _TOUCH_EVERY_NS:
            with self._database.write() as connection:
                connection.execute(update(SYSTEM_TOKENS).where(*wanted).values(used_ns=now_ns))
        return _token(row)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def _token(row: RowMapping) -> SystemToken:
    return SystemToken(**{name: row[name] for name in SystemToken.__slots__})
