from prometheus_client import CollectorRegistry, Counter, Gauge

from liandong.ingest_counters import counters


def test_samples_are_named_as_prometheus_writes_them() -> None:
    registry = CollectorRegistry()
    Counter("ingest_messages_received_total", "x", registry=registry).inc(3)
    refused = Counter("ingest_messages_quarantined_total", "x", ["reason"], registry=registry)
    refused.labels('a "quoted"\\\n reason').inc()
    Gauge("rules_alarms_open", "x", registry=registry).set(2)
    Gauge("python_info", "x", registry=registry).set(1)

    assert counters(registry) == {
        "ingest_messages_received_total": 3.0,
        'ingest_messages_quarantined_total{reason="a \\"quoted\\"\\\\\\n reason"}': 1.0,
        "rules_alarms_open": 2.0,
    }
