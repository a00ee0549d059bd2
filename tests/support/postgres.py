"""A PostgreSQL server of one's own, run as another user where the tests run as root."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.support.servers import HOST, free_port, require, running

_NOBODY = "nobody"


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


@contextmanager
def postgresql(*, durable: bool = False) -> Iterator[str]:
    """Run an empty PostgreSQL, its data in a folder that its user can reach; yield SQLAlchemy's URL.

    Without `durable` it does not wait for the disk: that is PostgreSQL's own affair, and tests are faster so.
    """
    with TemporaryDirectory(prefix="liandong-postgres-") as name:
        if os.geteuid() == 0:
            shutil.chown(name, user=_NOBODY)
        with _serving(Path(name), durable=durable) as port:
            yield f"postgresql+psycopg://liandong@{HOST}:{port}/postgres"


@contextmanager
def _serving(folder: Path, *, durable: bool) -> Iterator[int]:
    initdb, postgres = _program("initdb"), _program("postgres")
    data, port = folder / "data", free_port()
    subprocess.run(
        [*_as_user(), initdb, "-D", str(data), "-U", "liandong", "-A", "trust", "-E", "UTF8", "--no-sync"],
        check=True,
        capture_output=True,
        cwd=folder,
    )
    command = [postgres, "-D", str(data), "-p", str(port), "-k", str(folder), "-h", HOST, *(() if durable else ("-F",))]

    def ready() -> bool:
        probe = [_program("pg_isready"), "-q", "-h", HOST, "-p", str(port)]
        return subprocess.run(probe, check=False).returncode == 0

    with running([*_as_user(), *command], port=port, folder=folder, ready=ready):
        yield port
