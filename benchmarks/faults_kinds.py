"""What is done to a city in `benchmarks.soak_faults`, several things at once: faults, and work beside them."""

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random

from benchmarks.faults_load import Load
from benchmarks.faults_town import CLEAR_CM, Missing, Town, awaited, started, write_rules

#: Something that is done to a city, with the chance of its seed.
Deed = Callable[[Town, Load, Random], None]

#: Longest wait for a part that was killed, and for work that is tried again until it is done, in seconds.
_BACK_S, _WORK_S = 60.0, 120.0
#: Kills of a part that comes back, and the longest pause between, in seconds.
_KILLS, _PAUSE_S = 4, 2.5
_BLOCK = bytes(65_536)
_HEADER = "id,name,domain,kind,longitude,latitude,district,quantities\n"
_ROW = _HEADER + "{0},{0},environment,plain,122.9,36.2,harbour,water_level\n"


def _killed(part: str) -> Deed:
    def deed(town: Town, _: Load, __: Random) -> None:
        town.say(f"kill -9 {part}: {town.signal(part, signal.SIGKILL)}")

    return deed


def _killed_again(part: str) -> Deed:
    """Kill a part as it comes back, too."""

    def deed(town: Town, _: Load, random: Random) -> None:
        for _turn in range(_KILLS):
            killed = awaited(lambda: town.pid(part), _BACK_S, part)
            town.say(f"kill -9 {part}: {town.signal(part, signal.SIGKILL)}")
            awaited(lambda pid=killed: town.pid(part) not in {0, pid}, _BACK_S, f"{part} again")  # type: ignore[misc]
            time.sleep(random.uniform(0, _PAUSE_S))

    return deed


def _stopped(part: str) -> Deed:
    def deed(town: Town, _: Load, random: Random) -> None:
        seconds, pid = random.uniform(1, 20), town.signal(part, signal.SIGSTOP)
        town.say(f"{part} is stopped for {seconds:.1f} s")
        time.sleep(seconds)
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT) if pid else None
        town.say(f"{part} goes on")

    return deed


def _kill_up(town: Town, _: Load, random: Random) -> None:
    with town.turn:
        town.say("kill -9 up")
        town.restart(random.uniform(0, 3))
        town.say("up again")


def _mosquitto_ended(number: signal.Signals) -> Deed:
    def deed(town: Town, _: Load, random: Random) -> None:
        assert town.mosquitto is not None
        town.say(f"Mosquitto gets {number.name}")
        town.mosquitto.end(number)
        time.sleep(random.uniform(0, 5))
        started(town.mosquitto.start)
        town.say("Mosquitto again")

    return deed


def _fill_disk(town: Town, _: Load, random: Random) -> None:
    seconds, ballast = random.uniform(2, 15), town.program.data / ".ballast"
    town.say(f"the disk is full for {seconds:.1f} s")
    deadline_s = time.monotonic() + seconds
    try:
        while time.monotonic() < deadline_s:  # what is given back meanwhile is filled too
            with suppress(OSError):
                _fill(ballast)
            time.sleep(0.05)
    finally:
        ballast.unlink(missing_ok=True)
        town.say("the disk has room")


def _fill(ballast: Path) -> None:
    """Write to the last byte; raises OSError then."""
    with ballast.open("ab", buffering=0) as file:
        with suppress(OSError):
            while file.write(_BLOCK):
                continue
        while file.write(_BLOCK[:1]):
            continue


def _damage_journal(town: Town, _: Load, random: Random) -> None:
    def ruin() -> None:
        files = sorted((town.program.data / "ingest" / "journal").glob("*.sqlite*"))
        files = [file for file in files if not file.name.endswith("-shm") and file.stat().st_size]
        for file in random.sample(files, min(len(files), 2)):
            how = random.choice(("flipped", "cut", "emptied", "gone"))
            town.say(f"{file.name} is {how}")
            _ruin(file, how, random)

    with town.turn:
        town.say("kill -9 up, to damage the journal")
        town.restart(0.2, ruin)
        town.say("up again")


def _ruin(file: Path, how: str, random: Random) -> None:
    content = bytearray(file.read_bytes())
    if how == "gone":
        file.unlink()
    elif how == "flipped":
        for _ in range(20):
            content[random.randrange(len(content))] ^= 1 << random.randrange(8)
        file.write_bytes(content)
    else:
        file.write_bytes(content[: random.randrange(len(content)) if how == "cut" else 0])


