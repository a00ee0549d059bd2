"""Copies: what goes into one, what is noticed when it is damaged, and what is left when it breaks off."""

import asyncio
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from city.entry import Tick
from city.errors import BadSettings, StoreUnavailable
from ingest.config import JournalSettings
from ingest.journal import Journal
from liandong.commands.restore import run as run_restore
from liandong.copies import staging
from liandong.copies.archive import chosen, packed
from liandong.copies.keeping import keep_newest
from liandong.copies.manifest import FORMAT, MANIFEST, SUMS, BadCopy, Manifest, copies_in, encode, read_manifest, sums
from liandong.copies.restoring import restore, try_out
from liandong.copies.tables import contents_of
from liandong.copies.taking import Source, take
from liandong.folder import DataFolder, FolderTaken
from liandong.settings import Settings
from tests.support.migrated import write_migrated

SECRET = "a-token-nobody-may-see"


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Return the settings of a city that does not run."""
    root = tmp_path_factory.mktemp("city")
    settings = Settings.model_validate(
        {"data": root / "data", "city": root / "rules", "history": {"token": SECRET, "url": ""}}
    )
    folder = settings.folder
    folder.create()
    (root / "rules").mkdir()
    (root / "rules" / "city.toml").write_text("zoom = 12\n")
    (folder.photos / "ab").mkdir()
    (folder.photos / "ab" / "photo.jpg").write_bytes(b"\xff\xd8")
    (folder.ingest / "session.json").write_text("{}")
    folder.secrets.write_text('link_key = "x"\n')
    write_migrated(folder.database)
    return settings


@pytest.fixture
def copy(city: Settings, tmp_path: Path) -> Path:
    path, _ = asyncio.run(take(Source(city), tmp_path / "copies"))
    return path


def empty(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "again")


def files(root: Path) -> set[str]:
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file() and path.parent.name != "run"}


def test_copy_comes_back_with_everything_but_passwords(copy: Path, tmp_path: Path) -> None:
    manifest = restore(copy, empty(tmp_path), None)

    again = tmp_path / "again"
    assert files(again) == {
        "city.sqlite",
        "city/city.toml",
        "ingest/session.json",
        "photos/ab/photo.jpg",
        "restored.json",
        "settings.txt",
    }
    assert (again / "photos/ab/photo.jpg").read_bytes() == b"\xff\xd8"
    assert not manifest.secrets
    assert SECRET not in (again / "settings.txt").read_text()
    assert again.stat().st_mode & 0o077 == 0


def test_passwords_go_along_where_they_are_asked_for(city: Settings, tmp_path: Path) -> None:
    path, manifest = asyncio.run(take(Source(city, secrets=True), tmp_path))

    assert manifest.secrets
    assert (path / "secrets.toml").read_text() == city.folder.secrets.read_text()


@pytest.mark.parametrize(("text", "goes_along"), [(f'token = "{SECRET}"', False), ("[http]\nport = 8000", True)])
def test_settings_go_along_unless_they_hold_a_secret(
    city: Settings, tmp_path: Path, text: str, *, goes_along: bool
) -> None:
    (tmp_path / "own.toml").write_text(text)

    path, _ = asyncio.run(take(Source(city, tmp_path / "own.toml"), tmp_path / "copies"))

    assert (path / "liandong.toml").exists() == goes_along


def test_restore_says_how_to_start_with_the_settings_that_came_back(
    city: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "own.toml").write_text("[http]\nport = 8000")
    path, _ = asyncio.run(take(Source(city, tmp_path / "own.toml"), tmp_path / "copies"))

    again = tmp_path / "again"
    run_restore(path, data=again)

    last = capsys.readouterr().out.splitlines()[-1]
    assert last == f"liandong up --data {again} --city {again / 'city'} --config {again / 'liandong.toml'}"


def test_tar_file_is_restored_like_a_folder(copy: Path, tmp_path: Path) -> None:
    packed(copy, tmp_path / "city.tar")

    manifest, finding = try_out(tmp_path / "city.tar", tmp_path)

    assert not copy.exists()
    assert manifest.rows["users"] == 0
    assert finding.faults == []
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 4
    path.write_bytes(content)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


DAMAGE = [
    pytest.param(lambda copy: flip(copy / "city.sqlite"), "city.sqlite", id="a flipped bit"),
    pytest.param(lambda copy: cut(copy / "photos/ab/photo.jpg"), "photo.jpg", id="a lost byte"),
    pytest.param(lambda copy: (copy / "ingest/session.json").unlink(), "missing", id="a lost file"),
    pytest.param(lambda copy: flip(copy / MANIFEST), "changed", id="a changed manifest"),
    pytest.param(lambda copy: (copy / SUMS).unlink(), "got none", id="broken off"),
]


@pytest.mark.parametrize(("damage", "said"), DAMAGE)
def test_damaged_copy_is_refused_before_anything_is_written(copy: Path, tmp_path: Path, damage, said: str) -> None:
    damage(copy)

    with pytest.raises(BadCopy, match=said):
        restore(copy, empty(tmp_path), None)

    assert files(tmp_path / "again") == set()


@pytest.mark.parametrize(
    ("change", "said"), [({"format": FORMAT + 1}, "newer program"), ({"schema": "from_the_future"}, "this version")]
)
def test_copy_of_a_newer_program_is_refused_with_words(copy: Path, tmp_path: Path, change, said: str) -> None:
    changed = msgspec.structs.replace(read_manifest(copy), **change)
    (copy / MANIFEST).write_bytes(encode(changed))
    (copy / SUMS).write_text(sums(changed.items, encode(changed)))

    with pytest.raises(BadCopy, match=said):
        restore(copy, empty(tmp_path), None)


def test_folder_that_is_not_empty_is_left_alone(copy: Path, tmp_path: Path) -> None:
    (tmp_path / "again").mkdir()
    (tmp_path / "again" / "mine").touch()

    with pytest.raises(BadSettings, match="empty folder"):
        restore(copy, empty(tmp_path), None)


def test_restore_that_broke_off_does_not_start(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    folder.create()
    folder.restoring.mkdir()

    with pytest.raises(BadSettings, match="broke off"):
        folder.create()


@pytest.fixture
def full(city: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Make the copy fail in its middle: a part that cannot be read."""
    monkeypatch.setattr(staging, "_PATIENCE_S", 0.0)
    path = city.folder.ingest / "locked.sqlite"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("CREATE TABLE one (n)")
        connection.execute("BEGIN EXCLUSIVE")
        yield
    path.unlink()


