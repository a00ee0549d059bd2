"""The age of the last copy and of the last tested restore, as metrics and as a complaint for who asks for health."""

from collections.abc import Iterator

from prometheus_client import REGISTRY, CollectorRegistry, Metric
from prometheus_client.core import GaugeMetricFamily

from city.clock import SECOND_NS, Clock
from liandong.copies.config import BackupSettings
from liandong.copies.standing import Standings, complaints


class _Copies:
    """Collects what those who take and test copies wrote."""

    def __init__(self, standings: Standings, settings: BackupSettings, clock: Clock) -> None:
        self._standings, self._settings, self._clock = standings, settings, clock

    def collect(self) -> Iterator[Metric]:
        """Yield when each was last done, and whether that is too long ago."""
        now, found = self._clock.now_ns(), self._standings.now()
        last = GaugeMetricFamily(
            "liandong_copy_last_timestamp_seconds",
            "When a copy was last taken, and last restored for a test.",
            labels=["act"],
        )
        for act, done in (("taken", found.taken), ("tested", found.tested)):
            if done.at_ns:
                last.add_metric([act], done.at_ns / SECOND_NS)
        yield last
        yield GaugeMetricFamily(
            "liandong_copies_late",
            "Of copy and tested restore, how many are older than the settings ask.",
            value=len(complaints(found, self._settings, now)),
        )


def tell_copies(
    standings: Standings, settings: BackupSettings, clock: Clock, registry: CollectorRegistry = REGISTRY
) -> None:
    """Have this process's metrics tell how copies stand."""
    registry.register(_Copies(standings, settings, clock))
