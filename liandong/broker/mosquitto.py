"""Password and ACL files for a Mosquitto broker, written without Mosquitto's own tools."""

import base64
import hashlib
import secrets
from pathlib import Path

from liandong.broker.sources import INGEST_USER, NOTIFY_TOPIC, Source
from liandong.folder import write_private
from liandong.secrets import new_secret

#: Rounds that `mosquitto_passwd` 2.0 writes; the passwords are 192 random bits, so more rounds would guard nothing.
_ROUNDS = 101

_SALT_BYTES = 12


class MosquittoFiles:
    """One folder with `passwords`, `acl` and, for `[mqtt] password_file`, ingest's own `ingest.password`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._passwords, self._acl = folder / "passwords", folder / "acl"

    def put(self, source: Source, password: str) -> None:
        """Add `source`, in place of one of the same name; the first call also makes ingest's account.

        A running Mosquitto follows after SIGHUP.
        """
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        heard = [f"topic read {NOTIFY_TOPIC}/{department}" for department in source.listens]
        self._keep(source.name, password, [*(f"topic write {topic}" for topic in source.topics), *heard])
        if not (self._folder / "ingest.password").exists():
            secret = new_secret()
            write_private(self._folder / "ingest.password", secret + "\n")
            self._keep(INGEST_USER, secret, ["topic read #", "topic write liandong/#"])

    def remove(self, name: str) -> bool:
        """Forget the source of this name; return whether there was one. A running Mosquitto follows after SIGHUP."""
        passwords, (head, blocks) = _lines(self._passwords), _blocks(_lines(self._acl))
        others = [line for line in passwords if line.partition(":")[0] != name]
        if len(others) == len(passwords) and name not in blocks:
            return False
        blocks.pop(name, None)
        _write(self._passwords, "\n".join(others) + "\n")
        self._write_acl(head, blocks)
        return True

    def _write_acl(self, head: list[str], blocks: dict[str, list[str]]) -> None:
        text = "\n\n".join("\n".join([f"user {name}", *block]) for name, block in blocks.items())
        _write(self._acl, "\n".join([*head, text]) + "\n")

    def _keep(self, user: str, password: str, rules: list[str]) -> None:
        lines = [line for line in _lines(self._passwords) if line.partition(":")[0] != user]
        _write(self._passwords, "\n".join([*lines, f"{user}:{mosquitto_hash(password)}"]) + "\n")
        head, blocks = _blocks(_lines(self._acl))
        self._write_acl(head, {**blocks, user: rules})


def mosquitto_hash(password: str, salt: bytes | None = None) -> str:
    """Return `password` as a line of a Mosquitto password file holds it: PBKDF2 with SHA-512 (`$7$`)."""
    grain = secrets.token_bytes(_SALT_BYTES) if salt is None else salt
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), grain, _ROUNDS)
    return f"$7${_ROUNDS}${base64.b64encode(grain).decode()}${base64.b64encode(digest).decode()}"


def _write(path: Path, text: str) -> None:
    """Replace a file; one that was opened to Mosquitto's own user stays so."""
    write_private(path, text, mode=path.stat().st_mode & 0o777 if path.exists() else 0o600)


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text("utf-8").splitlines() if line.strip()] if path.exists() else []


def _blocks(lines: list[str]) -> tuple[list[str], dict[str, list[str]]]:
    """Return the lines before the first user, and each user's own."""
    head: list[str] = []
    rules, blocks = head, dict[str, list[str]]()
    for line in lines:
        if line.startswith("user "):
            rules = blocks.setdefault(line.removeprefix("user ").strip(), [])
        else:
            rules.append(line)
    return head, blocks
