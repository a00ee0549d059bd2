"""Keeps the newest copies at a place and removes the others."""

import shutil
from pathlib import Path

import structlog

from liandong.copies.manifest import copies_in

log = structlog.get_logger()


def keep_newest(folder: Path, keep: int) -> list[Path]:
    """Remove whole copies but for the newest `keep`; what is not ours, or is being made, stays.

    One is first renamed, so that a removal that breaks off leaves nothing that looks like a copy.
    """
    gone = copies_in(folder)[:-keep]
    for copy in gone:
        if copy.is_dir():
            going = copy.with_name(f".{copy.name}.going")
            copy.rename(going)
            shutil.rmtree(going, ignore_errors=True)
        else:
            copy.unlink(missing_ok=True)
        log.info("copy_removed", copy=str(copy))
    return gone
