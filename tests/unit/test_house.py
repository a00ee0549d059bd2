"""The house rules that no linter knows: arrows between rooms, sizes of files and functions, names of modules."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

#: Room -> rooms it may import (docs/architecture.md).
ARROWS = {
    "city": set(),
    "registry": {"city", "storage"},
    "ingest": {"city"},
    "storage": {"city"},
    "rules": {"city"},
    "linkage": {"city", "storage"},
    "api": {"city", "registry", "storage", "rules", "linkage"},
    "simulators": {"city"},
    "liandong": {"city", "registry", "ingest", "storage", "rules", "linkage", "api", "simulators"},
}
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "const", "constants", "misc"}
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 40

#: Exceptions, each with its reason.
EXEMPT: dict[str, str] = {}


def sources(*folders: str) -> list[Path]:
    return sorted(
        path
        for folder in folders
        for path in (ROOT / folder).rglob("*.py")
        if "migrations/versions" not in path.as_posix()
    )


def own_code() -> list[Path]:
    return sources(*ARROWS, "benchmarks", "scripts")


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imported_rooms(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return body[-1].end_lineno - body[0].lineno + 1 if body and body[-1].end_lineno else 0


def late_imports(tree: ast.AST) -> list[int]:
    return [
        node.lineno
        for function in functions(tree)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]


@pytest.mark.parametrize("room", ARROWS)
def test_room_imports_only_what_it_may(room: str) -> None:
    allowed = ARROWS[room] | {room}

    crossings = {
        f"{named(path)} imports {other}"
        for path in sources(room)
        for other in imported_rooms(ast.parse(path.read_text("utf-8")))
        if other in ARROWS and other not in allowed
    }

    assert not crossings


@pytest.mark.parametrize("path", own_code() + sources("tests"), ids=named)
def test_file_keeps_its_size(path: Path) -> None:
    lines = len(path.read_text("utf-8").splitlines())

    assert lines <= MAX_FILE_LINES or named(path) in EXEMPT


@pytest.mark.parametrize("path", own_code() + sources("tests"), ids=named)
def test_functions_fit_a_screen(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))

    too_long = [f"{node.name}:{node.lineno}" for node in functions(tree) if body_lines(node) > MAX_FUNCTION_LINES]

    assert [entry for entry in too_long if f"{named(path)}::{entry.partition(':')[0]}" not in EXEMPT] == []


@pytest.mark.parametrize("path", own_code(), ids=named)
def test_file_says_its_idea_and_imports_at_the_top(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))

    assert ast.get_docstring(tree) or not tree.body, "no module docstring"
    assert late_imports(tree) == []
    assert path.stem not in FORBIDDEN_NAMES


def test_no_todo_is_left() -> None:
    marks = ("TO" + "DO", "FIX" + "ME", "XX" + "X")

    left = [
        named(path)
        for path in own_code() + sources("tests")
        if any(f"# {mark}" in path.read_text("utf-8") for mark in marks)
    ]

    assert left == []


def test_no_import_cycle_between_rooms() -> None:
    remaining = dict(ARROWS)

    while free := [room for room, needs in remaining.items() if not needs & remaining.keys()]:
        for room in free:
            del remaining[room]

    assert not remaining


def test_lock_files_record_no_addresses() -> None:
    locks = [*ROOT.glob("requirements*.lock"), *(ROOT / "console").glob("package-lock.json")]

    assert locks
    for lock in locks:
        text = lock.read_text("utf-8")
        assert '"resolved": "http' not in text
        assert "--index-url" not in text
        assert "--find-links" not in text
