"""Numbers that devices write where they have no value, told from measurements by what a quantity can be."""

from city.catalogue import default_catalogue
from city.units import Conversion

#: All bits set, the least and greatest of a type, rows of nines, and what stands for "no answer".
_SENTINELS = frozenset(
    {
        -1.0, -2.0, -3.0, -99.0, -127.0, -999.0, -9999.0, -99999.0, -999.9, -32768.0, -2147483648.0,
        255.0, 999.0, 9999.0, 99999.0, 999.9, 9999.9, 32767.0, 65535.0, 65534.0, 2147483647.0, 4294967295.0,
        327.67, -327.68, 3276.7, -3276.8, 655.35, 6553.5,
    }
)  # fmt: skip


def is_no_value(quantity: str, value: float, unit: str | None) -> bool:
    """Return whether `value` is such a number and its quantity cannot have it; False where nobody tells the unit."""
    if value not in _SENTINELS or unit is None:
        return False
    known = default_catalogue().find(quantity)
    line = known.conversion(unit) if known is not None else None
    if known is None or not isinstance(line, Conversion):
        return False
    said = line.apply(value)
    least, most = known.minimum, known.maximum
    return (least is not None and said < least) or (most is not None and said > most)
