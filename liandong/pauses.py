"""Keeps short what makes a request wait in a process of many threads: their turns and the collection of garbage."""

import gc
import sys

#: Longest turn of a thread while others wait, seconds. With Python's 5 ms a page that reads fifty rows, and lets go of
#: the interpreter at each, waits fifty times as long while alarms are admitted.
TURN_S = 0.0005

#: Containers made, net, before the youngest are looked through, and how many such looks come before one at the next
#: older generation. With Python's own numbers everything is looked through every three seconds while ten thousand
#: readings a second are told on, which takes 60 ms and finds nothing; whoever waits for an alarm sees that.
_COLLECTIONS = (10_000, 20, 100)


def keep_pauses_short() -> None:
    """Shorten turns; the collector looks no more at what is there now, which stays (0.15 s), and seldom at the rest.

    Call it once, when the program is put together.
    """
    sys.setswitchinterval(TURN_S)
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECTIONS)
