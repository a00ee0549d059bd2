"""Work that makes much and lets go of little, during which nobody looks for garbage."""

import atexit
import gc
from collections.abc import Iterator
from contextlib import contextmanager

# What is still kept from the collector when an interpreter is taken apart is told page by page as leaked by libraries
# that look then (DuckDB's nanobind); our commands end without it.
atexit.register(gc.unfreeze)


@contextmanager
def uncollected() -> Iterator[None]:
    """Look for no garbage while the block lasts, and not among what it leaves.

    The collector holds every thread: over all that a large city's process has, it held ingest's loop for 280 ms while
    a book of a thousand rules was read beside it, and 37 ms without it (CPU time, 20,000 sensors).
    """
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if on:
            gc.enable()
