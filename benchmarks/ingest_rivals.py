"""What the same machine does without this pipeline: paho and aiomqtt into influxdb-client, and Node-RED.

Each takes the same messages from Mosquitto; what they write goes to a server that throws it away. They are installed
into `build/`, pinned, and are no dependencies of Liandong.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import psutil
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from benchmarks.ingest_load import Figures, publishing, tell
from benchmarks.ingest_messages import Plan
from benchmarks.ingest_publisher import Job
from benchmarks.report import FOLDER
from city.clock import MILLISECOND_NS, SystemClock
from liandong import leash
from scripts.build_console import path_with_node
from tests.support.program import ROOT, eventually
from tests.support.servers import HOST, Server, free_port, mosquitto

_AIOMQTT, _NODE_RED = "2.5.1", "4.1.8"
_SENSORS, _PER_S = 10_000, 10_000
#: Messages for each: some seconds' worth. Node-RED's last one is hot, and its alarm tells that it is through.
_MESSAGES = {"paho": 20_000, "aiomqtt": 20_000, "node_red": 100_100}
_HOT_EVERY = 99
_OPTIONS = ("allow_anonymous true", "max_inflight_messages 0", "max_queued_messages 0")


def rivals() -> Figures:
    """Return what each of them takes, and what it spends on it."""
    _install()
    with tempfile.TemporaryDirectory(prefix="liandong-bench-") as place, _sink() as influx:
        figures: Figures = {}
        for library in ("paho", "aiomqtt"):
            with _broker(Path(place) / library) as broker:
                figures[library] = _consumer(library, broker, influx)
        with _broker(Path(place) / "node_red") as broker:
            figures["node_red"] = _node_red(broker, Path(place))
    return figures


def _install() -> None:
    if not (FOLDER / "aiomqtt").exists():
        pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(FOLDER / "aiomqtt")]
        subprocess.run([*pip, f"aiomqtt=={_AIOMQTT}"], check=True)
    if not (FOLDER / "node-red" / "node_modules" / "node-red").exists():
        (FOLDER / "node-red").mkdir(parents=True, exist_ok=True)
        npm = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", ".", f"node-red@{_NODE_RED}"]
        subprocess.run(npm, check=True, cwd=FOLDER / "node-red", env={**os.environ, "PATH": path_with_node()})


@contextmanager
def _broker(folder: Path) -> Iterator[Server]:
    folder.mkdir()
    with mosquitto(folder, options=_OPTIONS) as server:
        yield server


class _Bin(BaseHTTPRequestHandler):
    """Takes every write and keeps nothing."""

    def do_POST(self) -> None:
        """Answer as InfluxDB does."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def _sink() -> Iterator[str]:
    server = ThreadingHTTPServer((HOST, 0), _Bin)
    threading.Thread(target=server.serve_forever, name="bench.influx", daemon=True).start()
    try:
        yield f"http://{HOST}:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def _plan(name: str) -> Plan:
    start_ms = SystemClock().now_ns() // MILLISECOND_NS
    return Plan(0, _MESSAGES[name], _SENSORS, start_ms, _PER_S, _HOT_EVERY)


def _consumer(library: str, broker: Server, influx: str) -> Figures:
    plan = _plan(library)
    words = [library, str(broker.port), influx, str(plan.count)]
    path = os.pathsep.join([str(ROOT), str(FOLDER / "aiomqtt")])
    command = leash.command(sys.executable, "-m", "benchmarks.ingest_rival", *words)
    environment = {**os.environ, "PYTHONPATH": path}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment) as process:
        assert process.stdout is not None
        process.stdout.readline()
        with publishing(Job(plan, broker.port)) as publisher:
            began = time.monotonic()
            tell(publisher, plan.count)
            said = json.loads(process.stdout.readline())
    return {
        "messages_per_s": plan.count / (said["ended"] - began),
        "cpu_us_per_message": said["cpu_s"] / plan.count * 1e6,
        "rss_mb": said["rss_mb"],
    }


def _flow(port: int) -> list[dict[str, object]]:
    """Return a flow that decodes, compares the temperature with a limit, and publishes what is above."""
    broker = {"id": "broker", "type": "mqtt-broker", "broker": HOST, "port": str(port), "protocolVersion": "4"}
    taken = {"type": "mqtt in", "topic": "city/+/+/reading", "qos": "1", "datatype": "json", "broker": "broker"}
    limit = {"type": "switch", "property": "payload.values.temperature", "propertyType": "msg", "outputs": 1}
    rules = [{"t": "gt", "v": "50", "vt": "num"}]
    told = {"type": "mqtt out", "topic": "alarms", "qos": "1", "broker": "broker"}
    return [
        {"id": "tab", "type": "tab", "label": "bench"},
        {**broker, "autoConnect": True, "cleansession": True, "keepalive": "60"},
        {"id": "in", "z": "tab", **taken, "wires": [["limit"]]},
        {"id": "limit", "z": "tab", **limit, "rules": rules, "checkall": "true", "wires": [["out"]]},
        {"id": "out", "z": "tab", **told, "wires": []},
    ]


def _node_red(broker: Server, folder: Path) -> Figures:
    (folder / "flows.json").write_text(json.dumps(_flow(broker.port)), "utf-8")
    red = FOLDER / "node-red" / "node_modules" / "node-red" / "red.js"
    command = leash.command("node", str(red), "--userDir", str(folder), "-p", str(free_port()), "flows.json")
    environment = {**os.environ, "PATH": path_with_node()}
    alarms: list[float] = []
    listener = Client(CallbackAPIVersion.VERSION2)
    listener.on_message = lambda *_: alarms.append(time.monotonic())
    listener.connect(HOST, broker.port)
    listener.subscribe("alarms", qos=1)
    listener.loop_start()
    plan, hot = _plan("node_red"), json.dumps({"values": {"temperature": 80}})
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=folder, env=environment) as process:
        try:
            eventually(lambda: listener.publish("city/x/probe/reading", hot) and alarms, within_s=60, what="Node-RED")
            return _measured(psutil.Process(process.pid), plan, broker, alarms)
        finally:
            process.terminate()
            listener.loop_stop()


def _measured(process: psutil.Process, plan: Plan, broker: Server, alarms: list[float]) -> Figures:
    time.sleep(1.0)  # the probes' alarms are all in
    alarms.clear()
    expected, spent = int(plan.hot(plan.numbers).sum()), sum(process.cpu_times()[:2])
    with publishing(Job(plan, broker.port)) as publisher:
        began = time.monotonic()
        tell(publisher, plan.count)
        eventually(lambda: len(alarms) >= expected, within_s=60, what="Node-RED's last alarm")
    used_s = sum(process.cpu_times()[:2]) - spent
    return {
        "messages_per_s": plan.count / (alarms[-1] - began),
        "cpu_us_per_message": used_s / plan.count * 1e6,
        "rss_mb": process.memory_info().rss / 1e6,
    }
