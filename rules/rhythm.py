"""How long sensors usually pause between two words, learned from their own arrivals, one row a sensor.

A pause that comes back at least once in some sixty times its own length is part of the rhythm; one that came once is
forgotten. So a sender of bursts is judged by the pauses between its bursts, one that sleeps at night by its nights, and
an outage does not make a quick sensor slow.
"""

import numpy as np
from numpy.typing import NDArray

from city.clock import SECOND_NS
from rules.alarms import NEVER_NS
from rules.ordering import begins
from rules.table import StateTable

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

#: What arrives within a second of a word belongs to it: the values of one message, the messages of one burst.
_WORD_NS = SECOND_NS

#: While it has fewer pauses than these, and of those that begin in its first day, the longest stands for the rhythm.
#: Chosen here: the longest of twenty is exceeded by one in twenty, which the rule's own number of intervals bears, and
#: a day has a night in it.
FEWEST, DAY_NS = 20, 86_400 * SECOND_NS

#: A pause longer than the rhythm lengthens it by half, at most to its own length; a shorter one shortens it by this
#: part of the pause. Both balance when longer ones come once in `FORGETS` / 2 times their length.
FORGETS = 128


class Rhythm:
    """Learns in listening time, so that our own outages are nobody's pauses; only the order of arrival counts."""

    def __init__(self, keys: Ints) -> None:
        columns = {
            "interval_ns": (np.int64, 0),
            "pauses": (np.int32, 0),
            "first_ns": (np.int64, NEVER_NS),
            "word_ns": (np.int64, NEVER_NS),
        }
        self.table = StateTable("rhythm", keys, columns)

    def known(self, row: Ints, learn_ns: Ints) -> Flags:
        """Return which rows have had enough pauses, over at least `learn_ns` of listening time each."""
        table = self.table
        learned: Flags = table["pauses"][row] >= FEWEST
        learned &= table["word_ns"][row] - table["first_ns"][row] >= learn_ns
        return learned

    def take(self, row: Ints, heard_ns: Ints) -> None:
        """Learn from arrivals; `row` is sorted, and each row's listening times rise."""
        if not len(row):
            return
        start = begins(row)
        speaker, base_ns = row[start], int(heard_ns.min())
        end = np.append(start[1:], len(row))
        word_ns = self.table["word_ns"]
        worth = np.flatnonzero(heard_ns[end - 1] - word_ns[speaker] >= _WORD_NS)
        if not len(worth):
            return
        # Each speaker has a stretch of numbers of its own, so that one search finds the next word of all of them.
        width = int(heard_ns.max()) - base_ns + 2
        number = np.repeat(np.arange(len(start)), end - start) * width + (heard_ns - base_ns)
        while len(worth):
            next_ns = np.clip(word_ns[speaker[worth]] + _WORD_NS - base_ns, 0, width - 1)
            found = np.searchsorted(number, worth * width + next_ns)
            said = found < end[worth]
            worth, found = worth[said], found[said]
            self._word(speaker[worth], heard_ns[found])

    def _word(self, row: Ints, time_ns: Ints) -> None:
        """Take one word of each of `row`."""
        table = self.table
        before_ns, interval_ns, pauses = table["word_ns"][row], table["interval_ns"][row], table["pauses"][row]
        first = before_ns == NEVER_NS
        pause_ns = np.where(first, 0, time_ns - before_ns)
        learning = (pauses < FEWEST) | (before_ns - table["first_ns"][row] < DAY_NS)
        longer = np.where(learning, pause_ns, np.minimum(pause_ns, interval_ns + interval_ns // 2))
        shorter = interval_ns - np.minimum(pause_ns // FORGETS, interval_ns - pause_ns)
        learned = np.where(pause_ns > interval_ns, longer, np.where(learning, interval_ns, shorter))
        table["interval_ns"][row] = np.where(first, interval_ns, learned)
        table["pauses"][row] = np.minimum(pauses + ~first, FEWEST)
        table["first_ns"][row] = np.where(first, time_ns, table["first_ns"][row])
        table["word_ns"][row] = time_ns
        table.touch(row)
