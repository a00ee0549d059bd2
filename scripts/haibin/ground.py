"""The ground of Haibin in kilometres east and north of its centre: coast, harbour, river, districts."""

from itertools import pairwise
from math import cos, radians
from random import Random

from shapely import voronoi_polygons
from shapely.geometry import LineString, MultiPoint, Point, Polygon, box
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union

Xy = tuple[float, float]

#: The centre of the invented city, far out in the sea of the real world.
CENTRE = (122.90, 36.20)
_KM_A_DEGREE = 111.195
#: What belongs to the city, and what the map shows around it.
FRAME = box(-13.0, -9.5, 13.0, 9.5)
MAP_FRAME = box(-32.0, -22.0, 32.0, 22.0)

_COAST: tuple[Xy, ...] = (
    (-34.0, -9.5), (-24.0, -8.2), (-18.0, -7.6), (-14.0, -6.4), (-12.2, -5.9), (-10.6, -6.6), (-9.2, -6.1),
    (-8.0, -4.9), (-6.6, -4.6), (-5.3, -5.2), (-4.0, -4.7), (-2.9, -3.3), (-1.4, -2.9), (0.2, -3.4), (1.6, -3.0),
    (2.6, -1.9), (3.9, -1.6), (5.1, -2.2), (6.3, -1.8), (7.2, -0.4), (8.3, 0.5), (9.1, 2.0), (10.3, 2.9),
    (10.8, 4.4), (12.1, 5.6), (14.0, 6.3), (19.0, 9.0), (26.0, 11.5), (34.0, 16.0),
)  # fmt: skip
_RIVER: tuple[Xy, ...] = (
    (-9.5, 26.0), (-8.0, 19.0), (-6.4, 14.0), (-5.6, 10.5), (-5.0, 8.2), (-5.3, 6.1), (-4.2, 4.3), (-3.3, 2.8),
    (-3.5, 1.2), (-2.4, -0.2), (-1.9, -1.7), (-1.4, -3.4),
)  # fmt: skip
_LAKE: tuple[Xy, ...] = ((-9.6, 3.2), (-8.2, 2.5), (-7.1, 3.4), (-7.6, 4.7), (-9.1, 4.8), (-9.6, 3.2))
_ISLAND: tuple[Xy, ...] = ((9.9, -4.6), (10.9, -5.2), (11.4, -4.3), (10.6, -3.6), (9.9, -4.6))
_PIERS: tuple[tuple[Xy, Xy], ...] = (
    ((2.9, -1.8), (3.5, -3.9)), ((3.9, -1.7), (4.5, -4.0)), ((5.0, -2.1), (5.6, -4.2)), ((6.0, -1.9), (7.0, -3.8)),
)  # fmt: skip
_BREAKWATERS: tuple[tuple[Xy, ...], ...] = (
    ((7.1, -0.6), (8.9, -1.9), (8.7, -4.3)),
    ((1.0, -3.2), (2.0, -5.3), (5.3, -6.0)),
)

#: id, Chinese name, English name, seed in kilometres.
DISTRICTS: tuple[tuple[str, str, str, Xy], ...] = (
    ("gangkou", "港口区", "Harbour District", (4.4, -0.4)),
    ("laocheng", "老城区", "Old Town", (-0.6, 0.4)),
    ("wangyue", "望月区", "Wangyue District", (-6.8, -1.4)),
    ("qinglan", "青岚新区", "Qinglan New Area", (-5.8, 6.0)),
    ("donghe", "东河区", "Donghe District", (4.8, 5.4)),
)


def to_degrees(point: Xy) -> Xy:
    """Return (longitude, latitude) of a point in kilometres."""
    x, y = point
    latitude = CENTRE[1] + y / _KM_A_DEGREE
    return round(CENTRE[0] + x / (_KM_A_DEGREE * cos(radians(CENTRE[1]))), 6), round(latitude, 6)


def roughened(line: tuple[Xy, ...], random: Random, depth: int = 4, spread: float = 0.11) -> list[Xy]:
    """Return `line` with its segments broken `depth` times at midpoints moved aside, as coasts and rivers are."""
    points = list(line)
    for _ in range(depth):
        broken = [points[0]]
        for (x1, y1), (x2, y2) in pairwise(points):
            length = ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5
            shift = random.uniform(-spread, spread) * length
            broken.append(((x1 + x2) / 2 - (y2 - y1) / length * shift, (y1 + y2) / 2 + (x2 - x1) / length * shift))
            broken.append((x2, y2))
        points = broken
    return points


class Ground:
    """Where land ends and water begins, and which district a place belongs to."""

    def __init__(self, random: Random) -> None:
        self.coast = LineString(roughened(_COAST, random))
        mainland = Polygon([*self.coast.coords, (34.0, 24.0), (-34.0, 24.0)]).buffer(0).intersection(MAP_FRAME)
        self.river = LineString(roughened(_RIVER, random, depth=3)).buffer(0.16)
        self.lake = Polygon(roughened(_LAKE, random, depth=3)).buffer(0.1)
        self.island = Polygon(roughened(_ISLAND, random, depth=3)).buffer(0.05)
        self.piers = unary_union([LineString(pier).buffer(0.17, cap_style="flat") for pier in _PIERS])
        self.breakwaters = unary_union([LineString(line).buffer(0.035) for line in _BREAKWATERS])
        water = unary_union([self.river, self.lake])
        self.land = unary_union([mainland.difference(water), self.piers, self.island])
        self.districts = self._districts()

    def _districts(self) -> dict[str, BaseGeometry]:
        seeds = MultiPoint([seed for *_, seed in DISTRICTS])
        cells = list(voronoi_polygons(seeds, extend_to=FRAME).geoms)
        return {
            id_: next(cell for cell in cells if cell.contains(Point(seed))).intersection(FRAME).intersection(self.land)
            for id_, _, _, seed in DISTRICTS
        }

    def on_land(self, point: Xy) -> bool:
        """Tell whether the point is dry."""
        return bool(self.land.contains(Point(point)))

    def district(self, point: Xy) -> str:
        """Return the district of a point, the nearest one for a point on the water."""
        return min(self.districts, key=lambda id_: self.districts[id_].distance(Point(point)))
