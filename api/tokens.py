"""Secrets that a browser carries: made at random, kept only as a hash."""

import hashlib
import hmac
import secrets

#: Bytes of randomness in a session or sign-in link (OWASP ASVS 5.0 7.2.3 asks for 128 bits at least).
TOKEN_BYTES = 32


def new_token() -> str:
    """Return a new secret of 256 random bits, safe in URLs and cookies."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def token_hash(token: str) -> str:
    """Return what the database keeps of `token`; one round is enough for 256 random bits."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def csrf_of(token: str) -> str:
    """Return the CSRF token bound to a session token; it tells nothing about it."""
    return hmac.new(token.encode("utf-8", "replace"), b"csrf", hashlib.sha256).hexdigest()


def is_csrf_of(token: str, given: str | None) -> bool:
    """Tell, in constant time, whether `given` is the CSRF token of this session."""
    return hmac.compare_digest(csrf_of(token).encode(), (given or "").encode("utf-8", "replace"))
