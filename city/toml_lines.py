"""TOML whose mistakes are named with file and line, although the standard parser forgets where it was."""

import re
import tomllib
from dataclasses import dataclass
from typing import Any

from city.errors import BadCityFile

_POSITION = re.compile(r"\(at line (\d+), column \d+\)")


@dataclass(frozen=True, slots=True)
class TomlText:
    """A TOML document: what it says, and where its tables and keys stand."""

    content: dict[str, Any]
    lines: tuple[str, ...]
    file: str

    def at(self, header: str, key: str = "", *, nth: int = 0) -> str:
        """Return `file:line` of a key in the `nth` table written as `header`, such as `[quantity.noise]`."""
        starts = [number for number, line in enumerate(self.lines) if _header(line) == header]
        if nth >= len(starts):
            return f"{self.file}:1"
        start = starts[nth]
        return f"{self.file}:{(self._line_of(key, start) if key else start) + 1}"

    def below(self, header: str, key: str, *, nth: int = 0) -> str:
        """Return `file:line` of a key in the `nth` table written as `header`, or in a table of it, written anyhow."""
        starts = [number for number, line in enumerate(self.lines) if _header(line) == header]
        start = starts[nth] if nth < len(starts) else 0
        wanted = re.compile(rf"(?:^|[\s{{,.])[\"']?{re.escape(key)}[\"']?\s*(?:\.[^=]*)?=|^\s*\[.*\.{re.escape(key)}\]")
        for number in range(start + 1, len(self.lines)):
            if self.lines[number].lstrip().startswith("[["):
                break
            if wanted.search(self.lines[number].partition("#")[0]):
                return f"{self.file}:{number + 1}"
        return f"{self.file}:{start + 1}"

    def top(self, key: str) -> str:
        """Return `file:line` of a key or table at the top of the document, or its first line."""
        for number, line in enumerate(self.lines, start=1):
            word = line.partition("=")[0].strip().strip("[]").partition(".")[0]
            if word == key:
                return f"{self.file}:{number}"
        return f"{self.file}:1"

    def _line_of(self, key: str, start: int) -> int:
        for number in range(start + 1, len(self.lines)):
            line = self.lines[number].strip()
            if line.startswith("["):
                break
            if line.partition("=")[0].strip().strip("\"'") == key:
                return number
        return start


def parse_toml(text: str, file: str) -> TomlText:
    """Return the document in `text`.

    Raises:
        BadCityFile: it is not TOML.
    """
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _POSITION.search(str(error))
        line = found.group(1) if found else len(text.splitlines()) or 1  # the parser says "at end of document"
        said = str(error).partition(" (at ")[0]
        raise BadCityFile(expected="TOML", got=said, at=f"{file}:{line}") from error
    except RecursionError as error:
        raise BadCityFile(expected="TOML", got="too many brackets", at=f"{file}:1") from error
    return TomlText(content, tuple(text.splitlines()), file)


def _header(line: str) -> str:
    return line.partition("#")[0].strip().replace('"', "").replace(" ", "")
