"""Ingest alone in a process of its own, so that a test may kill it: `python -m tests.support.ingest_process FOLDER`.

Settings come as JSON on standard input; ten times a second a line of JSON on standard output says how far it is.
"""

import asyncio
import json
import select
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prometheus_client import REGISTRY

from city.clock import SystemClock
from city.entry import Arrivals
from ingest.config import IngestSettings, MqttSettings
from ingest.identity import Identity
from ingest.journal import Journal
from ingest.service import IngestService, Parts
from liandong import leash
from tests.support.ingesting import MemoryHistory, NativeNormaliser, RecordingJudge

ROOT = Path(__file__).resolve().parents[2]
_PATIENCE_S = 30.0


async def _report(service: IngestService, judge: RecordingJudge) -> None:
    while True:
        duplicated = REGISTRY.get_sample_value("ingest_messages_duplicated_total")
        news = {
            "readings": judge.readings(),
            "duplicated": duplicated,
            "connected": service.brokers.connected,
            "error": service.pipeline.error or service.brokers.main.error,
        }
        sys.stdout.write(json.dumps(news) + "\n")
        sys.stdout.flush()
        await asyncio.sleep(0.1)


async def _run(folder: Path, settings: IngestSettings) -> None:
    identity, judge = Identity(folder / "identity.sqlite"), RecordingJudge()
    parts = Parts(identity, NativeNormaliser(identity), judge, MemoryHistory(), SystemClock())
    service = IngestService(folder, settings, parts, filters=["city/#"])
    async with asyncio.TaskGroup() as group:
        group.create_task(service.run(), name="service")
        group.create_task(_report(service, judge), name="report")


@dataclass
class IngestProcess:
    """A running ingest and what it last said."""

    process: subprocess.Popen[str]
    seen: dict[str, Any]

    def until(self, true: Callable[[dict[str, Any]], bool]) -> None:
        """Return when what it says satisfies `true`; it must not die before."""
        deadline = time.monotonic() + _PATIENCE_S
        while not true(self.seen):
            assert time.monotonic() < deadline, f"it came to {self.seen}"
            assert self._listen(), "it died"

    def wait(self) -> int:
        """Return its exit code when it has died."""
        while self._listen():
            continue
        return self.process.wait(_PATIENCE_S)

    def _listen(self) -> bool:
        assert self.process.stdout is not None
        assert select.select([self.process.stdout], [], [], _PATIENCE_S)[0], "it said nothing"
        line = self.process.stdout.readline()
        if line.startswith("{"):
            self.seen = json.loads(line)
        return bool(line)


@contextmanager
def running_ingest(
    folder: Path, mqtt: MqttSettings, *, failpoint: str = "", **sections: Any
) -> Iterator[IngestProcess]:
    """Run ingest on `folder`, to die at `failpoint`; killed when the block ends."""
    link = mqtt.model_dump(mode="json")
    if mqtt.password is not None:
        link["password"] = mqtt.password.get_secret_value()
    settings = {"mqtt": link, "failpoints": [failpoint] if failpoint else [], **sections}
    folder.mkdir(exist_ok=True)
    with (folder / "ingest.log").open("ab") as log:
        process = subprocess.Popen(
            leash.command(sys.executable, "-m", "tests.support.ingest_process", str(folder)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            cwd=ROOT,
        )
    assert process.stdin is not None
    assert process.stdout is not None
    with process.stdout, process.stdin:
        process.stdin.write(json.dumps(settings))
        process.stdin.close()
        try:
            yield IngestProcess(process, {"readings": 0, "duplicated": 0, "connected": False, "error": ""})
        finally:
            process.kill()
            process.wait()


def journaled_values(folder: Path) -> list[float]:
    """Return every value that the journal of an ingest that is gone holds, in order."""
    journal = Journal(folder / "journal", IngestSettings().journal, readers={})
    reader, after, values = journal.reader((Arrivals,)), 0, []
    while after < journal.position:
        page = reader.read(after, 100)
        for record in page.records:
            assert isinstance(record.content, Arrivals)
            values += record.content.readings.value.tolist()
        after = page.upto
    reader.close()
    journal.close()
    return values


if __name__ == "__main__":
    asyncio.run(_run(Path(sys.argv[1]), IngestSettings.model_validate_json(sys.stdin.read())))
