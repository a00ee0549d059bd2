"""Which version of Liandong this is."""

from importlib.metadata import PackageNotFoundError, version


def release() -> str:
    """Return the installed version; `0` for a checkout that is not installed."""
    try:
        return version("liandong")
    except PackageNotFoundError:
        return "0"
