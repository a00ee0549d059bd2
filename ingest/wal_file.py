"""Looks into a SQLite write-ahead log for commits that recovery would leave out without a word."""

import struct
from pathlib import Path

# https://www.sqlite.org/fileformat2.html#walformat
HEADER_BYTES = 32
_PAGE_SIZE = struct.Struct(">8xI")
#: Page number, size of the database after a commit (0 in a frame that ends none), and the log's two salts.
_FRAME = struct.Struct(">II8s")
_FRAME_HEADER_BYTES = 24
_PAGE_SIZES = frozenset(1 << power for power in range(9, 17))
#: SQLite's default and ours, for a log whose own header is damaged.
_USUAL_PAGE = 4096
#: A frame of ours.
FRAME_BYTES = _FRAME_HEADER_BYTES + _USUAL_PAGE


def unreadable_commits(path: Path, valid_frames: int) -> int:
    """Return how many commits lie in the log at `path` behind its first `valid_frames` frames.

    Recovery stops at the first frame whose checksum is wrong. Behind it may lie one commit that was being written when
    the power went; more than that, or one that was acknowledged, is damage.
    """
    try:
        log = path.read_bytes()
    except FileNotFoundError:
        return 0
    if len(log) < HEADER_BYTES + _FRAME_HEADER_BYTES:
        return 0
    (page_bytes,) = _PAGE_SIZE.unpack_from(log)
    if page_bytes not in _PAGE_SIZES:
        page_bytes = _USUAL_PAGE
    step = _FRAME_HEADER_BYTES + page_bytes
    places = range(HEADER_BYTES + valid_frames * step, len(log) - step + 1, step)
    _, _, salts = _FRAME.unpack_from(log, HEADER_BYTES)
    frames = (_FRAME.unpack_from(log, place) for place in places)
    return sum(1 for _, size_after, salt in frames if size_after and salt == salts)
