"""Days that a caller gives: a full date of RFC 3339."""

import re
from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from linkage.evaluation.period import FIRST_YEAR, LAST_YEAR

_FULL_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
#: Ten years from the ends of what can be evaluated, since a trend looks back.
_EARLIEST, _LATEST = date(FIRST_YEAR + 10, 1, 1), date(LAST_YEAR - 1, 12, 31)


def day(text: object) -> date:
    """Return the day in `text`; one before or after all that can be evaluated is moved to that end.

    Raises:
        ValueError: it is no day.
    """
    if isinstance(text, date):
        return text
    try:
        if isinstance(text, str) and _FULL_DATE.fullmatch(text) and not text.startswith("0000"):
            return min(max(date.fromisoformat(text), _EARLIEST), _LATEST)
    except ValueError:
        pass
    raise PydanticCustomError("day", "Expected a day, such as 2026-11-20")


Day = Annotated[date, BeforeValidator(day), WithJsonSchema({"type": "string", "format": "date"})]
