import stat
from pathlib import Path

import bcrypt
import pytest

from city.errors import BadRequest, BadSettings
from liandong.broker.sources import SourceFile, new_source


def test_source_keeps_a_hash_and_never_the_password(tmp_path: Path) -> None:
    SourceFile(tmp_path).put(new_source("gateway", ("v3/#",), password="secret-of-the-gateway"))

    [kept] = SourceFile(tmp_path).all()

    assert "secret-of-the-gateway" not in (tmp_path / "sources.json").read_text()
    assert bcrypt.checkpw(b"secret-of-the-gateway", kept.password_hash.encode())
    assert stat.S_IMODE((tmp_path / "sources.json").stat().st_mode) == 0o600


def test_source_of_the_same_name_is_replaced(tmp_path: Path) -> None:
    file = SourceFile(tmp_path)
    file.put(new_source("b", ("b/#",), password="x"))
    file.put(new_source("a", ("a/#",), password="x"))

    file.put(new_source("b", ("c/#",), password="y"))

    assert [(source.name, source.topics) for source in file.all()] == [("a", ("a/#",)), ("b", ("c/#",))]


def test_version_tells_that_a_source_was_added(tmp_path: Path) -> None:
    file = SourceFile(tmp_path)
    before = file.version()

    file.put(new_source("a", ("a/#",), password="x"))

    assert file.version() != before


@pytest.mark.parametrize("name", ["", "A", "a b", "a:b", "liandong-ingest", "../x", "x" * 64, "-a"])
def test_source_name_is_plain(name: str) -> None:
    with pytest.raises(BadRequest):
        new_source(name, ("a/#",), password="x")


def test_source_without_topics_is_refused() -> None:
    with pytest.raises(BadRequest):
        new_source("a", (), password="x")


def test_damaged_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "sources.json").write_text("{")

    with pytest.raises(BadSettings, match=r"sources\.json"):
        SourceFile(tmp_path).all()
