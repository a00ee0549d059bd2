"""Ingest's counters as it tells them over the link: named as Prometheus writes them."""

from prometheus_client import REGISTRY, CollectorRegistry
from prometheus_client.samples import Sample

#: Rooms that count in ingest's process; what Python and the kernel count is each process's own.
_ROOMS = ("ingest_", "rules_", "storage_", "liandong_link_")


def counters(registry: CollectorRegistry = REGISTRY) -> dict[str, float]:
    """Return every sample of this process's own metrics, but for the times at which they were made."""
    return {
        _written(sample): sample.value
        for metric in registry.collect()
        if metric.name.startswith(_ROOMS)
        for sample in metric.samples
        if not sample.name.endswith("_created")
    }


def _written(sample: Sample) -> str:
    if not sample.labels:
        return sample.name
    labels = ",".join(f'{name}="{_escaped(value)}"' for name, value in sample.labels.items())
    return f"{sample.name}{{{labels}}}"


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
