"""Faults in combinations that nobody chose, under a whole city: broker, `liandong up`, publishers are the real things.

Each episode does two to five things at once, of `benchmarks.faults_kinds`, chosen by the seed, and an oracle looks at
the city when they are over. It ends by itself, after ten minutes or the episode that goes on then.

python -m benchmarks.soak_faults [--seed N] [--broker NAME] [--store NAME] [--episodes N] [--deed NAME ...]
"""

import argparse
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.faults_kinds import LOSSY, REPEATING, Deed, adopt, deeds
from benchmarks.faults_load import Load
from benchmarks.faults_oracle import Oracle
from benchmarks.faults_town import Town, standing
from benchmarks.report import report
from benchmarks.soak_outage import logs_kept

BROKERS, STORES = ("embedded", "mosquitto"), ("duckdb", "influxdb")

#: Seconds of load before and after the faults, within which they begin, and after which no episode begins.
_BEFORE_S, _AFTER_S, _WINDOW_S, _RUN_S = 3.0, 5.0, 12.0, 600.0
_LEAST, _MOST = 2, 5


def episode(number: int, town: Town, load: Load, oracle: Oracle, random: Random, wanted: Sequence[str]) -> None:
    """Do several things to the city at once, let it come to rest, and judge it."""
    can = deeds(town)
    chosen = list(wanted) or random.sample(sorted(can), random.randint(_LEAST, _MOST))
    town.say(f"--- episode {number}: {', '.join(chosen)}")
    oracle.begin()
    load.stranger = f"stranger-{number:02d}"
    load.go()
    time.sleep(_BEFORE_S)
    with ThreadPoolExecutor(len(chosen), thread_name_prefix="faults.deed") as pool:
        working = {name: pool.submit(_done, can[name], town, load, random.random()) for name in chosen}
        for name, work in working.items():
            if (error := work.exception()) is not None:
                oracle.note(f"{name}: {error!r}")
    time.sleep(_AFTER_S)
    if "adopt" not in chosen:
        adopt(town, load, random)
    load.pause()
    oracle.judge(lossy=bool(LOSSY & {*chosen}), repeating=bool(REPEATING & {*chosen}))


def _done(deed: Deed, town: Town, load: Load, seed: float) -> None:
    """Do something at some moment of the window."""
    random = Random(seed)
    time.sleep(random.uniform(0, _WINDOW_S))
    deed(town, load, random)


def soaked(arguments: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Run the episodes of a seed; return what was found."""
    random, began_s, count = Random(arguments.seed), time.monotonic(), 0
    with ExitStack() as stack:
        town = stack.enter_context(standing(arguments.broker, arguments.store, folder))
        load = Load(town, Random(arguments.seed))
        oracle = Oracle(town, load)
        load.start()
        stack.callback(load.stop)
        while count < arguments.episodes and time.monotonic() < began_s + _RUN_S:
            count += 1
            episode(count, town, load, oracle, random, arguments.deed)
    told = {"seed": arguments.seed, "broker": arguments.broker, "store": arguments.store, "episodes": count}
    sent = sum(map(len, load.sent.values()))
    return {**told, "readings": sent, "took_s": time.monotonic() - began_s, "wrong": oracle.wrong}


def main(words: Sequence[str] | None = None) -> None:
    """Show what was found; the exit code is 1 when anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--broker", choices=BROKERS, default=BROKERS[0])
    parser.add_argument("--store", choices=STORES, default=STORES[0])
    parser.add_argument("--episodes", type=int, default=8)
    parser.add_argument(
        "--deed", action="append", default=[], help="do this in each episode, in place of what chance says"
    )
    arguments = parser.parse_args(words)
    with TemporaryDirectory(prefix="liandong-soak-") as name, logs_kept(Path(name), "soak_faults"):
        figures = soaked(arguments, Path(name))
    report("soak_faults", figures)
    sys.exit(bool(figures["wrong"]))


if __name__ == "__main__":
    main()
