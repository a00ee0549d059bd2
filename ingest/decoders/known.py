"""What a member of a family's messages is, for the tables in which families name theirs."""

from typing import NamedTuple


class Known(NamedTuple):
    """A quantity, its unit as the family means it, and which of several it is; unit None: the message or nobody says."""

    quantity: str
    unit: str | None = None
    label: str = ""
