"""MQTT topic filters as NATS subjects, in which the embedded broker's permissions are written."""

from city.errors import BadRequest

#: First levels that are the system's own, whoever publishes.
_RESERVED = ("liandong", "$", "_")


def subjects(topic_filter: str) -> list[str]:
    """Return the NATS subjects that together match what `topic_filter` matches.

    A `#` also stands for no level at all, which NATS's `>` does not, so such a filter becomes two subjects.
    """
    levels = topic_filter.split("/")
    whole = ".".join(_token(level) for level in levels)
    if len(levels) > 1 and levels[-1] == "#":
        return [".".join(_token(level) for level in levels[:-1]), whole]
    return [whole]


def _token(level: str) -> str:
    return {"": "/", "+": "*", "#": ">"}.get(level) or level.replace(".", "//")


def require_own_prefix(topic_filter: str, *, at: str) -> None:
    """Raise BadRequest unless a source may be given this filter.

    It must be a valid MQTT filter that the embedded broker can hold, under a first level of the source's own.
    """
    levels = topic_filter.split("/")
    first = levels[0] or (levels[1] if len(levels) > 1 else "")
    if not first or first in {"+", "#"} or first.startswith(_RESERVED):
        expected = "a topic filter under a plain first level other than `liandong`, `$…` and `_…`"
        raise BadRequest(expected=expected, got=topic_filter, at=at)
    misplaced = any(set(level) & {"+", "#"} and level not in {"+", "#"} for level in levels) or "#" in levels[:-1]
    # A space, a control character or NATS's own wildcards would change what the permission means.
    unsafe = any(character <= " " or character in '*>"\x7f' for character in topic_filter)
    if misplaced or unsafe or len(topic_filter) > 512:
        raise BadRequest(
            expected="an MQTT topic filter, `+` and `#` alone in a level, `#` last, no space, `*` or `>`",
            got=topic_filter,
            at=at,
        )
