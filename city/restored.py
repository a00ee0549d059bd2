"""A city that was brought back from a copy and keeps to itself until somebody says that it is the city now."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Restored:
    """What was brought back: when it was copied, as its manifest says (empty where nobody knows), and when it came."""

    made: str
    restored_ns: int


class RestoredCity(Protocol):
    """Whether this city is such a one; calls block for a look at a file."""

    def standing(self) -> Restored | None:
        """Return what was brought back and nobody has called the city yet; None for a city that acts."""
        ...

    def acknowledge(self, by: str) -> None:
        """Let it act from now on; raises Conflict where it does already."""
        ...
