"""What the map of Haibin shows under its sensors, and its responsibility grids, as GeoJSON."""

from random import Random
from typing import Any

from shapely import affinity
from shapely.geometry import Point, Polygon, box, mapping
from shapely.geometry.base import BaseGeometry
from shapely.ops import transform, unary_union

from scripts.haibin.ground import DISTRICTS, MAP_FRAME, Ground, Xy, to_degrees
from scripts.haibin.network import Network, turned, urban

Feature = dict[str, Any]

_PARKS: tuple[tuple[str, str, Xy, float], ...] = (
    ("望月湖公园", "Wangyue Lake Park", (-8.3, 3.7), 1.5), ("观海公园", "Guanhai Park", (0.4, -2.2), 0.5),
    ("人民公园", "People's Park", (-0.9, 1.9), 0.55), ("青岚湿地", "Qinglan Wetland", (-5.2, 7.4), 1.2),
    ("东河森林", "Donghe Forest", (8.6, 6.4), 1.6), ("西山公园", "Xishan Park", (-11.0, -1.5), 1.5),
    ("码头广场", "Quay Square", (2.2, -1.3), 0.25), ("松涛园", "Songtao Garden", (2.6, 4.6), 0.5),
)  # fmt: skip
_LABELS: tuple[tuple[str, str, Xy, str], ...] = (
    ("海滨湾", "Haibin Bay", (3.2, -7.2), "sea"), ("海滨港", "Port of Haibin", (4.8, -3.0), "port"),
    ("月河", "Yue River", (-4.6, 5.0), "water"), ("望月湖", "Wangyue Lake", (-8.4, 3.8), "water"),
    ("灯塔岛", "Lighthouse Island", (10.6, -4.4), "island"),
)  # fmt: skip


def feature(shape: BaseGeometry, **properties: str) -> Feature:
    """Return a feature in degrees."""
    in_degrees = transform(
        lambda x, y: tuple(zip(*(to_degrees(point) for point in zip(x, y, strict=True)), strict=True)), shape
    )
    return {"type": "Feature", "properties": properties, "geometry": mapping(in_degrees)}


def collection(features: list[Feature]) -> dict[str, Any]:
    """Return a feature collection."""
    return {"type": "FeatureCollection", "features": features}


def parks(ground: Ground, random: Random) -> list[tuple[str, str, BaseGeometry]]:
    """Return the parks: rounded, uneven, never in the water."""
    drawn = []
    for name, name_en, (x, y), radius in _PARKS:
        corners = [
            (x + radius * random.uniform(0.7, 1.2) * dx, y + radius * random.uniform(0.6, 1.0) * dy)
            for dx, dy in _ROUND
        ]
        drawn.append((name, name_en, Polygon(corners).buffer(0.12).simplify(0.01).intersection(ground.land)))
    return drawn


_ROUND = [(point[0], point[1]) for point in Point(0, 0).buffer(1.0, 3).exterior.coords[:-1]]


def buildings(ground: Ground, network: Network, random: Random) -> list[BaseGeometry]:
    """Return city blocks' buildings, thickest and tallest in the middle, clear of roads and parks."""
    streets = unary_union([road.shape.buffer(0.035) for road in network.roads])
    green = unary_union([shape for _, _, shape in parks(ground, Random(3))])
    free = ground.land.intersection(affinity.scale(urban(), 0.92, 0.92)).difference(unary_union([streets, green]))
    drawn = []
    for block in (part for part in getattr(free, "geoms", [free]) if 0.004 < part.area < 0.75):
        west, south, east, north = block.bounds
        for _ in range(9):
            x, y = random.uniform(west, east), random.uniform(south, north)
            wide, deep = random.uniform(0.03, 0.12), random.uniform(0.025, 0.08)
            house = turned(affinity.rotate(box(-wide / 2, -deep / 2, wide / 2, deep / 2), random.choice((0, 0, 90))))
            house = affinity.translate(house, x, y)
            if block.buffer(-0.008).contains(house):
                drawn.append(house)
    return drawn


def basemap(ground: Ground, network: Network) -> dict[str, Any]:
    """Return the whole base map, in drawing order."""
    features = [feature(MAP_FRAME, kind="water", **{"class": "sea"})]
    features.append(feature(ground.land.simplify(0.003), kind="land", **{"class": "land"}))
    features.append(feature(ground.breakwaters.simplify(0.003), kind="land", **{"class": "breakwater"}))
    features.extend(
        feature(shape.simplify(0.004), kind="district", id=id_, name=name, name_en=name_en)
        for id_, name, name_en, shape in ((id_, name, en, ground.districts[id_]) for id_, name, en, _ in DISTRICTS)
    )
    green = parks(ground, Random(3))
    features.extend(feature(shape, kind="park", name=name, name_en=name_en) for name, name_en, shape in green)
    water = {"river": ground.river.intersection(MAP_FRAME).simplify(0.004), "lake": ground.lake}
    features.extend(feature(shape, kind="water", **{"class": name}) for name, shape in water.items())
    features.extend(feature(shape, kind="building") for shape in buildings(ground, network, Random(11)))
    features.extend(
        feature(road.shape, kind="road", name=road.name, name_en=road.name_en, **{"class": road.road_class})
        for road in reversed(network.roads)
    )
    features.append(feature(network.rail, kind="rail", name="港城铁路", name_en="Port Railway"))
    features.append(feature(ground.coast.intersection(MAP_FRAME).simplify(0.003), kind="coast"))
    features.extend(_labels())
    return collection(features)


def _labels() -> list[Feature]:
    places = [(name, name_en, at, "district") for _, name, name_en, at in DISTRICTS]
    return [
        feature(Point(at), kind="label", name=name, name_en=name_en, **{"class": kind})
        for name, name_en, at, kind in (*places, *_LABELS)
    ]


def grids(ground: Ground) -> tuple[dict[str, Any], list[tuple[str, BaseGeometry]]]:
    """Return responsibility grids of about 1 km² with 15-digit codes (6 county + 3 street + 3 community + 3 serial).

    Numbered west to east, north to south; the county code is one that no real county has.
    """
    cells: list[tuple[str, BaseGeometry]] = []
    serials: dict[str, int] = {}
    city = unary_union(list(ground.districts.values()))
    for row in range(19):
        for column in range(26):
            x, y = -13.0 + column, 9.5 - row
            cell = turned(box(x, y - 1, x + 1, y)).intersection(city)
            if cell.area < 0.15:
                continue
            district = ground.district((cell.representative_point().x, cell.representative_point().y))
            serials[district] = serials.get(district, 0) + 1
            cells.append((_code(district, serials[district]), cell))
    return collection([feature(shape.simplify(0.005), id=code) for code, shape in cells]), cells


def _code(district: str, serial: int) -> str:
    county = 990101 + [id_ for id_, *_ in DISTRICTS].index(district)
    return f"{county}{(serial - 1) // 30 + 1:03d}{(serial - 1) // 10 % 3 + 1:03d}{serial:03d}"
