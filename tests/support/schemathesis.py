"""Runs schemathesis as anybody would, against an API that somebody is signed in to."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

#: Signing out would end the session that all other requests are made with. A live stream has no end: what comes first
#: is enough.
_CONFIG = """
[auth.openapi.session]
api_key = "{session}"
[auth.openapi.csrf]
api_key = "{csrf}"
[[operations]]
include-path = "/api/v1/session"
include-method = "DELETE"
enabled = {sign_out}
[[operations]]
include-path = "/api/v1/live"
request-timeout = 0.5
"""

#: Of the methods that a path does not declare one is tried: tests/unit/api/test_methods.py tries them all.
_ONE_METHOD = """
[phases.coverage]
unexpected-methods = ["PUT"]
"""


@dataclass(frozen=True)
class Target:
    """An API and a session in it."""

    url: str
    session: str
    csrf: str

    def run(
        self, folder: Path, *options: str, sign_out: bool = False, every_method: bool = False
    ) -> subprocess.CompletedProcess[str]:
        """Run schemathesis with `options` and return what became of it."""
        config = folder / "schemathesis.toml"
        sign_out_word = str(sign_out).lower()
        told = _CONFIG.format(session=self.session, csrf=self.csrf, sign_out=sign_out_word)
        config.write_text(told + ("" if every_method else _ONE_METHOD), "utf-8")
        command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(config), "run"]
        address = f"{self.url}/api/v1/openapi.json"
        return subprocess.run([*command, address, "--no-color", *options], capture_output=True, text=True, cwd=folder)
