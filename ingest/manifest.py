"""A folder of sample messages and its `manifest.jsonl`: what each message is, and what must be made of it."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from city.errors import BadRequest

#: Remarks that a manifest adds to a topic: `shelly/rpc (result of Shelly.GetStatus)`.
_REMARK = re.compile(r"\s\(.*\Z", re.DOTALL)


class ExpectedReading(msgspec.Struct, frozen=True):
    """One reading that a message holds; `time` None: that of receipt, `sensor` or `quantity` None: it does not say.

    Members of a manifest that are not named here are for people.
    """

    value: Any
    quantity: str | None = None
    sensor: str | None = None
    unit: str | None = None
    time: str | float | None = None


class _Line(msgspec.Struct, frozen=True):
    family: str
    file: str
    expect: str
    topic: str | None = None
    readings: list[ExpectedReading] | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """One message; `topic` is empty for one that did not come by MQTT."""

    family: str
    file: str
    topic: str
    expect: str
    readings: tuple[ExpectedReading, ...]
    payload: bytes


def read_samples(folder: Path) -> list[Sample]:
    """Return the samples in the manifest's order, which is the order in which they were sent.

    Raises:
        BadRequest: the manifest is not there, or a line of it or its message cannot be read.
    """
    path = folder / "manifest.jsonl"
    decoder = msgspec.json.Decoder(_Line)
    try:
        lines = [
            _line(decoder, text, at=f"{path}:{number}")
            for number, text in enumerate(path.read_bytes().splitlines(), 1)
            if text.strip()
        ]
        return [_sample(folder, line) for line in lines]
    except OSError as error:
        raise BadRequest(expected="a readable file", got=error.strerror, at=str(error.filename)) from error


def _line(decoder: msgspec.json.Decoder[_Line], text: bytes, *, at: str) -> _Line:
    try:
        return decoder.decode(text)
    except msgspec.DecodeError as error:
        raise BadRequest(expected="a line of a manifest", got=str(error), at=at) from error


def _sample(folder: Path, line: _Line) -> Sample:
    topic = _REMARK.sub("", line.topic) if line.topic is not None else ""
    path = (folder / line.file).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise BadRequest(expected="a file in the folder", got=line.file, at=str(folder))
    payload = path.read_bytes()
    return Sample(line.family, line.file, topic, line.expect, tuple(line.readings or ()), payload)
