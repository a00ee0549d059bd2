"""Write `examples/haibin`: base map, grids and sensors, the same on every run."""

import csv
import json
from pathlib import Path
from random import Random
from typing import Any

from scripts.haibin.basemap import basemap, grids
from scripts.haibin.ground import Ground
from scripts.haibin.network import Network
from scripts.haibin.sensors import (
    HEADER,
    Siting,
    place_air,
    place_cameras,
    place_machine_rooms,
    place_noise,
    place_traffic,
    place_underpasses,
    place_water,
    place_weather,
)

FOLDER = Path(__file__).resolve().parents[2] / "examples" / "haibin"


def main() -> None:
    """Draw the city and write its files."""
    random = Random(20260301)
    ground = Ground(random)
    network = Network(ground, random)
    cells_geojson, cells = grids(ground)
    write("basemap.geojson", basemap(ground, network))
    write("grids.geojson", cells_geojson)
    siting = Siting(ground, network, cells)
    for place in (
        place_traffic,
        place_underpasses,
        place_water,
        place_air,
        place_weather,
        place_noise,
        place_machine_rooms,
        place_cameras,
    ):
        place(siting)
    with (FOLDER / "sensors.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([HEADER, *siting.lines()])
    print(f"{len(siting.rows)} sensors, {len(cells)} grids")


def write(name: str, content: dict[str, Any]) -> None:
    """Write GeoJSON, a feature a line so that changes can be read."""
    features = ",\n".join(json.dumps(item, ensure_ascii=False, separators=(",", ":")) for item in content["features"])
    (FOLDER / name).write_text(f'{{"type":"FeatureCollection","features":[\n{features}\n]}}\n', "utf-8")


if __name__ == "__main__":
    main()
