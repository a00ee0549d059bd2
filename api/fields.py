"""What words, names and numbers on the wire may look like, said once for routes and bodies."""

from typing import Annotated

from fastapi import Path
from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

# No control characters anywhere: PostgreSQL refuses NUL in text, and a line break in a name forges log lines.
#: An id given by the city or a device.
ID_PATTERN = r"^[^\x00-\x1f\x7f]*$"
#: One line of text for people.
NAME_PATTERN = r"^[^\x00-\x1f\x7f]*$"
#: Several lines of text for people.
NOTE_PATTERN = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"

#: Several lines of text that are not all blank.
SAID_PATTERN = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*[^\x00-\x20\x7f\s][^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"

#: Largest whole number that JSON carries between any two programs (RFC 8259 §6).
LARGEST = 2**53 - 1

#: Longest id and longest name (registry.sensor_fields).
LONGEST_WORD = 200


def _no_truth(value: object) -> object:
    """Refuse true and false, which Python takes for 1 and 0."""
    if isinstance(value, bool):
        raise PydanticCustomError("number", "Expected a number, got {got}", {"got": str(value).lower()})
    return value


Id = Annotated[str, Field(min_length=1, max_length=LONGEST_WORD, pattern=ID_PATTERN)]
Word = Annotated[str, Field(max_length=LONGEST_WORD, pattern=ID_PATTERN)]
Name = Annotated[str, Field(max_length=LONGEST_WORD, pattern=NAME_PATTERN)]
Note = Annotated[str, Field(max_length=4000, pattern=NOTE_PATTERN)]
#: A note that says something.
SaidNote = Annotated[str, Field(min_length=1, max_length=4000, pattern=SAID_PATTERN)]
#: A count in a body; what looks at the value stands last, so that the document keeps the limits.
Number = Annotated[int, Field(ge=0, le=LARGEST), BeforeValidator(_no_truth)]

#: A sensor's id in a path, where it may have slashes; what cannot be an id is simply not found.
SensorId = Annotated[str, Path(min_length=1, max_length=LONGEST_WORD, examples=["room-1/inlet"])]
#: An incident's or a task's id in a path: a number as text.
RowPath = Annotated[str, Path(pattern=r"^[0-9]{1,18}$")]
