"""Judges a city after an episode of `benchmarks.soak_faults`: what was acknowledged is there, and all goes on."""

import shutil
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import psutil

from benchmarks.faults_alarms import changes_of, faults_of
from benchmarks.faults_load import Key, Load
from benchmarks.faults_town import HOT, SEER, Missing, Town, awaited
from city.clock import MILLISECOND_NS, iso
from tests.support.program import Person, Program

#: Longest waits, in seconds: for all parts to be ready and nothing amiss, for readings, for one new message.
_CALM_S, _THERE_S, _FLOWS_S = 120.0, 40.0, 10.0
#: Looks that must find nothing amiss; what stands until somebody has looked is amiss later.
_LOOKS = 3
_LOOKED_AT = {"journal_damaged", "history_misses", "side_file_damaged", "history_set_aside"}
#: Most that a process may hold beyond what it held after the first episode, MB, and files that it may have open beside.
_GROWN_MB, _GROWN_FILES = 96.0, 24
_MINUTE_MS, _PAGE = 60_000, 10_000


class Oracle:
    """Knows what must be there; `wrong` is what was found amiss."""

    def __init__(self, town: Town, load: Load) -> None:
        self._town, self._load = town, load
        self.wrong: list[str] = []
        #: Readings that an episode with a lossy fault may have taken along, and messages for quarantine.
        self._excused: set[Key] = set()
        self._poison_excused = 0
        self._events_seen: set[int] = set()
        self._repeats = False
        self._first: dict[str, tuple[float, int]] = {}
        self._logged = 0
        self.begin()

    def begin(self) -> None:
        """Note what is known as an episode begins."""
        self._since_ms = time.time_ns() // MILLISECOND_NS
        self._known, self._known_poison = self._load.acknowledged, self._load.poison_acknowledged

    def note(self, what: str) -> None:
        """Note what is wrong."""
        self.wrong.append(what)
        self._town.say("WRONG:", what)

    def judge(self, *, lossy: bool, repeating: bool) -> None:
        """Look at everything after an episode."""
        self._repeats |= repeating
        self._await("calm", self._is_calm, _CALM_S)
        if lossy:
            self._excused |= self._load.acknowledged - self._known
            self._poison_excused += self._load.poison_acknowledged - self._known_poison
        sensor, at = self._load.last()
        self._await("a new message", lambda: at in self._kept(sensor, at), _FLOWS_S)
        self._readings()
        self._events(lossy=lossy)
        self._quarantine()
        self._alarms(lossy=lossy)
        self._look_at_damage()
        for copy in self._town.copies:
            self._restored(copy)
        self._town.copies.clear()
        self._processes()
        self._log()

    def _await(self, what: str, look: Any, within_s: float) -> None:
        try:
            awaited(look, within_s, what)
        except Missing as missing:
            self.note(str(missing))

    def _is_calm(self) -> bool:
        for _ in range(_LOOKS):
            status = self._town.ask("operator", "/status")
            troubles = [one["kind"] for one in (*status["ingest"]["troubles"], *status["desk"]["troubles"])]
            unready = [name for name, part in self._town.program.parts.items() if not part["ready"]]
            self._town.program.wait_ready()
            amiss = {"unacknowledged": self._load.open, "not ready": unready, "told": set(troubles) - _LOOKED_AT}
            assert not any(amiss.values()), amiss
            time.sleep(1)
        return True

    def _kept(self, sensor: str, from_ms: int, person: Person | None = None) -> dict[int, float]:
        """Return what is kept of a sensor since then: time in milliseconds to value."""
        asked, found = person if person is not None else self._town.person("monitor"), dict[int, float]()
        while True:
            series = _series(asked, sensor, "raw", from_ms)
            found |= dict(zip(series["time_ms"], series["value"], strict=True))
            if not series["truncated"]:
                return found
            from_ms = series["time_ms"][-1] + 1

    def _readings(self) -> None:
        """Compare all readings of the episode with what was sent, and their minutes with both."""
        owed = _by_sensor(key for key in self._load.acknowledged - self._excused if key[1] >= self._since_ms)
        missing: dict[str, int] = {}

        def all_there() -> bool:
            missing.clear()
            for sensor, times in owed.items():
                if gone := times - self._kept(sensor, self._since_ms).keys():
                    missing[sensor] = len(gone)
            return not missing

        self._await("every reading", all_there, _THERE_S)
        if missing:
            self.note(f"{sum(missing.values())} readings lost: {missing}")
        count = sum(
            self._compared(sensor) for sensor in list(self._load.sent) if max(self._load.sent[sensor]) >= self._since_ms
        )
        self._town.say(f"{count} readings there, {sum(map(len, owed.values()))} owed")

    def _compared(self, sensor: str) -> int:
        """Look that all of a sensor was sent so, and counted once by the minute; return how many readings there are."""
        kept, start_ms = self._kept(sensor, self._since_ms), self._since_ms // _MINUTE_MS * _MINUTE_MS
        if unlike := [at for at, value in kept.items() if self._load.sent[sensor].get(at) != value]:
            self.note(f"{len(unlike)} readings of {sensor} were not sent so: {unlike[:3]}")
        minutes = _series(self._town.person("monitor"), sensor, "1m", start_ms)
        told = dict(zip(minutes["time_ms"], minutes["count"], strict=True))
        if told != Counter(at // _MINUTE_MS * _MINUTE_MS for at in self._kept(sensor, start_ms)):
            self.note(f"minutes of {sensor} do not count its readings: {told}")
        return len(kept)

    def _events(self, *, lossy: bool) -> None:
        owed = self._load.events_acknowledged - self._events_seen
        found: Counter[int] = Counter()

        def all_there() -> bool:
            span = {"from": iso(self._since_ms * MILLISECOND_NS), "limit": 500}
            items = self._town.ask("monitor", f"/sensors/{SEER}/events", **span)["items"]
            found.clear()
            found.update(int(one["attributes"]["number"]) for one in items)
            return lossy or owed <= found.keys()

        self._await("every event", all_there, _THERE_S)
        if not self._repeats and (twice := [number for number, times in found.items() if times > 1]):
            self.note(f"events there twice: {twice[:5]}")
        self._events_seen |= owed | found.keys()

    def _quarantine(self) -> None:
        least = self._load.poison_acknowledged - self._poison_excused

        def waiting() -> int:
            return sum(int(one["waiting"]) for one in self._town.ask("operator", "/quarantine/counts"))

        self._await("quarantine", lambda: waiting() >= least, _THERE_S)
        if not self._repeats and waiting() > self._load.poison_sent:
            self.note(f"{waiting()} messages in quarantine of {self._load.poison_sent}")

    def _alarms(self, *, lossy: bool) -> None:
        readings = {sensor: self._kept(sensor, self._since_ms - _MINUTE_MS) for sensor in HOT}

        def wrong() -> list[str]:
            changes, incidents = changes_of(self._town)
            found = [f"{times} incidents of {sensor}" for sensor, times in incidents.items() if times > 1]
            for sensor in HOT:
                since = {"since_ms": self._since_ms, "lossy": lossy}
                found += faults_of(sensor, readings[sensor], changes[sensor], **since)  # type: ignore[arg-type]
            return found

        try:
            awaited(lambda: not wrong(), _FLOWS_S, "alarms as readings say")
        except Missing:
            for one in wrong():
                self.note(one)

    def _look_at_damage(self) -> None:
        """Take away what was set aside, as somebody does who has looked: nothing is told of it any more."""
        ingest, history = self._town.program.data / "ingest", self._town.program.data / "history"
        aside = [*(ingest / "journal" / "damaged").glob("*"), *ingest.glob("*.damaged-*"), *history.glob("*.broken-*")]
        for file in (*aside, ingest / "gaps.json"):
            file.unlink(missing_ok=True)
        if aside:
            self._town.say(f"{len(aside)} files had been set aside")
        self._await("no trouble", lambda: not self._town.ask("operator", "/status")["ingest"]["troubles"], _FLOWS_S)

    def _restored(self, copy: Path) -> None:
        """Bring a copy back into an empty folder and run it: what was known before it was taken is there."""
        folder = self._town.folder / "restored"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        (folder / "liandong.toml").touch()
        again = Program(folder, folder / "data" / "city")
        again.command("restore", str(copy))
        again.start()
        try:
            person, lacks = Person(again.url, "monitor", self._town.passwords["monitor"]), 0
            for sensor, times in _by_sensor(self._known - self._excused).items():
                kept = self._kept(sensor, min(times), person)
                lacks += len(times - kept.keys())
                if any(self._load.sent[sensor].get(at) != value for at, value in kept.items()):
                    self.note(f"the restored copy has readings of {sensor} that were not sent so")
        finally:
            again.stop()
        if lacks:
            self.note(f"the restored copy lacks {lacks} of {len(self._known)} readings")
        self._town.say(f"a copy was restored, {lacks} of {len(self._known)} readings missing")

    def _processes(self) -> None:
        """Look that no process has grown since the first episode."""
        for part in (*self._town.program.parts, "up"):
            process = psutil.Process(self._town.pid(part))
            held = process.memory_info().rss / 1e6, process.num_fds()
            first = self._first.setdefault(part, held)
            if held[0] > first[0] + _GROWN_MB or held[1] > first[1] + _GROWN_FILES:
                self.note(f"{part} grew from {first} to {held} (MB, open files)")
            self._town.say(f"{part}: {held[0]:.0f} MB, {held[1]} files")

    def _log(self) -> None:
        """Look that no part met a mistake of ours: each leaves a traceback."""
        said = self._town.program.log.read_text(errors="replace")
        new, self._logged = said[self._logged :], len(said)
        if "Traceback" in new:
            at = new.index("Traceback")
            self.note(f"a traceback in the log: {new[max(0, at - 300) : at + 1500]}")


def _series(person: Person, sensor: str, resolution: str, from_ms: int) -> Mapping[str, Any]:
    span = {"from": iso(from_ms * MILLISECOND_NS), "to": "2100-01-01T00:00:00Z", "limit": _PAGE}
    answer: Mapping[str, Any] = person.get(
        f"/sensors/{sensor}/readings", quantity="water_level", resolution=resolution, **span
    )
    return answer


def _by_sensor(keys: Iterable[Key]) -> dict[str, set[int]]:
    found: defaultdict[str, set[int]] = defaultdict(set)
    for sensor, at in keys:
        found[sensor].add(at)
    return dict(found)
