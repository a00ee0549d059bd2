"""Server-sent events as bytes (WHATWG HTML §9.2)."""

import orjson

#: Longest that a browser waits before it connects again, milliseconds.
RETRY_MS = 1000


def encoded(event: str, data: object, *, number: int | None = None) -> bytes:
    """Return one event; `number` becomes the id that a browser resumes from."""
    position = b"" if number is None else b"id: %d\n" % number
    # JSON escapes line breaks, so the data is always one line.
    return b"event: %s\n%sdata: %s\n\n" % (event.encode(), position, orjson.dumps(data))


def opening() -> bytes:
    """Return what a stream begins with: how soon to connect again."""
    return b"retry: %d\n\n" % RETRY_MS
