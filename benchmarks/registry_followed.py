"""How soon ingest judges by a change of the registry: from the API's answer to an alarm that only the change allows.

A whole city runs; a stranger is adopted, a sensor imported, and one that no rule looks at is imported with the kind
that the rules are about; the last way is the command, beside the program. From the answer on it sends one reading every
10 ms that raises an alarm as soon as it is judged, so that the way of the alarm to the live stream is in the figure.

python -m benchmarks.registry_followed [--sensors N] [--changes N]
"""

import argparse
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.figures import Figure, judged
from benchmarks.ingest_city import Installed, installed
from benchmarks.ingest_watch import LiveStream
from benchmarks.offer import Offer, offering
from benchmarks.report import percentile
from benchmarks.whole import packet
from tests.support.program import Person, eventually

#: The limit of issue 4: seen by ingest within a second; ms.
_LIMIT_MS = 1000.0
#: The first of the sensors that are not in the city, and of those of another kind.
_NEW, _IDLE = 900_000, 800_000
_PAUSE_S, _PATIENCE_S = 0.01, 30.0
_HEADER = "id,name,domain,kind,longitude,latitude,district,quantities\n"
_WORDS = "harbour,temperature;humidity;atmospheric_pressure"


def _row(sensor: int, kind: str) -> str:
    return f"bench-{sensor:06d},测{sensor},environment,{kind},122.9,36.2,{_WORDS}\n"


def imported(operator: Person, rows: Sequence[str]) -> None:
    """Import a file and insist on its being taken."""
    text = _HEADER + "".join(rows)
    answer = operator.client.post("/registry/sensors", params={"name": "new.csv"}, content=text)
    assert answer.is_success, answer.text
    assert answer.json()["changed"] == len(rows), answer.text


class Changes:
    """Changes the registry and looks when ingest judges by it."""

    def __init__(self, city: Installed, offer: Offer, live: LiveStream) -> None:
        self.operator = city.program.person("bench-operator", "operator")
        self._program, self._offer, self._live = city.program, offer, live

    def adopted(self, sensor: int) -> float:
        """Adopt a stranger; return when that was answered."""
        name = f"bench-{sensor:06d}"
        self._offer.send([packet(sensor, 20.0)])
        eventually(lambda: name in self._strangers(), what="the stranger")
        self.operator.post(f"/discovery/{name}/adopt", name=name, domain="environment", kind="bench")
        return time.monotonic()

    def imported(self, sensor: int) -> float:
        """Import a sensor that is new, or of another kind."""
        imported(self.operator, [_row(sensor, "bench")])
        return time.monotonic()

    def commanded(self, sensor: int) -> float:
        """Import a new sensor by the command, which tells nobody."""
        file = self._program.folder / "new.csv"
        file.write_text(_HEADER + _row(sensor, "bench"), "utf-8")
        self._program.command("registry", "import", "sensors", str(file))
        return time.monotonic()

    def _strangers(self) -> set[str]:
        return {one["sensor"] for one in self.operator.get("/discovery", limit=100)["items"]}

    def followed_ms(self, change: Callable[[int], float], sensor: int) -> float:
        """Return how long after the answer the alarm was told that the change allows."""
        name = f"bench-{sensor:06d}"
        answered_s = change(sensor)
        while name not in self._live.incidents:
            assert time.monotonic() < answered_s + _PATIENCE_S, f"`{name}` raises no alarm"
            self._offer.send([packet(sensor, 80.0)])
            time.sleep(_PAUSE_S)
        return 1000 * (self._live.incidents[name] - answered_s)


def measure(folder: Path, sensors: int, changes: int) -> list[Figure]:
    """Return how soon each way of changing the registry is followed."""
    with ExitStack() as stack:
        city = stack.enter_context(installed("embedded", folder, sensors))
        offer = stack.enter_context(offering(city.program.mqtt_port, "bench-followed", city.credentials))
        live = LiveStream(city.program.person("bench-live", "acceptor"))
        live.start()
        changing = Changes(city, offer, live)
        imported(changing.operator, [_row(_IDLE + number, "idle") for number in range(changes)])
        ways: Mapping[str, tuple[Callable[[int], float], int]] = {
            "adopted": (changing.adopted, _NEW),
            "imported": (changing.imported, _NEW + changes),
            "changed by an import": (changing.imported, _IDLE),
            "imported by the command": (changing.commanded, _NEW + 2 * changes),
        }
        figures = []
        for name, (change, first) in ways.items():
            took_ms = [changing.followed_ms(change, first + number) for number in range(changes)]
            figures += [Figure(f"{name}: answer to alarm p50", percentile(took_ms, 0.5))]
            figures += [Figure(f"{name}: answer to alarm, most", max(took_ms), limit=_LIMIT_MS)]
        return figures


def main(words: Sequence[str] | None = None) -> None:
    """Measure in a folder that is deleted in the end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sensors", type=int, default=10_000)
    parser.add_argument("--changes", type=int, default=30)
    arguments = parser.parse_args(words)
    with TemporaryDirectory(prefix="liandong-bench-") as folder:
        judged("registry_followed", str(arguments.sensors), measure(Path(folder), arguments.sensors, arguments.changes))


if __name__ == "__main__":
    main()