def _kill_store(town: Town, _: Load, random: Random) -> None:
    assert town.store is not None
    seconds = random.uniform(2, 20)
    town.say(f"InfluxDB is killed, for {seconds:.1f} s")
    town.store.kill()
    time.sleep(seconds)
    started(town.store.start)
    town.say("InfluxDB again")


def _back_up(town: Town, _: Load, __: Random) -> None:
    """Take a copy, and again where other faults end it."""
    place = town.folder / "copies" / str(time.monotonic_ns())
    place.mkdir(parents=True)
    _done(town, "backup", "--to", str(place), "--city", str(town.program.city))
    town.copies.append(place)
    town.say("a copy was taken")


def _add_source(town: Town, _: Load, __: Random) -> None:
    _done(town, "source", "add", f"late-{time.monotonic_ns()}", "--topics", "city/#")
    town.say("a source was added")


def _done(town: Town, *words: str) -> None:
    """Run a command until it succeeds; what it says when it is refused is no fault of ours."""

    def run() -> bool:
        try:
            town.program.command(*words)
        except AssertionError as error:
            if "Traceback" in str(error):
                raise Missing(words[0], str(error)) from error
            raise
        return True

    awaited(run, _WORK_S, words[0])


def _import_sensor(town: Town, load: Load, _: Random) -> None:
    name = f"new-{time.monotonic_ns()}"

    def posted() -> bool:
        client = town.person("operator").client
        answer = client.post("/registry/sensors", params={"name": "new.csv"}, content=_ROW.format(name))
        assert answer.is_success, answer.text
        return True

    awaited(posted, _WORK_S, "an import")
    load.say(name)
    town.say(f"{name} was imported")


def adopt(town: Town, load: Load, _: Random) -> None:
    """Adopt the stranger; where the answer was lost with the desk, it may be adopted already."""

    def posted() -> bool:
        body = {"name": load.stranger, "domain": "environment", "kind": "plain"}
        answer = town.person("operator").client.post(f"/discovery/{load.stranger}/adopt", json=body)
        assert answer.is_success or "is registered" in answer.text, answer.text
        return True

    awaited(posted, _WORK_S, "an adoption")
    town.say(f"{load.stranger} was adopted")


def _change_rules(town: Town, _: Load, random: Random) -> None:
    clear, priority, more = CLEAR_CM + random.randint(0, 2), random.randint(1, 2), random.random() < 0.5
    write_rules(town.program.city, clear=clear, priority=priority, more=more)
    town.say("the rules were changed")


_ANYWHERE: dict[str, Deed] = {
    **{f"kill {part}": _killed(part) for part in ("ingest", "desk")},
    **{f"kill {part} again": _killed_again(part) for part in ("ingest", "desk")},
    **{f"stop {part}": _stopped(part) for part in ("ingest", "desk", "up")},
    "kill up": _kill_up,
    "fill disk": _fill_disk,
    "damage journal": _damage_journal,
    "copy": _back_up,
    "import": _import_sensor,
    "adopt": adopt,
    "change rules": _change_rules,
}
_EMBEDDED: dict[str, Deed] = {
    "kill broker": _killed("broker"),
    "kill broker again": _killed_again("broker"),
    "stop broker": _stopped("broker"),
    "add source": _add_source,
}
_MOSQUITTO: dict[str, Deed] = {
    "kill mosquitto": _mosquitto_ended(signal.SIGKILL),
    "end mosquitto": _mosquitto_ended(signal.SIGTERM),
    "stop mosquitto": _stopped("mosquitto"),
}
#: After these, what was acknowledged in the same episode may be gone: Mosquitto had not saved it, or it was damaged.
LOSSY = {"damage journal", "kill mosquitto"}
#: After these, what a publisher had not been told was acknowledged may be there twice: it sent it again.
REPEATING = {"kill broker", "kill broker again", "kill up", "damage journal", "kill mosquitto", "fill disk"}


def deeds(town: Town) -> dict[str, Deed]:
    """Return what can be done to this city, by name."""
    more = _EMBEDDED if town.mosquitto is None else _MOSQUITTO
    return _ANYWHERE | more | ({"kill store": _kill_store} if town.store is not None else {})
