"""The wheel is all that a machine needs: it carries the console and the demo city, and runs where there is no Node."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import httpx
import pytest

from tests.support.program import ROOT, Program, eventually, running_program

pytestmark = pytest.mark.timeout(300)

#: Longest wait for its first start, seconds: what judges rules is compiled, beside three other tests.
_START_S = 180.0


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the wheel holds, as an installation has it."""
    folder = tmp_path_factory.mktemp("wheel")
    command = (sys.executable, "-m", "pip", "wheel", str(ROOT), "--no-deps", "--no-build-isolation", "-q", "-w")
    subprocess.run([*command, str(folder)], check=True, timeout=150)
    (wheel,) = folder.glob("liandong-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def test_wheel_runs_the_demo_with_its_own_console_and_no_node(
    unpacked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert shutil.which("node") is None
    city = unpacked / "liandong" / "examples" / "haibin"

    with running_program(Program(tmp_path, city, options=("--demo",), root=unpacked, start_s=_START_S)) as program:
        page = httpx.get(program.url, trust_env=False)
        fed = eventually(lambda: program.metric("ingest_readings_accepted_total"), what="readings of the demo city")

    assert page.is_success
    assert "/assets/" in page.text
    assert fed


def test_wheel_holds_no_tests_and_no_sources_of_the_console(unpacked: Path) -> None:
    names = {path.relative_to(unpacked).parts[0] for path in unpacked.rglob("*") if path.is_file()}

    assert "tests" not in names
    assert not list(unpacked.rglob("*.svelte"))
