"""The reason codes of MQTT 5 in words (§2.4), as people are told them."""

#: From here on a code says that something was refused or ended badly.
FAILURE = 0x80

_WORDS = {
    0x00: "ended as asked",
    0x80: "unspecified error",
    0x81: "malformed packet",
    0x82: "protocol error",
    0x83: "the broker's own rule forbids it",
    0x84: "unsupported protocol version",
    0x85: "client identifier rejected",
    0x86: "bad user name or password",
    0x87: "not authorised",
    0x88: "server unavailable",
    0x89: "server busy",
    0x8A: "banned",
    0x8B: "server shutting down",
    0x8C: "bad authentication method",
    0x8D: "keep-alive timeout",
    0x8E: "session taken over by another client with our id",
    0x8F: "topic filter invalid",
    0x90: "topic name invalid",
    0x91: "packet id in use",
    0x92: "packet id not found",
    0x93: "receive maximum exceeded",
    0x94: "topic alias invalid",
    0x95: "packet too large",
    0x96: "message rate too high",
    0x97: "quota exceeded",
    0x98: "administrative action",
    0x99: "payload format invalid",
    0x9A: "retained messages not supported",
    0x9B: "QoS not supported",
    0x9C: "use another server",
    0x9D: "server moved",
    0x9E: "shared subscriptions not supported",
    0x9F: "connection rate exceeded",
    0xA0: "maximum connect time",
    0xA1: "subscription identifiers not supported",
    0xA2: "wildcard subscriptions not supported",
}


def words(code: int, said: str = "") -> str:
    """Return what a code means, with what the broker itself `said` beside it."""
    meaning = _WORDS.get(code, f"code {code}")
    return f"{meaning} ({said})" if said else meaning
