from pathlib import Path

import msgspec
import pytest
from prometheus_client import CollectorRegistry

from liandong.parts_metrics import tell_parts
from liandong.supervisor import PartState


@pytest.fixture
def registry(tmp_path: Path) -> CollectorRegistry:
    registry = CollectorRegistry()
    tell_parts(tmp_path / "parts.json", registry)
    return registry


def test_parts_are_told_as_the_supervisor_wrote_them(registry: CollectorRegistry, tmp_path: Path) -> None:
    states = {"broker": PartState(pid=7, ready=True, restarts=3, since_ns=1)}
    (tmp_path / "parts.json").write_bytes(msgspec.json.encode(states))

    assert registry.get_sample_value("liandong_parts_restarted_total", {"part": "broker"}) == 3.0
    assert registry.get_sample_value("liandong_part_ready", {"part": "broker"}) == 1.0


@pytest.mark.parametrize("content", [None, b"{", b'{"broker": 5}'], ids=["no file", "half a file", "another file"])
def test_process_without_a_supervisor_tells_none(
    content: bytes | None, registry: CollectorRegistry, tmp_path: Path
) -> None:
    if content is not None:
        (tmp_path / "parts.json").write_bytes(content)

    assert registry.get_sample_value("liandong_part_ready", {"part": "broker"}) is None
