"""The demo city: where its folder is."""

from pathlib import Path

from city.errors import BadSettings

_NAME = Path("examples") / "haibin"


def demo_city() -> Path:
    """Return the demo city's folder, which a wheel carries inside this package and a checkout beside it."""
    package = Path(__file__).parent
    for place in (package, package.parent):
        if (place / _NAME / "city.toml").exists():
            return place / _NAME
    raise BadSettings(expected="the demo city's folder", got="none", at=str(package / _NAME))
