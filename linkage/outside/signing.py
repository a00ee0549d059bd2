"""The signature of webhooks to departments' own systems."""

import hashlib
import hmac

#: When the request was signed, in seconds since 1970; refuse what is older than a few minutes.
TIMESTAMP_HEADER = "Liandong-Timestamp"

#: `v1=` and the HMAC-SHA256, in hexadecimal digits, of the timestamp, a full stop and the body.
SIGNATURE_HEADER = "Liandong-Signature"

#: The same for every repetition of the same event.
KEY_HEADER = "Idempotency-Key"


def signature(secret: str, timestamp_s: int, body: bytes) -> str:
    """Return the signature of a body sent at `timestamp_s`."""
    return "v1=" + hmac.new(secret.encode(), f"{timestamp_s}.".encode() + body, hashlib.sha256).hexdigest()
