import os
import re

import pytest

from ingest.mqtt.session_file import Remembered, SessionFile


def test_first_read_makes_an_identity_that_stays(tmp_path):
    file = SessionFile(tmp_path / "session.json")

    made = file.read()

    assert re.fullmatch("[0-9a-zA-Z]{10,23}", made.client_id)
    assert SessionFile(tmp_path / "session.json").read() == made
    assert (tmp_path / "session.json").stat().st_mode & 0o777 == 0o600


def test_what_was_written_is_read(tmp_path):
    remembered = Remembered("me", ("a/#", "b"))
    SessionFile(tmp_path / "session.json").write(remembered)

    assert SessionFile(tmp_path / "session.json").read() == remembered


@pytest.mark.parametrize("data", [b"\x00" * 40, b'{"client_id": "\xff"}', b"{}"], ids=["no JSON", "no text", "empty"])
def test_damaged_file_is_set_aside_for_a_new_identity_and_told(tmp_path, data):
    (tmp_path / "session.json").write_bytes(data)

    made = SessionFile(tmp_path / "session.json").read()

    assert made.filters == ()
    assert (tmp_path / "session.damaged-1").read_bytes() == data
    assert SessionFile(tmp_path / "session.json").read() == made


def test_what_is_written_is_on_the_disk_before_it_takes_the_others_place(tmp_path, monkeypatch):
    path, steps = tmp_path / "session.json", []
    SessionFile(path).write(Remembered("old"))
    monkeypatch.setattr(os, "fsync", lambda _: steps.append(SessionFile(path).read().client_id))

    SessionFile(path).write(Remembered("new"))

    assert (steps, SessionFile(path).read().client_id) == (["old"], "new")