@pytest.mark.usefixtures("full")
def test_copy_that_breaks_off_leaves_nothing_that_looks_whole(city: Settings, tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match=r"locked\.sqlite"):
        asyncio.run(take(Source(city), tmp_path))

    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_copier_left_is_removed_by_the_next(city: Settings, tmp_path: Path) -> None:
    gone = 2**22  # more than Linux gives out (proc(5), pid_max)
    left = tmp_path / f".liandong-20261120T000000Z.{os.uname().nodename}.{gone}.partial"
    left.mkdir()

    asyncio.run(take(Source(city), tmp_path))

    assert not left.exists()


def test_one_copy_at_a_time(city: Settings, tmp_path: Path) -> None:
    with city.folder.held("backup"), pytest.raises(FolderTaken):
        asyncio.run(take(Source(city), tmp_path))


@pytest.mark.parametrize("inside", ["data", "rules"], ids=["the data folder", "the city folder, which is copied"])
def test_place_inside_what_is_copied_is_refused(city: Settings, inside: str) -> None:
    place = city.folder.root.parent / inside / "copies"

    with pytest.raises(BadSettings, match="outside the"):
        asyncio.run(take(Source(city), place))

    assert not place.exists()


def test_copy_is_taken_and_tried_out_where_one_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings.model_validate({"data": tmp_path / "data", "city": tmp_path / "rules"})
    settings.folder.create()
    write_migrated(settings.folder.database)
    with closing(Journal(settings.folder.ingest / "journal", JournalSettings(), readers={})) as journal:
        journal.append([Tick(1)])
    monkeypatch.chdir(tmp_path)

    path, manifest = asyncio.run(take(Source(settings), Path("copies")))
    _, finding = try_out(path, Path())

    assert (manifest.journal_position, finding.journal_position) == (1, 1)


def test_newest_copies_are_kept(copy: Path) -> None:
    folder = copy.parent
    for day in (1, 2, 3):
        (folder / f"liandong-2020010{day}T000000Z").mkdir()
        (folder / f"liandong-2020010{day}T000000Z" / SUMS).touch()
    (folder / "liandong-of-somebody").mkdir()

    keep_newest(folder, 2)

    assert [path.name for path in copies_in(folder)] == ["liandong-20200103T000000Z", copy.name]
    assert (folder / "liandong-of-somebody").exists()
    assert chosen(folder) == copy


def test_manifest_is_written_as_it_is_read(copy: Path) -> None:
    assert msgspec.json.decode(encode(read_manifest(copy)), type=Manifest) == read_manifest(copy)


def test_what_was_set_aside_before_the_copy_is_no_fault_of_it(city: Settings, tmp_path: Path) -> None:
    old = city.folder.history / "readings.broken-20260101T000000.duckdb"
    old.write_bytes(b"broken")
    try:
        path, _ = asyncio.run(take(Source(city), tmp_path / "copies"))
    finally:
        old.unlink()

    _, finding = try_out(path, tmp_path)

    assert finding.faults == []
    assert (path / "history" / old.name).exists()


def test_database_of_a_copy_is_found_from_where_one_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_migrated(tmp_path / "city.sqlite")
    monkeypatch.chdir(tmp_path)

    assert contents_of(Path("city.sqlite")) == contents_of(tmp_path / "city.sqlite")
