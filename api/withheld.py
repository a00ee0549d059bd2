"""What of a refusal's words may be shown to who may not see the message's bytes: all but what was found in them."""

import re

#: As errors say it (`city.errors`): what was expected, what came, and where. Only the middle is the message's own.
_SAID = re.compile(r"(Expected .*?), got .*( - at `[^`]*`)", re.DOTALL)


def without_found(detail: str) -> str:
    """Return a refusal's words without what the message said: expectation and place, of other words those in front."""
    said = _SAID.fullmatch(detail)
    return said[1] + said[2] if said is not None else re.split(", got |:", detail, maxsplit=1)[0]
