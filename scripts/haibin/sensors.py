"""The sensors of Haibin: some two thousand, in four domains, placed along its streets and in its machine rooms."""

from dataclasses import dataclass, field
from math import hypot
from random import Random

from shapely import STRtree
from shapely.geometry import Point, box
from shapely.geometry.base import BaseGeometry

from scripts.haibin.ground import DISTRICTS, FRAME, Ground, Xy, to_degrees
from scripts.haibin.network import Network, Road, along

HEADER = [
    "id", "name", "name_en", "domain", "kind", "longitude", "latitude", "district", "grid", "site", "upstream",
    "interval_s", "quantities", "authority", "owner", "maintainer", "installed", "tags", "recorded",
]  # fmt: skip


@dataclass(slots=True)
class Row:
    """One line of `sensors.csv`, its place still in kilometres."""

    id: str
    name: str
    name_en: str
    domain: str
    kind: str
    at: Xy
    interval_s: int
    quantities: str
    departments: tuple[str, str, str]
    site: str = ""
    upstream: str = ""
    tags: list[str] = field(default_factory=list)


class Siting:
    """Places sensors and writes them down in order."""

    def __init__(self, ground: Ground, network: Network, cells: list[tuple[str, BaseGeometry]]) -> None:
        self.ground, self.network = ground, network
        self._codes = [code for code, _ in cells]
        self._tree = STRtree([shape for _, shape in cells])
        self.random = Random(20260301)
        self.rows: list[Row] = []

    def line(self, row: Row) -> list[str]:
        """Return a row as `sensors.csv` has it."""
        longitude, latitude = to_degrees(row.at)
        grid = self._codes[int(self._tree.nearest(Point(row.at)))]
        installed = f"{2019 + hash_of(row.id) % 7}-{1 + hash_of(row.id) % 12:02d}-{1 + hash_of(row.id) % 28:02d}"
        where = [str(longitude), str(latitude), self.ground.district(row.at), grid, row.site, row.upstream]
        what = [str(row.interval_s), row.quantities, *row.departments, installed, ";".join(row.tags), ""]
        return [row.id, row.name, row.name_en, row.domain, row.kind, *where, *what]

    def lines(self) -> list[list[str]]:
        """Return all rows in order of id."""
        return [self.line(row) for row in sorted(self.rows, key=lambda row: row.id)]

    def along(self, road: Road, step_km: float, offset_km: float) -> list[tuple[Xy, float]]:
        """Return the points of a road that belong to the city."""
        return [(at, km) for at, km in along(road, step_km, offset_km) if FRAME.contains(Point(at))]

    def dry_places(self, count: int, reach_km: float = 8.0) -> list[Xy]:
        """Return places on land, apart from each other, thinning out with the distance from the middle."""
        places: list[Xy] = []
        apart = 0.75 * reach_km / count**0.5
        while len(places) < count:
            place = (self.random.gauss(-0.4, reach_km * 0.55), self.random.gauss(1.6, reach_km * 0.36))
            clear = all((place[0] - x) ** 2 + (place[1] - y) ** 2 > apart**2 for x, y in places)
            if clear and self.ground.on_land(place) and abs(place[0]) < 12 and abs(place[1]) < 9:
                places.append(place)
            apart *= 0.9995
        return places

    def underpasses(self) -> list[tuple[Road, Xy]]:
        """Return twelve places where a main road dives under the railway or an expressway."""
        above = [self.network.rail, *(road.shape for road in self.network.expressways)]
        found: list[tuple[Road, Xy]] = []
        for road in self.network.mains:
            for crossing in (road.shape.intersection(shape) for shape in above):
                points = [part for part in getattr(crossing, "geoms", [crossing]) if part.geom_type == "Point"]
                spots = [(point.x, point.y) for point in points if abs(point.x) < 9 and -5 < point.y < 7]
                found.extend((road, spot) for spot in spots if all(_apart(spot, other) > 1.3 for _, other in found))
        return found[:12]

    def district_name(self, at: Xy) -> tuple[str, str]:
        """Return the Chinese and English name of the district of a place."""
        inside = self.ground.district(at)
        return next((name, name_en) for id_, name, name_en, _ in DISTRICTS if id_ == inside)


def hash_of(text: str) -> int:
    """Return a small number that is the same on every machine."""
    return sum(ord(letter) * (index + 7) for index, letter in enumerate(text))


def _apart(one: Xy, other: Xy) -> float:
    return hypot(one[0] - other[0], one[1] - other[1])


