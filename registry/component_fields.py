"""A component as it is written in files: text fields, and how each is read."""

from collections.abc import Callable

from registry.sensor_fields import (
    Unfit,
    read_condition,
    read_date,
    read_degrees,
    read_required,
    read_tags,
    read_word,
)

#: The columns of `components.csv` and the properties of a GeoJSON feature, in the order in which they are written.
FIELDS = (
    "id", "kind", "class", "name", "name_en", "state", "longitude", "latitude", "district", "grid",
    "authority", "owner", "maintainer", "installed", "tags",
)  # fmt: skip
REQUIRED = ("id", "kind", "class", "name", "longitude", "latitude")


def _placed(bound: int) -> Callable[[str], float]:
    read = read_degrees(bound)

    def read_placed(text: str) -> float:
        degrees = read(text)
        if degrees is None:
            raise Unfit(expected=f"degrees from -{bound} to {bound}")
        return degrees

    return read_placed


READERS: dict[str, Callable[[str], object]] = {
    **dict.fromkeys(FIELDS, read_word),
    **dict.fromkeys(REQUIRED, read_required),
    "longitude": _placed(180),
    "latitude": _placed(90),
    "state": read_condition,
    "installed": read_date,
    "tags": read_tags,
}
