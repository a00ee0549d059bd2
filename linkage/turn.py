"""What the desk does again and again beside admitting and delivering: one small piece of work behind one method."""

from typing import Protocol


class Turn(Protocol):
    """A piece of the desk's work that comes up again and again; it blocks on the database, and runs in a thread.

    What is due is found by an index on the time of its next look, so that a turn with nothing to do costs one query.

    Attributes:
        name: for tasks and the log, such as `clocks`.
        every_s: time between two turns, seconds.
    """

    name: str
    every_s: float

    def take(self) -> int:
        """Do what is due, in short transactions; return how much was done.

        Raises:
            StoreUnavailable: the database does not answer; the next turn does what was left.
        """
        ...
