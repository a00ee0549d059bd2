"""What words, names and numbers on the wire may look like, said once for routes and bodies."""

from typing import Annotated

from pydantic import Field

# No control characters anywhere: PostgreSQL refuses NUL in text, and a line break in a name forges log lines.
#: An id given by the city or a device.
ID_PATTERN = r"^[^\x00-\x1f\x7f]*$"
#: One line of text for people.
NAME_PATTERN = r"^[^\x00-\x1f\x7f]*$"
#: Several lines of text for people.
NOTE_PATTERN = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"

#: Largest number that SQL keeps.
LARGEST = 2**63 - 1

#: Latest moment that an aware datetime and nanoseconds in 64 bits both hold, in seconds (the year 2262).
LATEST_S = LARGEST // 1_000_000_000

Id = Annotated[str, Field(min_length=1, max_length=200, pattern=ID_PATTERN)]
Word = Annotated[str, Field(max_length=64, pattern=ID_PATTERN)]
Name = Annotated[str, Field(max_length=200, pattern=NAME_PATTERN)]
Note = Annotated[str, Field(max_length=4000, pattern=NOTE_PATTERN)]
Number = Annotated[int, Field(ge=0, le=LARGEST)]
