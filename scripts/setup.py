"""Make `.venv` and install the locked dependencies and this project into it; standard library only, run by any Python.

python3 scripts/setup.py [--dev]
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
NEEDED = (3, 11)


def run(*command: str | Path) -> None:
    """Run a command; leave with its exit code when it does not succeed."""
    done = subprocess.run([str(word) for word in command], check=False)
    if done.returncode:
        sys.exit(done.returncode)


def make_venv() -> None:
    """Create `.venv`; where Debian left `ensurepip` out, root may install it."""
    made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=False, capture_output=True, text=True)
    if made.returncode == 0:
        return
    shutil.rmtree(VENV, ignore_errors=True)
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        sys.exit(f"Expected Python's venv module, got: {made.stdout.strip() or made.stderr.strip()}")
    run("apt-get", "update", "-qq")
    run("apt-get", "install", "-y", "-qq", "python3-venv")
    run(sys.executable, "-m", "venv", VENV)


def install(lock: Path) -> None:
    """Install `lock` by hash and the project as editable, unless that is how `.venv` already stands."""
    wanted = hashlib.sha256(lock.read_bytes() + (ROOT / "pyproject.toml").read_bytes()).hexdigest()
    stamp = VENV / f"installed-{lock.stem}"
    if stamp.exists() and stamp.read_text("ascii") == wanted:
        return
    print(f"Installing the packages of {lock.name} into .venv: once, for a minute or more", flush=True)
    # Python compiles what is imported; pip would compile all that there is, which takes a third of its time.
    pip = (VENV / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile")
    run(*pip, "--require-hashes", "-r", lock)
    run(*pip, "--no-deps", "--no-build-isolation", "--editable", ROOT)
    stamp.write_text(wanted, "ascii")


def main() -> None:
    """Set up for running, or with `--dev` for working on it."""
    if sys.version_info < NEEDED:
        sys.exit(f"Expected Python {NEEDED[0]}.{NEEDED[1]} or newer, got {sys.version.split()[0]}")
    if not (VENV / "bin" / "python").exists():
        make_venv()
    install(ROOT / ("requirements-dev.lock" if "--dev" in sys.argv[1:] else "requirements.lock"))


if __name__ == "__main__":
    main()
