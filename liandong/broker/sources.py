"""The accounts of those who publish to the embedded broker, and what each may publish to."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import bcrypt
import msgspec

from city.errors import BadRequest, BadSettings
from liandong.broker.subject import require_own_prefix
from liandong.folder import write_private

#: Users of the program itself at a broker.
INGEST_USER, SIMULATOR_USER, REPLAY_USER = "liandong-ingest", "liandong-simulator", "liandong-replay"

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")

_DEPARTMENT = re.compile(r"[A-Za-z0-9_-]{1,64}")

#: Where departments are told; their id is the last level.
NOTIFY_TOPIC = "liandong/notify"

#: The lowest bcrypt has, 1 ms: the passwords are 192 random bits, and every reconnecting sensor pays for the hash.
_BCRYPT_COST = 4


@dataclass(frozen=True, slots=True)
class Source:
    """One account: its user name, the hash of its password, the topic filters it may publish to.

    Attributes:
        listens: departments whose messages it may read; everything else is closed to it.
    """

    name: str
    password_hash: str
    topics: tuple[str, ...]
    listens: tuple[str, ...] = ()


def hashed(password: str) -> str:
    """Return the bcrypt hash under which the broker keeps a generated `password`."""
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(_BCRYPT_COST)).decode()


def new_source(name: str, topics: tuple[str, ...], *, password: str, listens: tuple[str, ...] = ()) -> Source:
    """Return a source that may publish to `topics` only, and read what the departments in `listens` are told.

    Raises:
        BadRequest: the name or a topic is not one that a source may have.
    """
    require_source_name(name)
    if not topics and not listens:
        raise BadRequest(expected="at least one topic filter", got="none", at=name)
    for department in listens:
        if not _DEPARTMENT.fullmatch(department):
            raise BadRequest(expected="a department of letters, digits, - and _", got=department, at=name)
    for topic in topics:
        require_own_prefix(topic, at=name)
    return Source(name, hashed(password), topics, listens)


def require_source_name(name: str) -> None:
    """Raise BadRequest for what no source can be called; our own accounts begin with `liandong`."""
    if not _NAME.fullmatch(name) or name.startswith("liandong"):
        expected = "a name of a-z, 0-9, - and _ that does not start with `liandong`"
        raise BadRequest(expected=expected, got=name, at="source name")


class SourceFile:
    """Keeps the sources in one private file, which the running broker is watched to follow."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "sources.json"

    def all(self) -> tuple[Source, ...]:
        """Return the sources in order of name; raises BadSettings for a damaged file."""
        try:
            found = msgspec.json.decode(self.path.read_bytes(), type=tuple[Source, ...])
        except FileNotFoundError:
            return ()
        except msgspec.DecodeError as exc:
            raise BadSettings(expected="the sources written here", got=str(exc), at=str(self.path)) from exc
        return tuple(sorted(found, key=lambda source: source.name))

    def put(self, source: Source) -> None:
        """Add `source`, in place of one of the same name."""
        others = [kept for kept in self.all() if kept.name != source.name]
        self._write([*others, source])

    def remove(self, name: str) -> bool:
        """Forget the source of this name; return whether there was one."""
        known = self.all()
        others = [kept for kept in known if kept.name != name]
        if len(others) < len(known):
            self._write(others)
        return len(others) < len(known)

    def _write(self, sources: Sequence[Source]) -> None:
        text = msgspec.json.format(msgspec.json.encode(sources), indent=2)
        write_private(self.path, text.decode() + "\n")

    def version(self) -> int:
        """Return a number that differs whenever the file was replaced; 0 while there is none."""
        try:
            return self.path.stat().st_mtime_ns
        except FileNotFoundError:
            return 0
