"""Memory that a start needed and nothing uses any more is given back to the system."""

import ctypes
import sys


def give_back_memory() -> None:
    """Give back what lies free among what is in use; glibc keeps it else (malloc_trim(3)), others have no such call."""
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)
