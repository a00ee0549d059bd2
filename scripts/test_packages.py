"""Where it is root on Debian, install the servers and the browser that the tests need; elsewhere those tests skip.

Debian starts a service as it installs one; a policy refuses that for the time of the installation, since the tests
start their own on free ports.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

#: What the tests call (a pattern) -> the package that brings it.
PROGRAMS = {
    "/usr/bin/chromium": "chromium",
    "/usr/sbin/mosquitto": "mosquitto",
    "/usr/bin/influxd": "influxdb",
    "/usr/lib/postgresql/*/bin/postgres": "postgresql",
    "/usr/bin/victoria-metrics": "victoria-metrics",
}
POLICY = Path("/usr/sbin/policy-rc.d")


def main() -> None:
    """Install what is missing."""
    missing = sorted(package for program, package in PROGRAMS.items() if not any(Path("/").glob(program.lstrip("/"))))
    if not missing or os.geteuid() != 0 or shutil.which("apt-get") is None:
        return
    print("installing for the tests:", *missing)
    refuses = not POLICY.exists()
    if refuses:
        POLICY.write_text("#!/bin/sh\nexit 101\n", "ascii")
        POLICY.chmod(0o755)
    try:
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *missing]):
            done = subprocess.run(["apt-get", *command], check=False, env=environment, stdout=subprocess.DEVNULL)
            if done.returncode:
                sys.exit(done.returncode)
    finally:
        if refuses:
            POLICY.unlink()


if __name__ == "__main__":
    main()
