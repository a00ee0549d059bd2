import platform
import subprocess
import sys

import pytest

from liandong.memory import give_back_memory

#: Has columns of a million rows between others that stay, and says how many MB are held when those are gone.
_GROWING = """
import numpy as np
from pathlib import Path
from liandong.memory import keep_memory_tight

def held_mb():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6

{first}
np.ones(3_900_000)
before, columns, others = held_mb(), [], []
for _ in range(8):
    columns.append(np.ones(1_000_000))
    others.append(np.ones(10_000))
del columns
print(held_mb() - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="of glibc")
def test_columns_that_are_gone_are_held_no_more() -> None:
    assert _held_mb("keep_memory_tight()") < 5.0
    assert _held_mb("") > 50.0, "the system does so by itself, and the setting can go"


def test_memory_may_be_given_back_at_any_time() -> None:
    give_back_memory()


def _held_mb(first: str) -> float:
    command = [sys.executable, "-c", _GROWING.format(first=first)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