def place_traffic(siting: Siting) -> None:
    """Detectors along the roads: speed, flow and occupancy by carriageway."""
    steps = {"expressway": 0.9, "main": 0.95, "secondary": 4.2}
    number = 0
    for road in siting.network.roads:
        for at, km in siting.along(road, steps[road.road_class], 0.4):
            number += 1
            way, way_en = (("上行", "inbound"), ("下行", "outbound"))[number % 2]
            district, _ = siting.district_name(at)
            name, name_en = road.name or f"{district}支路", road.name_en or "Side street"
            whole, metres = divmod(round(km * 1000), 1000)
            label = f"K{whole}+{metres:03d}"
            siting.rows.append(
                Row(
                    f"det-{number:04d}", f"{name} {label} {way}", f"{name_en} {label} {way_en}", "traffic",
                    "loop_detector", at, 30, "speed;flow;occupancy",
                    ("transport-bureau", "traffic-police", "traffic-police"), site=road.name or "支路",
                    tags=[road.road_class],
                )
            )  # fmt: skip


#: Authority, owner and maintainer of what watches the water.
_WATER = ("water-bureau", "water-bureau", "water-bureau")


def place_underpasses(siting: Siting) -> None:
    """Levels at two places of every underpass, with a camera and a detector beside them."""
    for number, (road, at) in enumerate(siting.underpasses(), 1):
        site, site_en = f"{road.name}下穿通道{number}号", f"{road.name_en} underpass {number}"
        for letter, word, word_en in (("a", "最低点", "lowest point"), ("b", "南坡", "south ramp")):
            spot = (at[0] + (0.03 if letter == "b" else 0.0), at[1])
            row = Row(
                f"up-{number:02d}{letter}",
                f"{site}{word}水位",
                f"{site_en} {word_en}",
                "environment",
                "underpass_level",
                spot,
                20,
                "water_level",
                _WATER,
            )
            row.site, row.tags = f"underpass-{number:02d}", ["underpass"]
            siting.rows.append(row)
        siting.rows.extend(_beside(number, site, site_en, at))


def _beside(number: int, site: str, site_en: str, at: Xy) -> tuple[Row, Row]:
    camera = Row(
        f"cam-up{number:02d}",
        f"{site}摄像机",
        f"{site_en} camera",
        "video",
        "camera",
        (at[0], at[1] + 0.02),
        60,
        "video_fps",
        ("public-security", "traffic-police", "public-security"),
    )
    camera.site, camera.tags = f"underpass-{number:02d}", ["underpass"]
    detector = Row(
        f"det-up{number:02d}",
        f"{site}线圈",
        f"{site_en} detector",
        "traffic",
        "loop_detector",
        (at[0] - 0.03, at[1]),
        20,
        "speed;flow;occupancy",
        ("transport-bureau", "traffic-police", "traffic-police"),
    )
    detector.site, detector.tags = f"underpass-{number:02d}", ["main", "underpass"]
    return camera, detector


def place_water(siting: Siting) -> None:
    """Levels on roads and in drains; rain gauges."""
    kinds = (
        ("road", "road_level", "路面积水", "road water", 120, 60),
        ("drain", "drain_level", "管网液位", "drain level", 190, 120),
    )
    for prefix, kind, word, word_en, count, interval in kinds:
        for number, at in enumerate(siting.dry_places(count), 1):
            name, name_en = siting.district_name(at)
            siting.rows.append(
                Row(
                    f"{prefix}-{number:03d}",
                    f"{name}{word}{number}号",
                    f"{name_en} {word_en} {number}",
                    "environment",
                    kind,
                    at,
                    interval,
                    "water_level",
                    _WATER,
                )
            )
    for number, at in enumerate(siting.dry_places(28), 1):
        name, name_en = siting.district_name(at)
        siting.rows.append(
            Row(
                f"rain-{number:02d}",
                f"{name}雨量站{number}号",
                f"{name_en} rain gauge {number}",
                "environment",
                "rain_gauge",
                at,
                30,
                "rain_intensity",
                _WATER,
            )
        )


#: Authority, owner and maintainer of what watches the air.
_ECOLOGY = ("ecology-bureau", "ecology-bureau", "ecology-bureau")


def place_air(siting: Siting) -> None:
    """Air stations."""
    for number, at in enumerate(siting.dry_places(60), 1):
        name, name_en = siting.district_name(at)
        siting.rows.append(
            Row(
                f"air-{number:02d}",
                f"{name}空气站{number}号",
                f"{name_en} air station {number}",
                "environment",
                "air_station",
                at,
                60,
                "pm25;pm10;so2;no2;co;o3;temperature;humidity",
                _ECOLOGY,
            )
        )


