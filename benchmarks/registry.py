"""A million sensors: CPU and memory of importing them, reading them as a census, packing a context, changing one.

python -m benchmarks.registry [--sensors N]
"""

import argparse
import io
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil

from benchmarks.report import report
from city.census import Census
from city.context_bytes import context_to_bytes
from city.entry import Context, NumberedSensor
from city.level import Domain
from city.sensor import Sensor
from registry.importing import FileToImport, Format, stage
from registry.sensors import SensorRegistry
from registry.shape import SENSORS
from registry.staging import Staging
from storage.migrate import upgrade
from storage.sql import Database

_HEADER = "# crs: GCJ-02\nid,name,name_en,domain,kind,longitude,latitude,district,quantities,maintainer,installed\n"


class Meter:
    """Notes what each step costs this process."""

    def __init__(self) -> None:
        self._process = psutil.Process()
        self.figures: dict[str, float] = {}

    def step(self, name: str, act: Callable[[], object]) -> None:
        """Do one step and note its CPU seconds and the memory in use behind it, MB."""
        before = self._process.cpu_times()
        act()
        after = self._process.cpu_times()
        self.figures[f"{name}_cpu_s"] = after.user - before.user + after.system - before.system
        self.figures[f"{name}_rss_mb"] = self._process.memory_info().rss / 1e6


def row(number: int) -> str:
    """Return a line of the file."""
    place = f"{122.8 + number % 400 / 2000:.4f},{36.1 + number // 400 % 400 / 2000:.4f}"
    words = "harbour,temperature;humidity;atmospheric_pressure,water-bureau,2024-01-01"
    return f"bench-{number:07d},测{number},Bench {number},environment,bench,{place},{words}\n"


def measure(sensors: int, folder: Path) -> dict[str, float]:
    """Return all figures."""
    content = io.BytesIO((_HEADER + "".join(map(row, range(sensors)))).encode())
    database, meter = Database(f"sqlite:///{folder}/registry.sqlite"), Meter()
    upgrade(database)
    registry, censuses = SensorRegistry(database), list[Census]()
    with Staging(SENSORS.fields, folder) as staging:
        meter.step("read", lambda: stage(FileToImport(content, "big.csv", Format.CSV), SENSORS, staging))
        meter.step("merge", lambda: registry.merge(SENSORS.fields, staging.rows()))
        meter.step("merge_again", lambda: registry.merge(SENSORS.fields, staging.rows()))
    meter.step("census", lambda: censuses.append(registry.whole().census))
    meter.step("digest", censuses[0].digest)
    meter.step("pack", lambda: context_to_bytes(Context(0, "", (), censuses[0], {})))
    new = NumberedSensor(1, Sensor("new", "new", Domain.VIDEO, "camera"))
    meter.step("change_one", lambda: censuses[0].changed([new], ()).digest())
    database.close()
    return meter.figures


def main(words: Sequence[str] | None = None) -> None:
    """Measure in a folder that is deleted in the end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sensors", type=int, default=1_000_000)
    arguments = parser.parse_args(words)
    with tempfile.TemporaryDirectory(prefix="liandong-bench-") as folder:
        report("registry", measure(arguments.sensors, Path(folder)))


if __name__ == "__main__":
    main()
