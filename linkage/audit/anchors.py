"""The file of anchors: ends of the log noted outside, so that who owns the database alone cannot cut or rewrite it."""

import os
import re
from pathlib import Path

import structlog

from city.clock import iso
from city.errors import BadDocument
from linkage.audit.chain import Head

log = structlog.get_logger()

_LINE = re.compile(r"(\S+) ([1-9][0-9]{0,17}) ([0-9a-f]{64})")


def read_anchors(path: Path) -> dict[int, str]:
    """Return the seals that were noted, by row number; nothing when there is no such file.

    Raises:
        BadDocument: a line, other than a last one cut short, is no anchor.
    """
    try:
        lines = path.read_text("utf-8", errors="replace").split("\n")
    except FileNotFoundError:
        return {}
    whole, cut = lines[:-1], lines[-1]
    if cut:
        log.warning("anchor_cut_short", file=str(path), line=len(lines))
    anchors: dict[int, str] = {}
    for number, line in enumerate(whole, 1):
        found = _LINE.fullmatch(line)
        if found is None:
            raise BadDocument(expected="`time number seal`", got=line[:100], at=f"{path}:{number}")
        anchors[int(found[2])] = found[3]
    return anchors


def anchor_line(end: Head, now_ns: int) -> str:
    """Return an anchor as text: when, up to which row, and that row's seal."""
    return f"{iso(now_ns)} {end.number} {end.hash}"


def add_anchor(path: Path, end: Head, now_ns: int) -> None:
    """Add an anchor to the file and wait until it is on the disk; a line cut short before is ended first."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "r+b", buffering=0) as file:
        size = file.seek(0, os.SEEK_END)
        if size:
            file.seek(size - 1)
            if file.read(1) != b"\n":
                file.truncate(_whole(path))
        file.write(f"{anchor_line(end, now_ns)}\n".encode())
        os.fsync(descriptor)


def _whole(path: Path) -> int:
    """Return the size of the file's whole lines."""
    return path.read_bytes().rfind(b"\n") + 1
