"""The program itself, run for a test as its users run it: `liandong up` in a folder of its own, reached over HTTP."""

import json
import os
import re
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest

from api.passwords import Passwords
from api.users import NewUser, Users
from city.clock import SystemClock
from liandong import leash
from liandong.commands.options import chosen_settings
from liandong.stores import opened_database
from tests.support.forks import ForkedCommand
from tests.support.migrated import write_migrated
from tests.support.servers import HOST, free_port

ROOT = Path(__file__).resolve().parents[2]
START_S = 60.0
PATIENCE_S = 15.0


T = TypeVar("T")


def eventually(look: Callable[[], T], *, within_s: float = PATIENCE_S, what: str = "it") -> T:
    """Return the first true result of `look`, asked again and again; fail when none comes in time."""
    return until(look, bool, within_s=within_s, what=what)


def until(look: Callable[[], T], fits: Callable[[T], bool], *, within_s: float = PATIENCE_S, what: str = "it") -> T:
    """Return what `look` gives as soon as it `fits`; fail when it does not in time."""
    deadline = time.monotonic() + within_s
    while not fits(found := look()):
        if time.monotonic() > deadline:
            pytest.fail(f"{what} did not come within {within_s} s; last: {found!r:.2000}")
        time.sleep(0.05)
    return found


class Person:
    """Somebody signed in at the API; `get` and `post` give parsed bodies and insist on success.

    A connection is made for each call, so that none is left open when a test ends.
    """

    def __init__(self, url: str, username: str, password: str) -> None:
        self.username = username
        limits = httpx.Limits(max_keepalive_connections=0)
        self.client = httpx.Client(base_url=f"{url}/api/v1", timeout=10.0, trust_env=False, verify=False, limits=limits)
        self.client.post("/session", json={"username": username, "password": password}).raise_for_status()
        self.client.headers["X-CSRF-Token"] = self.client.cookies["liandong_csrf"]

    def get(self, path: str, **query: Any) -> Any:
        """Return what is at `path`."""
        answer = self.client.get(path, params=query)
        assert answer.is_success, answer.text
        return answer.json()

    def post(self, path: str, **body: Any) -> Any:
        """Return what came of posting `body`."""
        answer = self.client.post(path, json=body)
        assert answer.is_success, answer.text
        return answer.json()

    def refused(self, path: str, **body: Any) -> dict[str, Any]:
        """Return the error body of a post that must not succeed."""
        answer = self.client.post(path, json=body)
        assert answer.is_client_error, answer.text
        return dict(answer.json())

    def incidents(self, **query: Any) -> list[dict[str, Any]]:
        """Return the queue's first page."""
        return list(self.get("/incidents", **query)["items"])

    def step(self, incident: dict[str, Any], step: str, **more: Any) -> Any:
        """Take a step on an incident at the version that was seen; of several conditions the first is chosen."""
        if step in {"file", "close"} and "condition" not in more:
            offered = self.get(f"/incidents/{incident['id']}")["steps"]
            choices = [choice["id"] for one in offered if one["step"] == step for choice in one["conditions"]]
            more |= {"condition": choices[0]} if choices else {}
        return self.post(f"/incidents/{incident['id']}/steps", step=step, version=incident["version"], **more)

    def task_step(self, incident: dict[str, Any], task: dict[str, Any], step: str, **more: Any) -> Any:
        """Take a step on one of an incident's tasks."""
        return self.post(f"/tasks/{task['id']}/steps", step=step, version=incident["version"], **more)


