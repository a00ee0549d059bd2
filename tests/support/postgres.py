"""A PostgreSQL server of one's own, run as another user where the tests run as root."""

import os
import pwd
import shutil
import signal
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
from sqlalchemy import create_engine, text

from liandong import leash
from storage.migrate import upgrade
from storage.sql import Database
from tests.support.servers import HOST, free_port, require, wait_until

_NOBODY = "nobody"

#: By a server's URL the database there of which others are copies; a port is given once (see `free_port`).
_TEMPLATES: dict[str, str] = {}


def _program(name: str) -> str:
    """Return the path of `name`; Debian keeps the server's programs off the PATH."""
    debian = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return str(debian[-1]) if debian and shutil.which(name) is None else require(name)


def _as_user() -> list[str]:
    """Return the command prefix that gives up root, which PostgreSQL refuses to run as."""
    if os.geteuid() != 0:
        return []
    user = pwd.getpwnam(_NOBODY)
    return [
        require("setpriv"),
        f"--reuid={user.pw_uid}",
        f"--regid={user.pw_gid}",
        "--clear-groups",
        "--pdeathsig=KILL",
    ]


def new_database(url: str, name: str, template: str = "template1") -> str:
    """Make a database, a copy of `template`, on the server at `url`; return its URL."""
    maker = create_engine(url, isolation_level="AUTOCOMMIT")
    with maker.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    maker.dispose()
    return f"{url.rpartition('/')[0]}/{name}"


def new_migrated(url: str, name: str) -> str:
    """Make a database with the present schema on the server at `url`, which is migrated once; return its URL."""
    if url not in _TEMPLATES:
        # A name of its own: the one that a test had no time for must not stand in the next one's way.
        template = f"migrated_{uuid.uuid4().hex}"
        database = Database(new_database(url, template))
        upgrade(database)
        database.close()
        _TEMPLATES[url] = template
    return new_database(url, name, _TEMPLATES[url])


@dataclass
class Postgres:
    """A PostgreSQL server that can go away and come back with its data; `durable` ones wait for the disk."""

    url: str
    folder: Path
    port: int
    durable: bool = False
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Run it and return when it answers."""
        command = [_program("postgres"), "-D", str(self.folder / "data"), "-p", str(self.port)]
        command += ["-k", str(self.folder), "-h", HOST, *(() if self.durable else ("-F",))]
        log = self.folder / "server.log"
        with log.open("ab") as output:
            words = leash.command(*_as_user(), *command)
            self.process = subprocess.Popen(words, stdout=output, stderr=output, cwd=self.folder)
        probe = [_program("pg_isready"), "-q", "-h", HOST, "-p", str(self.port)]
        wait_until(lambda: subprocess.run(probe, check=False).returncode == 0, self.process, log)

    def stop(self) -> None:
        """End it at once, and with it every connection, as when its machine is switched off."""
        if self.process is not None:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait()
            self.process = None

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Stop every process of it in the middle of what it does while the block lasts: it says nothing any more."""
        assert self.process is not None
        server = psutil.Process(self.process.pid)
        processes = [server, *server.children(recursive=True)]
        for one in processes:
            one.suspend()
        try:
            yield
        finally:
            for one in processes:
                one.resume()


@contextmanager
def postgres_server(*, durable: bool = False) -> Iterator[Postgres]:
    """Run an empty PostgreSQL, its data in a folder that its user can reach."""
    with TemporaryDirectory(prefix="liandong-postgres-") as name:
        folder, port = Path(name), free_port()
        if os.geteuid() == 0:
            shutil.chown(name, user=_NOBODY)
        initdb = [_program("initdb"), "-D", str(folder / "data"), "-U", "liandong", "-A", "trust", "-E", "UTF8"]
        subprocess.run([*_as_user(), *initdb, "--no-sync"], check=True, capture_output=True, cwd=folder)
        server = Postgres(f"postgresql+psycopg://liandong@{HOST}:{port}/postgres", folder, port, durable)
        try:
            server.start()
            yield server
        finally:
            server.stop()


@contextmanager
def postgresql(*, durable: bool = False) -> Iterator[str]:
    """Run an empty PostgreSQL and yield SQLAlchemy's URL.

    Without `durable` it does not wait for the disk: that is PostgreSQL's own affair, and tests are faster so.
    """
    with postgres_server(durable=durable) as server:
        yield server.url
