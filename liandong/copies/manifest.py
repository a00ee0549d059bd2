"""What is in a copy: written last, so that a copy without it was broken off."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import msgspec

from city.errors import LiandongError

#: Version of the layout of a copy; one with a higher number was made by a newer program.
FORMAT = 1

#: Names inside a copy. The sums are in the form of `sha256sum --check`.
MANIFEST, SUMS = "manifest.json", "SHA256SUMS"

#: Beginning of a copy's name, which goes on with its time, and of one that is being made.
PREFIX = "liandong-"

#: Bytes read at once.
CHUNK_BYTES = 1024 * 1024


class BadCopy(LiandongError):
    """Raised when a copy is not whole, not what was written, or not one of ours."""

    code = "bad_copy"

    def __init__(self, *, expected: str, got: str, at: str) -> None:
        self.expected, self.got, self.at = expected, got, at
        super().__init__(f"Expected {expected}, got {got} - at `{at}`")


class Item(msgspec.Struct, frozen=True):
    """One file: its place in the copy, its size in bytes, the hash of its bytes."""

    path: str
    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a copy holds, and of what.

    Attributes:
        began, made: times (RFC 3339, UTC) at which it was begun and complete.
        schema: revision of the SQL database; empty where there was none yet.
        database: kind of SQL database it was taken from; it is always kept as a SQLite file.
        history: `duckdb`, or `influxdb`, which has copies of its own.
        journal_position: newest row of the journal.
        audit_number, audit_seal: the end of the event log.
        rows: rows of each SQL table.
        secrets: whether generated passwords are in it, in clear.
    """

    format: int
    version: str
    began: str
    made: str
    schema: str
    database: str
    history: str
    journal_position: int
    audit_number: int
    audit_seal: str
    rows: dict[str, int]
    secrets: bool
    items: list[Item]

    @property
    def size(self) -> int:
        """Return the bytes of everything in it."""
        return sum(item.size for item in self.items)


def encode(manifest: Manifest) -> bytes:
    """Return the manifest as the text of its file."""
    return msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n"


def sums(items: Sequence[Item], manifest: bytes) -> str:
    """Return the sums of all files, the manifest's among them."""
    lines = [f"{item.sha256}  {item.path}\n" for item in items]
    return "".join(lines) + f"{hashlib.sha256(manifest).hexdigest()}  {MANIFEST}\n"


def read_manifest(copy: Path) -> Manifest:
    """Return the manifest of the copy in folder `copy`.

    Raises:
        BadCopy: it was broken off, damaged, or made by a newer program.
    """
    try:
        text, summed = (copy / MANIFEST).read_bytes(), (copy / SUMS).read_text("ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise BadCopy(expected="a whole copy", got="one without its manifest", at=str(copy)) from error
    if not summed.endswith(f"{hashlib.sha256(text).hexdigest()}  {MANIFEST}\n"):
        raise BadCopy(expected="the manifest that was written", got="a changed one", at=str(copy / MANIFEST))
    try:
        found = msgspec.json.decode(text, type=_Versioned).format
        if found > FORMAT:
            raise BadCopy(expected=f"format {FORMAT} or older", got=f"{found}, of a newer program", at=str(copy))
        return msgspec.json.decode(text, type=Manifest)
    except msgspec.DecodeError as error:
        raise BadCopy(expected="a manifest", got=str(error), at=str(copy / MANIFEST)) from error


class _Versioned(msgspec.Struct):
    format: int


def sha256_of(path: Path) -> str:
    """Return the hash of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def copies_in(folder: Path) -> list[Path]:
    """Return the whole copies in `folder`, oldest first; names rise with time."""
    named = sorted(path for path in folder.glob(f"{PREFIX}*") if not path.name.startswith("."))
    return [path for path in named if (path / SUMS).is_file() or path.suffix == ".tar"]
