"""How this process asks the system for memory, and gives back what nothing uses any more."""

import ctypes
import sys

#: mallopt(3): from how many bytes on an allocation is mapped by itself, and how many arenas there are at most.
_MMAP_THRESHOLD, _ARENA_MAX = -3, -8
#: What is larger is given back when it is freed. By itself, glibc maps less and less by itself (mallopt(3): up to
#: 32 MB, as large as what was freed last): columns that grew, and files that were read, leave holes then.
_MAPPED_BYTES = 1 << 20
#: For the loop's thread, and for all others together. By itself it is eight for each core, each with holes of its own.
_ARENAS = 2


def keep_memory_tight() -> None:
    """Leave no large holes in memory that was used once; call it before there are threads. glibc only."""
    limit = _glibc("mallopt")
    if limit is not None:
        limit(_MMAP_THRESHOLD, _MAPPED_BYTES)
        limit(_ARENA_MAX, _ARENAS)


def give_back_memory() -> None:
    """Give back what lies free among what is in use; glibc keeps it else (malloc_trim(3)), others have no such call."""
    trim = _glibc("malloc_trim")
    if trim is not None:
        trim(0)


def _glibc(name: str) -> "ctypes._NamedFuncPointer | None":
    """Return a function of the C library; None where the system's has none of that name."""
    return getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None
