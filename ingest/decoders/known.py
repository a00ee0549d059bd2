"""What a member of a family's messages is, for the tables in which families name theirs."""

from typing import NamedTuple


class Known(NamedTuple):
    """A quantity, its unit as the family means it, and which of several it is.

    Attributes:
        unit: None where the message says it, or nobody.
    """

    quantity: str
    unit: str | None = None
    label: str = ""
