"""Counters of the API, and the page on which Prometheus reads them together with those of ingest."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Counter, Gauge, Metric, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTENT_TYPE = CONTENT_TYPE_LATEST

REQUESTS = Counter("api_requests_answered_total", "Requests answered.", ["method", "route", "status"])
SIGN_INS = Counter("api_sign_ins_attempted_total", "Attempts to sign in.", ["outcome"])
STREAMS_CLOSED = Counter("api_streams_closed_total", "Live streams that ended.", ["reason"])
STREAMS_OPEN = Gauge("api_streams_open", "Live streams held open.")

#: A sample as ingest names it: `name` or `name{label="value",…}` (Prometheus text format 0.0.4).
_SAMPLE = re.compile(r"^(?P<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(?P<labels>.*)\})?$")
_LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\.)*)"')
_ESCAPES = {r"\\": "\\", r"\"": '"', r"\n": "\n"}


class CountedRequests:
    """Counts answers by method, route and status."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""

        async def send_counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                # Only declared paths: a label for each unknown one would grow without end.
                route = getattr(scope.get("route"), "path", "other")
                REQUESTS.labels(_method(scope["method"]), route, str(message["status"])).inc()
            await send(message)

        await self._app(scope, receive, send_counted if scope["type"] == "http" else send)


class _Page:
    """What `generate_latest` reads: metrics already collected."""

    def __init__(self, metrics: Iterable[Metric]) -> None:
        self._metrics = list(metrics)

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics."""
        return iter(self._metrics)


def page(ingest: Mapping[str, float], registry: CollectorRegistry = REGISTRY) -> bytes:
    """Return the metrics of this process and those that ingest told, in Prometheus' text format.

    A metric that both know is ingest's: this process only declared it.
    """
    told = told_by_ingest(ingest)
    names = {metric.name for metric in told}
    own = (metric for metric in registry.collect() if metric.name not in names)
    collected: CollectorRegistry = _Page([*own, *told])  # type: ignore[assignment]
    return generate_latest(collected)


def told_by_ingest(counters: Mapping[str, float]) -> list[Metric]:
    """Return ingest's counters as metrics; names that Prometheus would not read are left out."""
    metrics: dict[str, Metric] = {}
    samples: defaultdict[str, list[tuple[dict[str, str], float]]] = defaultdict(list)
    for key, value in counters.items():
        match = _SAMPLE.match(key)
        if match is not None:
            samples[match["name"]].append((_labels(match["labels"] or ""), value))
    for name, values in samples.items():
        kind = "counter" if name.endswith("_total") else "gauge"
        metric = metrics[name] = Metric(name.removesuffix("_total"), "Told by ingest.", kind)
        for labels, value in values:
            metric.add_sample(name, labels, value)
    return list(metrics.values())


def _labels(text: str) -> dict[str, str]:
    return {name: re.sub(r'\\[\\"n]', lambda found: _ESCAPES[found[0]], value) for name, value in _LABEL.findall(text)}


def _method(method: str) -> str:
    return method if method in {"GET", "HEAD", "POST", "DELETE", "OPTIONS"} else "other"
