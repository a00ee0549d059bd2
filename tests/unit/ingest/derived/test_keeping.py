"""The file of what derivations remember: read as it was written, set aside where it is damaged."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from ingest.derived.keeping import Kept
from ingest.derived.rows import Rows

STATE = {"noise/total_": np.array([[1.5, np.nan]]), "own": np.array([7])}


def test_what_was_written_is_read(tmp_path):
    Kept(tmp_path / "derived.npz").write(STATE, 42)

    again = Kept(tmp_path / "derived.npz")
    kept = again.read()

    assert again.position == 42
    assert kept.keys() == STATE.keys()
    assert all(np.array_equal(kept[name], STATE[name], equal_nan=True) for name in STATE)


def test_nothing_was_written(tmp_path):
    kept = Kept(tmp_path / "derived.npz")

    assert (kept.read(), kept.position) == ({}, 0)


@pytest.mark.parametrize("damage", [lambda data: data[:-40], lambda _: b"", lambda data: data[:90] + b"?" + data[91:]])
def test_damaged_file_is_set_aside(tmp_path, damage):
    path = tmp_path / "derived.npz"
    Kept(path).write(STATE, 42)
    path.write_bytes(damage(path.read_bytes()))

    kept = Kept(path)

    assert (kept.read(), kept.position) == ({}, 0)
    assert [file.name for file in tmp_path.iterdir()] == ["derived.damaged-1"]


def test_state_from_before_the_one_that_is_kept_is_passed_over(tmp_path):
    kept = Kept(tmp_path / "derived.npz")
    kept.write(STATE, 42)
    kept.write({"own": np.array([1])}, 41)

    again = Kept(tmp_path / "derived.npz")

    assert (again.read().keys(), again.position) == (STATE.keys(), 42)


def test_two_writes_at_once_leave_one_whole_file(tmp_path):
    kept = Kept(tmp_path / "derived.npz")
    large = {"values": np.arange(200_000.0)}
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda position: kept.write(large, position), range(1, 21)))

    again = Kept(tmp_path / "derived.npz")

    assert (len(again.read()["values"]), again.position) == (200_000, 20)
    assert [path.name for path in tmp_path.iterdir()] == ["derived.npz"]


def test_file_of_another_version_is_begun_anew_where_it_is(tmp_path, monkeypatch):
    monkeypatch.setattr("ingest.derived.keeping._VERSION", 2)
    Kept(tmp_path / "derived.npz").write(STATE, 42)
    monkeypatch.undo()

    kept = Kept(tmp_path / "derived.npz")

    assert (kept.read(), kept.position) == ({}, 0)
    assert [file.name for file in tmp_path.iterdir()] == ["derived.npz"]


def test_column_that_became_wider_begins_at_its_default():
    narrow, wide = (
        Rows(value=(np.float64, 0.0, 2), seen=(np.int64, 0)),
        Rows(value=(np.float64, 7.0, 3), seen=(np.int64, 0)),
    )
    sensor = np.array([5], np.int32)
    row = narrow.at(sensor)
    narrow["value"][row], narrow["seen"][row] = 1.0, 3
    wide.load(narrow.dump())

    assert wide["value"][wide.at(sensor)].tolist() == [[7.0] * 3]
    assert wide["seen"][wide.at(sensor)].tolist() == [3]
