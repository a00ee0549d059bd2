"""Bytes to judged, kept and shown: the whole program under load beside its broker and its publishers, on two cores.

python -m benchmarks.ingest [--broker NAME] [--seconds N] [--messages N] [--sensors N] [--alone]
"""

import argparse
import gc
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.figures import Figure, shown, verdicts
from benchmarks.ingest_city import BROKERS, installed
from benchmarks.ingest_load import Figures, Log, Run, alarm_delays_ms, spread
from benchmarks.ingest_messages import Plan
from benchmarks.ingest_oracle import lost
from benchmarks.ingest_rivals import rivals
from benchmarks.ingest_watch import LiveStream, Progress, asked
from benchmarks.report import report
from tests.support.program import Person

_CORES = 2
#: The steady pace at which alarms and history are timed, and how many messages lie between two that fire an alarm.
_PACE_PER_S, _ALARM_EVERY = 10_000, 1_000
#: The pace that the saturated phase's times are made up for.
_FAST_PER_S = 45_000


def steady(run: Run, live: LiveStream, seconds: int) -> Figures:
    """Return the times from publish to alarm and to history at a steady pace."""
    plan = run.plan(_PACE_PER_S * seconds, _PACE_PER_S, alarm_every=_ALARM_EVERY)
    figures, log, seen = run.load(plan, per_s=_PACE_PER_S)
    alarm_ms = alarm_delays_ms(plan, log, live)
    return {
        "publish_to_alarm_ms": {**spread(alarm_ms), "alarms": len(alarm_ms)},
        "publish_to_history_ms": spread(_history_ms(plan, log, seen)),
        "at_steady_pace": {"messages_per_s": _PACE_PER_S, "cores_used": figures["cores_used"]},
    }


def _history_ms(plan: Plan, log: Log, seen: Progress) -> list[float]:
    at, sent = np.array([one for one, _ in log]), np.array([count for _, count in log])
    kept = [(count, done) for count, done in seen.kept_at() if 0 < count <= plan.count]
    return [1000 * (done - float(at[np.searchsorted(sent, count)])) for count, done in kept]


def saturated(run: Run, live: LiveStream, person: Person, messages: int) -> Figures:
    """Return throughput and cost at full load, and how API and live stream did meanwhile."""
    plan = run.plan(messages, _FAST_PER_S)
    before = len(live.shown)
    with asked(person, "/incidents") as api_ms:
        figures, log, _ = run.load(plan)
    return {**figures, "api_ms": spread(api_ms), "publish_to_live_ms": spread(_live_ms(plan, log, live.shown[before:]))}


def _live_ms(plan: Plan, log: Log, shown: Sequence[tuple[float, str]]) -> list[float]:
    """Return how long after its message the newest reading of each event of the live stream was told."""
    at, sent = np.array([one for one, _ in log]), np.array([count for _, count in log])
    times_ms = plan.time_ms(plan.numbers)
    told = np.array([one for one, _ in shown])
    moments_ms = np.array([text.rstrip("Z") for _, text in shown], "datetime64[ms]").astype(np.int64)
    own = (moments_ms >= times_ms[0]) & (moments_ms <= times_ms[-1])
    place = np.searchsorted(times_ms, moments_ms[own])
    delays: list[float] = (1000 * (told[own] - at[np.searchsorted(sent, place, side="right")])).tolist()
    return delays


def promised(figures: Figures) -> list[Figure]:
    """Return the figures that issue 4 limits, "How fast"."""
    return [
        Figure("saturated", figures["messages_per_s"], "messages/s", 30_000, at_least=True),
        Figure("saturated: readings", figures["readings_per_s"], "readings/s", 90_000, at_least=True),
        Figure("saturated: our processor time", figures["cpu_us_per_message"], "µs/message", 20),
        Figure("saturated: API p99", figures["api_ms"]["p99"], "ms", 200),
        Figure("saturated: live stream behind, p99", figures["publish_to_live_ms"]["p99"], "ms", 1000),
        Figure("publish to alarm at 10,000/s, p50", figures["publish_to_alarm_ms"]["p50"], "ms"),
        Figure("publish to alarm at 10,000/s, p99", figures["publish_to_alarm_ms"]["p99"], "ms", 150),
        Figure("publish to history at 10,000/s, p99", figures["publish_to_history_ms"]["p99"], "ms"),
        Figure("lost", figures["lost"], "messages", 0),
    ]


def measure(broker: str, arguments: argparse.Namespace) -> Figures:
    """Return all figures on one kind of broker."""
    with tempfile.TemporaryDirectory(prefix="liandong-bench-") as place:
        with installed(broker, Path(place), arguments.sensors) as city:
            run = Run(city, arguments.sensors)
            person = city.program.person("bench", "acceptor")
            live = LiveStream(city.program.person("bench-live", "acceptor"))
            live.start()
            for _ in range(2):  # numbers are given out at the first message, and its shape is known from the second on
                run.load(run.plan(arguments.sensors, _PACE_PER_S), per_s=_PACE_PER_S)
            times = steady(run, live, arguments.seconds)
            full = saturated(run, live, person, arguments.messages)
        figures = {**full, **times, "lost": lost(city.history, run.plans)}
        shown("ingest", broker, promised(figures))
        return {**figures, "verdicts": verdicts(promised(figures))}


def main(words: Sequence[str] | None = None) -> None:
    """Measure on each broker."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--broker", choices=BROKERS, action="append")
    parser.add_argument("--seconds", type=int, default=15, help="length of the steady phase")
    parser.add_argument("--messages", type=int, default=600_000, help="messages of the saturated phase")
    parser.add_argument("--sensors", type=int, default=10_000)
    parser.add_argument("--alone", action="store_true", help="compare with nobody")
    arguments = parser.parse_args(words)
    gc.disable()  # its pauses would be measured as ours
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:_CORES])
    figures = {broker: measure(broker, arguments) for broker in arguments.broker or BROKERS}
    report("ingest", figures if arguments.alone else {**figures, "compared": rivals()})


if __name__ == "__main__":
    main()
