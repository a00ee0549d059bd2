"""Passwords: hashed with argon2id, and checked in the same time whether or not the user exists."""

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

#: Fewest characters (OWASP ASVS 5.0 6.2.1 asks for 8 and recommends 15; 12 was ASVS 4.0 2.1.1) and most.
SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 256

#: OWASP Password Storage Cheat Sheet: argon2id with 19 MiB, two passes, one lane.
OWASP_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


class Passwords:
    """Hashes and checks; one check costs about 20 ms and 19 MiB, so callers bound how many run at once."""

    def __init__(self, hasher: PasswordHasher = OWASP_HASHER) -> None:
        self._hasher = hasher
        self._decoy = hasher.hash(secrets.token_urlsafe())

    def hash(self, password: str) -> str:
        """Return the hash to keep."""
        return self._hasher.hash(password)

    def matches(self, kept_hash: str | None, password: str) -> bool:
        """Tell whether `password` made `kept_hash`; without one (None or empty) it takes as long and is False."""
        try:
            self._hasher.verify(kept_hash or self._decoy, password)
        except (VerifyMismatchError, VerificationError, InvalidHashError):
            return False
        return bool(kept_hash)
