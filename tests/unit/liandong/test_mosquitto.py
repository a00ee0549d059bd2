import base64
import stat
from pathlib import Path

from liandong.broker.mosquitto import MosquittoFiles, mosquitto_hash
from liandong.broker.sources import new_source

#: Written by `mosquitto_passwd` 2.0.11 for the password `secret`.
WRITTEN_BY_MOSQUITTO = (
    "$7$101$Aj+MHJMZiHCzOLKh$KPPnHV01QgM2mSOLMJ1cye0bf8k23FjTtF2sgSbE1ZTtiOhUQtRlq5V3CbEcL8Dfc/q6pvVgVr4nIzL116UuCQ=="
)


def put(folder: Path, name: str, *topics: str) -> None:
    MosquittoFiles(folder).put(new_source(name, topics, password="x"), "x")


def test_hash_is_the_one_mosquitto_makes() -> None:
    salt = base64.b64decode(WRITTEN_BY_MOSQUITTO.split("$")[3])

    assert mosquitto_hash("secret", salt) == WRITTEN_BY_MOSQUITTO


def test_each_hash_has_a_salt_of_its_own() -> None:
    assert mosquitto_hash("secret") != mosquitto_hash("secret")


def test_source_may_write_to_its_own_topics_and_ingest_reads_all(tmp_path: Path) -> None:
    put(tmp_path, "gateway", "v3/+/devices/+/up", "city/#")

    lines = (tmp_path / "acl").read_text().splitlines()

    assert lines == [
        "user gateway",
        "topic write v3/+/devices/+/up",
        "topic write city/#",
        "",
        "user liandong-ingest",
        "topic read #",
        "topic write liandong/#",
    ]


def test_second_source_leaves_the_others_and_their_comments(tmp_path: Path) -> None:
    (tmp_path / "acl").write_text("# kept by hand\n\nuser old\ntopic read x\n")
    put(tmp_path, "gateway", "a/#")
    ingest = (tmp_path / "ingest.password").read_text()

    put(tmp_path, "gateway", "b/#")

    text = (tmp_path / "acl").read_text()
    assert text.startswith("# kept by hand\nuser old\ntopic read x\n")
    assert "topic write b/#" in text
    assert "topic write a/#" not in text
    assert (tmp_path / "ingest.password").read_text() == ingest
    users = [line.partition(":")[0] for line in (tmp_path / "passwords").read_text().splitlines()]
    assert sorted(users) == ["gateway", "liandong-ingest"]


def test_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    put(tmp_path, "gateway", "a/#")

    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}

    assert modes == {"acl": 0o600, "passwords": 0o600, "ingest.password": 0o600}


def test_file_that_was_opened_to_the_broker_stays_so(tmp_path: Path) -> None:
    put(tmp_path, "gateway", "a/#")
    (tmp_path / "acl").chmod(0o644)

    put(tmp_path, "other", "b/#")

    assert stat.S_IMODE((tmp_path / "acl").stat().st_mode) == 0o644
