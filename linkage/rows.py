"""Row ids as they come over the wire: numbers as text."""

from city.errors import NotFound


def row_number(text: str, kind: str) -> int:
    """Return the row id in `text`; raises NotFound for what is no id, which names nothing."""
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise NotFound(kind, text)
    return int(text)
