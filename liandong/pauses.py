"""Keeps short what makes a request wait in a process of many threads: their turns and the collection of garbage."""

import gc
import sys

#: Longest turn of a thread while others wait, seconds. With Python's 5 ms a page that reads fifty rows, and lets go of
#: the interpreter at each, waits fifty times as long while alarms are admitted.
TURN_S = 0.0005


def keep_pauses_short() -> None:
    """Shorten the turns, and let the collector look no more at what is there now, which stays: it takes 0.15 s.

    Call it once, when the program is put together.
    """
    sys.setswitchinterval(TURN_S)
    gc.collect()
    gc.freeze()
