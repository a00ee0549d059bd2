"""What comes along with the program: the demo city and the built console, inside a wheel or beside a checkout."""

from pathlib import Path

from city.errors import BadSettings

_PACKAGE = Path(__file__).parent


def demo_city() -> Path:
    """Return the demo city's folder; raises BadSettings when it did not come along."""
    found = _first("examples/haibin", "city.toml")
    if found is None:
        raise BadSettings(expected="the demo city's folder", got="none", at=str(_PACKAGE / "examples"))
    return found


def console() -> Path | None:
    """Return the folder of built console files, if they were built."""
    return _first("console", "index.html") or _first("console/dist", "index.html")


def _first(folder: str, mark: str) -> Path | None:
    places = (_PACKAGE / folder, _PACKAGE.parent / folder)
    # A checkout has the console's sources where a wheel has it built; only the latter has no `src` beside its page.
    return next((place for place in places if (place / mark).exists() and not (place / "src").exists()), None)
