"""Run every benchmark of this folder, one after the other, each in a process of its own: `make bench`."""

import subprocess
import sys

#: In order of what a newcomer asks first.
PROGRAMS = ("whole", "ingest_codec", "normalise", "rules", "history")


def main() -> None:
    """Run them; a failing one ends the run."""
    for program in PROGRAMS:
        subprocess.run([sys.executable, "-m", f"benchmarks.{program}"], check=True)


if __name__ == "__main__":
    main()
