"""What a simulated sensor says in an exercise: pure. Straight lines between points, then home to where it began."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from city.clock import SECOND_NS
from city.sensor import Sensor

#: A sensor with this tag takes part in an exercise (linkage/admission/evidence.py).
_TAG = "drill"

#: What the id of a sensor that plays begins with; nobody registers one by hand.
PREFIX = "drill-"

#: Time for which a sensor says that all is as at the beginning, s: alarms clear by then, whose rules hold for minutes.
CALM_S = 600

_MINUTE_S = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """One quantity of one sensor of the city.

    Attributes:
        points: minute and value, rising in time.
        unit: of the values; empty for the quantity's own.
        every_s: time between two readings, seconds.
    """

    sensor: str
    quantity: str
    points: tuple[tuple[float, float], ...]
    unit: str = ""
    every_s: int = 10
    line: int = 0

    @property
    def ends_s(self) -> float:
        """Return when the last point is reached, seconds from the beginning."""
        return self.points[-1][0] * _MINUTE_S

    def value(self, at_s: float) -> float:
        """Return what is said so many seconds after the beginning."""
        before = self.points[0]
        for after in self.points:
            start_s, end_s = before[0] * _MINUTE_S, after[0] * _MINUTE_S
            if at_s <= end_s:
                share = 1.0 if end_s <= start_s else (at_s - start_s) / (end_s - start_s)
                return round(before[1] + (after[1] - before[1]) * max(0.0, share), 6)
            before = after
        return self.points[0][1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one sensor says at one time; `sensor` is the one that plays."""

    sensor: str
    domain: str
    quantity: str
    unit: str
    value: float
    time_ns: int


def twin_id(plan: str, sensor: str) -> str:
    """Return the id of the sensor that plays another in the exercises of a plan."""
    return f"{PREFIX}{plan}-{sensor}"


def twins(plan: str, tracks: Iterable[Track], sensors: Mapping[str, Sensor]) -> list[Sensor]:
    """Return the sensors that play: judged by the same rules, marked, and beside the real ones rather than in them.

    They promise no interval, so that nobody misses them between exercises, and share neither site nor gateway with what
    is real, so that neither side inhibits or gathers the other.
    """
    named = dict.fromkeys(track.sensor for track in tracks)
    return [_twin(plan, sensors[name]) for name in named if name in sensors]


def script_of(plan: str, tracks: Iterable[Track], sensors: Mapping[str, Sensor]) -> list[dict[str, object]]:
    """Return tracks as an exercise keeps them: what is played stays the same, whatever the plan says later."""
    return [
        {
            "sensor": twin_id(plan, track.sensor),
            "domain": str(sensors[track.sensor].domain),
            "quantity": track.quantity,
            "unit": track.unit,
            "every_s": track.every_s,
            "points": [list(point) for point in track.points],
        }
        for track in tracks
        if track.sensor in sensors
    ]


@dataclass(frozen=True, slots=True)
class Play:
    """The script of an exercise that began at `started_ns` and was ended by a person at `ended_ns`, if it was."""

    script: tuple[Mapping[str, object], ...]
    started_ns: int
    ended_ns: int | None = None

    @property
    def over_ns(self) -> int:
        """Return when nothing more is said."""
        last_s = max((track.ends_s for track, _ in self._tracks()), default=0.0)
        home_ns = self.started_ns + round(last_s * SECOND_NS)
        if self.ended_ns is not None:
            home_ns = min(home_ns, self.ended_ns)
        return home_ns + CALM_S * SECOND_NS

    def due(self, since_ns: int, now_ns: int) -> list[Reading]:
        """Return the newest reading of each track that became due after `since_ns`; what was missed stays unsaid.

        The time of a reading follows from the beginning alone, so that saying it again is a duplicate.
        """
        found = []
        for track, said in self._tracks():
            every_ns = track.every_s * SECOND_NS
            time_ns = now_ns - (now_ns - self.started_ns) % every_ns
            if since_ns < time_ns <= self.over_ns:
                value = track.points[0][1] if self._is_home(time_ns) else track.value(self._at_s(time_ns))
                found.append(replace(said, value=value, time_ns=time_ns))
        return found

    def next_ns(self, now_ns: int) -> int | None:
        """Return when the next reading is due; None when all is said."""
        coming = [
            now_ns - (now_ns - self.started_ns) % (track.every_s * SECOND_NS) + track.every_s * SECOND_NS
            for track, _ in self._tracks()
        ]
        soonest = min(coming, default=self.over_ns + 1)
        return soonest if soonest <= self.over_ns else None

    def _at_s(self, time_ns: int) -> float:
        return (time_ns - self.started_ns) / SECOND_NS

    def _is_home(self, time_ns: int) -> bool:
        return self.ended_ns is not None and time_ns >= self.ended_ns

    def _tracks(self) -> Iterable[tuple[Track, Reading]]:
        for one in self.script:
            points = one["points"]
            assert isinstance(points, list)
            track = Track(
                sensor=str(one["sensor"]),
                quantity=str(one["quantity"]),
                unit=str(one["unit"]),
                every_s=int(str(one["every_s"])),
                points=tuple((float(minute), float(value)) for minute, value in points),
            )
            said = Reading(
                sensor=track.sensor,
                domain=str(one["domain"]),
                quantity=track.quantity,
                unit=track.unit,
                value=0.0,
                time_ns=0,
            )
            yield track, said


def _twin(plan: str, sensor: Sensor) -> Sensor:
    return replace(
        sensor,
        id=twin_id(plan, sensor.id),
        # In the name itself, so that no title, list, wall or message shows it without the mark.
        name=f"【演练】{sensor.name}",
        name_en=f"[DRILL] {sensor.name_en if sensor.name_en else sensor.name}",
        site=f"{PREFIX}{sensor.site}" if sensor.site else "",
        upstream="",
        interval_s=None,
        tags=sensor.tags | {_TAG},
        recorded=False,
    )
