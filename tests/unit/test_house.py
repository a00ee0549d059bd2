"""The house rules that no linter knows: arrows between rooms, sizes of files and functions, names of modules."""

import ast
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
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


#: Folders of our own code, and those whose sizes count too.
OWN_CODE = [*ARROWS, "benchmarks", "scripts"]
ALL_CODE = [*OWN_CODE, "tests"]


@cache
def text_of(path: Path) -> str:
    return path.read_text("utf-8")


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(text_of(path))


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


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imported_modules(tree: ast.AST) -> Iterator[str]:
    """Yield whatever an import runs: modules, those that are imported from one, and the packages around them."""
    for node in ast.walk(tree):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{name}" for name in names)]
        for name in names:
            levels = name.split(".")
            yield from (".".join(levels[:stop]) for stop in range(1, len(levels) + 1))


def test_no_module_imports_itself_by_way_of_others() -> None:
    trees = {module_of(path): tree_of(path) for path in sources(*OWN_CODE)}
    # The packages around a module have run before it: their tables may name it.
    graph = {
        name: {other for other in imported_modules(tree) if other in trees and not f"{name}.".startswith(f"{other}.")}
        for name, tree in trees.items()
    }

    assert set(TopologicalSorter(graph).static_order()) == set(trees)  # else a CycleError names the circle


@pytest.mark.parametrize("room", ARROWS)
def test_room_imports_only_what_it_may(room: str) -> None:
    allowed = ARROWS[room] | {room}

    crossings = {
        f"{named(path)} imports {other}"
        for path in sources(room)
        for other in imported_rooms(tree_of(path))
        if other in ARROWS and other not in allowed
    }

    assert not crossings


@pytest.mark.parametrize("folder", ALL_CODE)
def test_files_keep_their_size(folder: str) -> None:
    lines = {named(path): len(text_of(path).splitlines()) for path in sources(folder)}

    assert lines
    assert {name: count for name, count in lines.items() if count > MAX_FILE_LINES and name not in EXEMPT} == {}


@pytest.mark.parametrize("folder", ALL_CODE)
def test_functions_fit_a_screen(folder: str) -> None:
    too_long = [
        f"{named(path)}:{function.lineno}"
        for path in sources(folder)
        for function in functions(tree_of(path))
        if body_lines(function) > MAX_FUNCTION_LINES and f"{named(path)}::{function.name}" not in EXEMPT
    ]

    assert too_long == []


@pytest.mark.parametrize("folder", OWN_CODE)
def test_files_say_their_idea_and_import_at_the_top(folder: str) -> None:
    files = {path: tree_of(path) for path in sources(folder)}

    assert [named(path) for path, tree in files.items() if tree.body and not ast.get_docstring(tree)] == []
    assert [f"{named(path)}:{line}" for path, tree in files.items() for line in late_imports(tree)] == []
    assert [named(path) for path in files if path.stem in FORBIDDEN_NAMES] == []


def test_no_todo_is_left() -> None:
    marks = ("TO" + "DO", "FIX" + "ME", "XX" + "X")

    left = [named(path) for path in sources(*ALL_CODE) if any(f"# {mark}" in text_of(path) for mark in marks)]

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
