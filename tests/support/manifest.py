"""The real messages beside the repository, with what must come out of each; read in place, never copied."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

#: Beside the repository, not in it: a clone elsewhere has none, and the tests say so.
PAYLOADS = Path(__file__).resolve().parents[2].parent / "shared" / "payloads"


@dataclass(frozen=True)
class Sample:
    family: str
    file: str
    topic: str
    expect: str
    readings: list[dict[str, Any]]

    @property
    def payload(self) -> bytes:
        return (PAYLOADS / self.file).read_bytes()


def samples(*families: str) -> list[Sample]:
    """Return the samples of some families; none where the folder is absent."""
    manifest = PAYLOADS / "manifest.jsonl"
    if not manifest.exists():
        return []
    lines = [json.loads(line) for line in manifest.read_text("utf-8").splitlines()]
    return [
        Sample(line["family"], line["file"], _topic(line["topic"]), line["expect"], line["readings"])
        for line in lines
        if line["family"] in families
    ]


def parameters(chosen: list[Sample]) -> list[Any]:
    """Return samples as parameters of a test; where there are none, one that is skipped and says so."""
    if not chosen:
        return [pytest.param(None, marks=pytest.mark.skip(reason=f"{PAYLOADS.name}: not beside the repository"))]
    return [pytest.param(sample, id=sample.file) for sample in chosen]


def _topic(written: str | None) -> str:
    """Return a topic as the manifest writes it, without its remarks."""
    return (written or "some/topic").partition(" ")[0].replace("{apikey}", "key")
