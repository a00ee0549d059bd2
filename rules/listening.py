"""The clock of silence: it runs only while ingest hears the broker, so that our own outage is not the city's."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from city.clock import SECOND_NS

#: Ticks come every second; a longer gap than this means that nobody was running to hear anything, and does not count.
LONGEST_TICK_NS = 5 * SECOND_NS


@dataclass(slots=True)
class Listening:
    """Listening time in nanoseconds, moved by ticks and connection entries only.

    Attributes:
        listening: ingest is connected and caught up.
        mark_ns: time of the last tick or connection entry.
        total_ns: listening time up to `mark_ns`.
    """

    listening: bool = False
    mark_ns: int = 0
    total_ns: int = 0

    def tick(self, time_ns: int) -> None:
        """Count the time since the last mark, if somebody listened all the while."""
        step_ns = time_ns - self.mark_ns
        if self.listening and 0 < step_ns <= LONGEST_TICK_NS:
            self.total_ns += step_ns
        self.mark_ns = time_ns

    def connect(self, time_ns: int, *, listening: bool) -> None:
        """Start or stop; what lies between the last tick and this is not counted."""
        self.listening, self.mark_ns = listening, time_ns

    def stamp(self, arrival_ns: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the listening time at which each of these arrived."""
        if not self.listening:
            return np.full(len(arrival_ns), self.total_ns)
        return self.total_ns + np.clip(arrival_ns - self.mark_ns, 0, LONGEST_TICK_NS)