def place_weather(siting: Siting) -> None:
    """Weather stations."""
    for number, at in enumerate(siting.dry_places(16), 1):
        name, name_en = siting.district_name(at)
        siting.rows.append(
            Row(
                f"wx-{number:02d}",
                f"{name}气象站{number}号",
                f"{name_en} weather station {number}",
                "environment",
                "weather_station",
                at,
                60,
                "temperature;humidity;atmospheric_pressure;wind_speed;wind_direction",
                _ECOLOGY,
            )
        )


def place_noise(siting: Siting) -> None:
    """Noise meters with their zone of GB 3096."""
    for number, at in enumerate(siting.dry_places(140), 1):
        name, name_en = siting.district_name(at)
        zone = ("zone-1", "zone-2", "zone-2", "zone-3", "zone-4a", "zone-4a")[number % 6]
        siting.rows.append(
            Row(
                f"noise-{number:03d}",
                f"{name}噪声点{number}号",
                f"{name_en} noise meter {number}",
                "environment",
                "noise_meter",
                at,
                60,
                "noise_laeq",
                _ECOLOGY,
                tags=[zone],
            )
        )


#: id, names, place, maintainer of the four machine rooms.
MACHINE_ROOMS: tuple[tuple[str, str, str, Xy, str], ...] = (
    ("room-gov", "政务云机房", "Government Cloud Room", (-1.3, 1.2), "data-bureau"),
    ("room-traffic", "交通指挥机房", "Traffic Control Room", (0.9, 2.4), "traffic-police"),
    ("room-port", "港口调度机房", "Port Dispatch Room", (4.2, -0.9), "port-authority"),
    ("room-backup", "应急备份机房", "Emergency Backup Room", (-5.4, 5.2), "emergency-bureau"),
)

#: prefix, kind, names, count, interval in seconds, quantities of what stands in each room.
_EQUIPMENT: tuple[tuple[str, str, str, str, int, int, str], ...] = (
    ("rack", "inlet_probe", "机柜进风", "rack inlet", 48, 15, "temperature;humidity"),
    ("crac", "crac", "精密空调", "CRAC", 6, 20, "supply_air_temperature;outlet_temperature"),
    ("leak", "leak_rope", "漏水绳", "leak rope", 8, 30, "water_leak"),
    ("smoke", "smoke_detector", "烟感", "smoke detector", 8, 30, "smoke"),
    ("ups", "ups", "UPS", "UPS", 4, 20, "load;battery_level;input_voltage;battery_runtime"),
    ("pdu", "pdu", "配电列头柜", "PDU", 8, 30, "power"),
    ("bat", "battery_probe", "电池间", "battery room", 4, 30, "temperature"),
    ("door", "door_contact", "门禁", "door", 4, 60, "door_open"),
)


def place_machine_rooms(siting: Siting) -> None:
    """Four rooms, each behind its own gateway."""
    for room, name, name_en, (x, y), keeper in MACHINE_ROOMS:
        for prefix, kind, word, word_en, count, interval, quantities in _EQUIPMENT:
            for number in range(1, count + 1):
                at = (x + (number % 8) * 0.004, y + (number // 8) * 0.004)
                row = Row(
                    f"{room}-{prefix}-{number:02d}",
                    f"{name} {word}{number:02d}",
                    f"{name_en} {word_en} {number:02d}",
                    "machine_room",
                    kind,
                    at,
                    interval,
                    quantities,
                    ("data-bureau", keeper, keeper),
                )
                row.site, row.upstream = room, f"{room}-gateway"
                row.tags = [f"row-{'abcdef'[(number - 1) // 8]}"] if kind == "inlet_probe" else []
                siting.rows.append(row)


def place_cameras(siting: Siting) -> None:
    """Cameras at crossings of main roads, along the expressways and on the quays."""
    crossings: list[Xy] = []
    for road in siting.network.mains:
        for other in siting.network.mains:
            if road.name < other.name:
                met = road.shape.intersection(other.shape)
                crossings.extend((part.x, part.y) for part in getattr(met, "geoms", [met]) if part.geom_type == "Point")
    quays = siting.ground.coast.simplify(0.2).intersection(box(-3.0, -8.0, 9.0, 3.0))
    marks = [quays.interpolate(step / 24, normalized=True) for step in range(25)]
    crossings.extend((mark.x, mark.y + 0.12) for mark in marks)
    for road in siting.network.expressways:
        crossings.extend(at for at, _ in siting.along(road, 0.75, 0.2))
    for number, at in enumerate(crossings, 1):
        name, name_en = siting.district_name(at)
        siting.rows.append(
            Row(
                f"cam-{number:04d}",
                f"{name}监控{number}号",
                f"{name_en} camera {number}",
                "video",
                "camera",
                at,
                60,
                "video_fps",
                ("public-security", "public-security", "public-security"),
            )
        )
