"""How the numbers of a rule are read: written in one unit, judged in the quantity's own."""

from dataclasses import dataclass
from math import isfinite

from city.catalogue import Catalogue
from city.units import IDENTITY, Conversion, NoConversion
from city.yaml_lines import Located


@dataclass(frozen=True, slots=True)
class Scale:
    """The unit that readings come in, and the line to it from the unit that the rule is written in."""

    unit: str = ""
    line: Conversion = IDENTITY

    def read(self, written: Located) -> float:
        """Return a written number in the quantity's own unit; raises BadCityFile where there is none."""
        # Twelve digits: 27 cm are 0.27 m, not 0.27000000000000002.
        number = float(f"{self.line.apply(written.number()):.12g}")
        if not isfinite(number):
            raise written.wrong(expected=f"a number that there is in `{self.unit}` too")
        return number

    @property
    def of_differences(self) -> "Scale":
        """Return the scale that differences are read by: 5 °F more are 2.8 °C more."""
        return Scale(self.unit, Conversion(self.line.factor, 0.0))


def read_scale(quantity: Located, unit: Located | None, catalogue: Catalogue) -> Scale:
    """Return the scale of a rule about `quantity` whose numbers are written in `unit` (None: the quantity's own).

    Raises:
        BadCityFile: the catalogue does not know the quantity, or the unit cannot be converted to the quantity's.
    """
    known = catalogue.of_series(quantity.text())
    if known is None:
        raise quantity.wrong(expected="a quantity of the catalogue")
    if unit is None:
        return Scale(known.unit)
    line = known.conversion(unit.text())
    if isinstance(line, NoConversion):
        raise unit.wrong(expected=f"a unit that converts to `{known.unit}`")
    return Scale(known.unit, line)