@dataclass
class Program:
    """One installation: its folder, its addresses, and the process while it runs.

    Its commands are forked where they have been imported, which spares seconds each; with a `root`, which holds the
    packages, they are new programs as a user's are.
    """

    folder: Path
    city: Path
    settings: str = ""
    http_port: int = field(default_factory=free_port)
    mqtt_port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | ForkedCommand | None = None
    options: tuple[str, ...] = ()
    root: Path | None = None
    #: Longest time until it is ready, in seconds.
    start_s: float = START_S

    @property
    def url(self) -> str:
        """Return where the console and API are."""
        return f"http://{HOST}:{self.http_port}"

    @property
    def parts(self) -> dict[str, Any]:
        """Return what the supervisor says of its parts, by name."""
        return dict(json.loads((self.data / "run" / "parts.json").read_text("utf-8")))

    @property
    def data(self) -> Path:
        """Return the data folder."""
        return self.folder / "data"

    @property
    def log(self) -> Path:
        """Return the file with all that the program said."""
        return self.folder / "program.log"

    def start(self) -> None:
        """Run `liandong up` and return when it is ready for work."""
        (self.folder / "liandong.toml").write_text(self.settings, "utf-8")
        if self.root is None and not self.data.exists() and "[database]" not in self.settings:
            self._make_data()
        own_broker = "[mqtt]" not in self.settings
        mqtt = ["--mqtt", f"{HOST}:{self.mqtt_port}"] if own_broker else []
        at = ["--city", str(self.city), "--http", f"{HOST}:{self.http_port}"]
        words = [*self._words("up"), *at, *mqtt, *self.options]
        if self.root is None:
            self.process = ForkedCommand(words, self.folder, self.log)
        else:
            with self.log.open("ab") as output:
                command = leash.command(sys.executable, "-m", "liandong", *words)
                self.process = subprocess.Popen(
                    command, stdout=output, stderr=output, cwd=self.folder, env=self._environment(self.root)
                )
        try:
            self.wait_ready()
        except BaseException:
            self.kill()
            raise

    def _make_data(self) -> None:
        """Make the data folder with the present schema in it; programs with a `root` bring it up by themselves."""
        self.data.mkdir(mode=0o700)
        write_migrated(self.data / "city.sqlite")

    def wait_ready(self) -> None:
        """Return when database, ingest and broker are all there."""
        eventually(self._ready, within_s=self.start_s, what=f"readiness (see {self.log})")

    def stop(self) -> int:
        """End it as Ctrl-C does and return its exit code."""
        process = self._running()
        process.send_signal(signal.SIGINT)
        code = process.wait(timeout=30.0)
        self.process = None
        return code

    def kill(self) -> None:
        """End the supervisor at once; its parts must follow."""
        process = self._running()
        process.kill()
        process.wait()
        self.process = None

    def command(self, *arguments: str, code: int = 0) -> str:
        """Run another `liandong` command on this installation, which ends with `code`; return what it printed."""
        said = self.folder / f"said-{secrets.token_hex(4)}"
        ended = ForkedCommand(self._words(*arguments), self.folder, said).wait(60.0)
        assert ended == code, said.read_text()
        return said.read_text().strip()

    def account(self, username: str, *roles: str, department: str = "") -> str:
        """Make an account as `liandong user add` does, without the second that a command takes; return the password."""
        settings = chosen_settings(self.folder / "liandong.toml", data=self.data, city=self.city)
        password = secrets.token_urlsafe(18)
        fields = {"username": username, "name": username, "roles": roles, "department": department, "language": "en"}
        with opened_database(settings.database, settings.folder) as database:
            users = Users(database, Passwords(), SystemClock())
            users.add(NewUser.model_validate({**fields, "password": password}))
        return password

    def person(self, username: str, *roles: str, department: str = "") -> Person:
        """Make an account and sign in with it."""
        return Person(self.url, username, self.account(username, *roles, department=department))

    def metric(self, name: str, **labels: str) -> float:
        """Return the sum of a metric's samples that carry these labels."""
        text = httpx.get(f"{self.url}/metrics", trust_env=False, verify=False).raise_for_status().text
        wanted = [f'{key}="{value}"' for key, value in labels.items()]
        lines = re.findall(rf"^{name}(?:\{{(.*)\}})? (\S+)$", text, re.MULTILINE)
        return sum(float(value) for found, value in lines if all(label in found for label in wanted))

    def _ready(self) -> bool:
        process = self._running()
        if (code := process.poll()) is not None:
            pytest.fail(f"ended with {code}:\n{self.log.read_text(errors='replace')[-4000:]}")
        try:
            # Without `verify=False` each look loads the trusted certificates, for 20 ms, and there is no TLS here.
            return httpx.get(f"{self.url}/readyz", timeout=2.0, trust_env=False, verify=False).is_success
        except httpx.HTTPError:
            return False

    def _running(self) -> subprocess.Popen[bytes] | ForkedCommand:
        assert self.process is not None, "not started"
        return self.process

    def _words(self, *arguments: str) -> list[str]:
        return [*arguments, "--data", str(self.data), "--config", str(self.folder / "liandong.toml")]

    def _environment(self, root: Path) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("LIANDONG_")}
        return {**kept, "PYTHONPATH": str(root)}


@contextmanager
def running_program(program: Program) -> Iterator[Program]:
    """Start the program and end it, if the test has not."""
    program.start()
    try:
        yield program
    finally:
        if program.process is not None:
            program.stop()
