"""What the docs name is there: their links lead somewhere, and the files they tell of exist."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

_LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
_FILE = re.compile(r"`([\w./-]+\.(?:py|ts|svelte|css|md|sql))(?::[\w:]+)?`")

#: What stands between the folders of the repository and is not part of it.
_BESIDE = {".git", ".venv", "node_modules", "build", "data", "__pycache__", ".mypy_cache", ".ruff_cache"}

DOCS = sorted(
    path.relative_to(ROOT).as_posix()
    for path in (ROOT / "README.md", ROOT / "console" / "README.md", *(ROOT / "docs").rglob("*.md"))
)


def _walked(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.name in _BESIDE:
            continue
        yield path
        if path.is_dir() and not path.is_symlink():
            yield from _walked(path)


@cache
def _paths() -> frozenset[str]:
    return frozenset(path.relative_to(ROOT).as_posix() for path in _walked(ROOT))


@cache
def _ends() -> frozenset[str]:
    """Every end of a path: `mqtt/link.py` names `ingest/mqtt/link.py`."""
    parts = (path.split("/") for path in _paths())
    return frozenset("/".join(part[at:]) for part in parts for at in range(len(part)))


@pytest.mark.parametrize("doc", DOCS)
def test_doc_names_what_is_there(doc: str) -> None:
    text = (ROOT / doc).read_text("utf-8")
    folder = (ROOT / doc).parent
    links = [link for link in _LINK.findall(text) if "://" not in link and not (folder / link).exists()]
    files = [file for file in _FILE.findall(text) if file.removeprefix("./") not in _ends()]

    assert (links, files) == ([], []), doc


def test_reading_is_followed_through_eight_files() -> None:
    way = (ROOT / "docs" / "architecture.md").read_text("utf-8").partition("## Where it can die")[0]
    opened = re.findall(r"\*\*`([^`]+)`\*\*", way)

    assert len(opened) == 8
    assert set(opened) <= _paths()
