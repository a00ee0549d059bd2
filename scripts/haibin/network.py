"""The streets and rails of Haibin: expressways, a ring, and two grids that are turned to face the harbour."""

from dataclasses import dataclass
from itertools import pairwise
from random import Random

from shapely import affinity
from shapely.geometry import LineString, Point
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union

from scripts.haibin.ground import MAP_FRAME, Ground, Xy

_TURN_DEG = 14.0
_MAIN_NAMES_EAST = (
    ("观澜路", "Guanlan Road"), ("文昌路", "Wenchang Road"), ("建业路", "Jianye Road"),
    ("和顺路", "Heshun Road"), ("青云路", "Qingyun Road"), ("望海路", "Wanghai Road"),
    ("长宁路", "Changning Road"), ("北苑路", "Beiyuan Road"), ("松涛路", "Songtao Road"),
    ("云岭路", "Yunling Road"), ("学府路", "Xuefu Road"), ("物流路", "Wuliu Road"),
)  # fmt: skip
_MAIN_NAMES_NORTH = (
    ("石桥街", "Shiqiao Street"), ("西门街", "Ximen Street"), ("龙泉街", "Longquan Street"),
    ("大成街", "Dacheng Street"), ("中心街", "Zhongxin Street"), ("钟楼街", "Zhonglou Street"),
    ("港前街", "Gangqian Street"), ("船厂街", "Chuanchang Street"), ("东海街", "Donghai Street"),
    ("银杏街", "Yinxing Street"), ("红枫街", "Hongfeng Street"), ("白沙街", "Baisha Street"),
    ("晨光街", "Chenguang Street"), ("远洋街", "Yuanyang Street"), ("月牙街", "Yueya Street"),
    ("丹霞街", "Danxia Street"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Road:
    """One road: its class (`expressway`, `main`, `secondary`), names and pieces in kilometres."""

    name: str
    name_en: str
    road_class: str
    shape: BaseGeometry


def turned(shape: BaseGeometry) -> BaseGeometry:
    """Turn a shape of the city's own grid to face the harbour."""
    return affinity.rotate(shape, _TURN_DEG, origin=(0, 0))


def urban() -> BaseGeometry:
    """Return where the fine street grid is."""
    return turned(affinity.scale(Point(0.2, 1.6).buffer(1.0, 32), 8.2, 4.6))


class Network:
    """All roads and rails, cut to the land and its bridges."""

    def __init__(self, ground: Ground, random: Random) -> None:
        self._ground = ground
        self._dry = unary_union([ground.land.difference(ground.island), ground.river]).buffer(-0.03)
        self.expressways = self._expressways()
        self.mains = self._mains()
        self.secondaries = self._secondaries(random)
        self.rail = self._rail()

    @property
    def roads(self) -> list[Road]:
        """Return all roads, the greatest first."""
        return [*self.expressways, *self.mains, *self.secondaries]

    def _cut(self, shape: BaseGeometry) -> BaseGeometry:
        return shape.intersection(self._dry).simplify(0.004)

    def _expressways(self) -> list[Road]:
        coast_road = self._ground.coast.simplify(0.35).offset_curve(1.15).intersection(MAP_FRAME)
        inland = self._dry.difference(self._ground.coast.buffer(1.16))
        ring = affinity.scale(Point(-0.8, 2.6).buffer(1.0, 48), 9.6, 5.7).exterior.intersection(inland)
        port_road = LineString([(4.7, -1.75), (4.5, 0.4), (3.9, 2.4), (3.6, 5.2), (4.4, 8.0), (4.0, 12.0), (6.0, 22.0)])
        return [
            Road("滨海快速路", "Coastal Expressway", "expressway", self._cut(coast_road)),
            Road("绕城快速路", "Ring Expressway", "expressway", self._cut(ring)),
            Road("疏港快速路", "Harbour Expressway", "expressway", self._cut(port_road)),
        ]

    def _mains(self) -> list[Road]:
        area = self._dry.intersection(affinity.scale(urban(), 1.45, 1.6))
        lines = []
        for index, (name, name_en) in enumerate(_MAIN_NAMES_EAST):
            y = -4.4 + index * 1.18
            lines.append(Road(name, name_en, "main", turned(LineString([(-14, y), (14, y)])).intersection(area)))
        for index, (name, name_en) in enumerate(_MAIN_NAMES_NORTH):
            x = -10.6 + index * 1.42
            lines.append(Road(name, name_en, "main", turned(LineString([(x, -11), (x, 11)])).intersection(area)))
        return [road for road in lines if road.shape.length > 1.0]

    def _secondaries(self, random: Random) -> list[Road]:
        area = self._ground.land.difference(self._ground.island).buffer(-0.05).intersection(urban())
        pieces = []
        for index in range(72):
            y = -8 + index * 0.295
            pieces.append(LineString([(-12, y), (12, y)]))
            pieces.append(LineString([(-12 + index * 0.355, -9), (-12 + index * 0.355, 9)]))
        kept: list[BaseGeometry] = []
        for line in pieces:
            cut = turned(line).intersection(area)
            kept.extend(part for part in _parts(cut, step_km=1.0) if random.random() < 0.82)
        return [Road("", "", "secondary", unary_union(kept))]

    def _rail(self) -> BaseGeometry:
        stops = (
            (-32, 12.5),
            (-21, 9.6),
            (-13, 7.8),
            (-8.5, 7.2),
            (-3.0, 5.5),
            (0.6, 4.4),
            (2.2, 2.2),
            (2.6, 0.2),
            (3.2, -1.7),
            (3.4, -3.6),
        )
        return LineString(stops).intersection(self._dry)


def _parts(shape: BaseGeometry, *, step_km: float) -> list[BaseGeometry]:
    """Cut lines into pieces of about `step_km`."""
    pieces: list[BaseGeometry] = []
    for line in getattr(shape, "geoms", [shape]):
        if line.length < 0.05 or line.geom_type != "LineString":
            continue
        count = max(1, round(line.length / step_km))
        marks = [line.interpolate(index / count, normalized=True) for index in range(count + 1)]
        pieces.extend(LineString([a, b]) for a, b in pairwise(marks))
    return pieces


def along(road: Road, step_km: float, offset_km: float = 0.0) -> list[tuple[Xy, float]]:
    """Return points every `step_km` along a road with the kilometre at which they stand."""
    points: list[tuple[Xy, float]] = []
    start = 0.0
    for line in getattr(road.shape, "geoms", [road.shape]):
        if line.geom_type != "LineString":
            continue
        at = offset_km
        while at < line.length:
            point = line.interpolate(at)
            points.append(((point.x, point.y), start + at))
            at += step_km
        start += line.length
    return points
