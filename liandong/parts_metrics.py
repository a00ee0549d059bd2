"""The supervisor's parts as metrics of the process that Prometheus reads."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
from prometheus_client import REGISTRY, CollectorRegistry, Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

from liandong.supervisor import PartState


class _Parts:
    """Collects what the supervisor wrote; nothing when this process runs without one."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def collect(self) -> Iterator[Metric]:
        """Yield each part's restarts and readiness."""
        restarts = CounterMetricFamily(
            "liandong_parts_restarted", "Parts started again after they ended.", labels=["part"]
        )
        ready = GaugeMetricFamily("liandong_part_ready", "1 while the part does its work.", labels=["part"])
        for name, state in self._states().items():
            restarts.add_metric([name], state.restarts)
            ready.add_metric([name], float(state.ready))
        yield restarts
        yield ready

    def _states(self) -> dict[str, PartState]:
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=dict[str, PartState])
        except (FileNotFoundError, msgspec.DecodeError):
            return {}


def tell_parts(path: Path, registry: CollectorRegistry = REGISTRY) -> None:
    """Have this process's metrics tell what the supervisor writes to `path`."""
    registry.register(_Parts(path))
