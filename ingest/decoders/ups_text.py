"""What apcaccess and upsc print, line by line, as the members that converters make of it."""

import re

from city.errors import UndecodableMessage
from ingest.reasons import Reason

#: `BCHARGE  : 100.0 Percent` (apcaccess), `battery.charge: 100` (upsc).
_LINE = re.compile(r"(?P<name>[A-Z][A-Z0-9]{1,8}(?: APC)?|[a-z]+(?:\.[A-Za-z0-9-]+)+)\s*:\s?(?P<said>.*)")
#: How each of them begins; upsc may say before what it lacks.
_HEAD = re.compile(rb"(?:Init SSL[^\n]*\n)?\s*(?:APC\s*:|(?:battery|device|ups|input|output|driver)\.[\w.-]+:)")
#: More lines than any device has variables.
_MOST = 500


def is_printed(payload: bytes) -> bool:
    """Return whether a body begins as either program's report does."""
    return _HEAD.match(payload) is not None


def printed(payload: bytes) -> dict[str, object]:
    """Return the variables of a report.

    Raises:
        UndecodableMessage: it is not UTF-8.
    """
    try:
        lines = payload.decode().splitlines()[:_MOST]
    except UnicodeDecodeError as error:
        raise UndecodableMessage(Reason.NOT_UTF8, expected="UTF-8", got=error.reason, at=f"{error.start}") from error
    found = (_LINE.fullmatch(line.rstrip()) for line in lines)
    return {line["name"]: line["said"].strip() for line in found if line is not None}
