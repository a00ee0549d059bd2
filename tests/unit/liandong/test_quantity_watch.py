"""A quantity that is written while the desk runs has its unit and its name on the next answer."""

from pathlib import Path

from api.city_facts import City, CityFacts
from liandong.quantity_watch import QuantityWatch
from linkage.views import Names

SLUDGE = '[quantity.sludge]\nunit = "cm"\nkind = "gauge"\nname = { zh = "泥位", en = "Sludge" }\n'


def facts() -> CityFacts:
    city = City(
        name=Names(zh="城", en="City"), timezone="Asia/Shanghai", center=(0, 0), zoom=9, bounds=None, districts=(),
        district_names={}, departments=(), classes=(), quantities={}, version="1", demo=False,
    )  # fmt: skip
    return CityFacts(city, basemap=b"", grids=b"")


def test_quantity_is_known_when_its_file_changes_and_stays_while_it_is_wrong(tmp_path: Path) -> None:
    known = facts()
    watch = QuantityWatch(tmp_path, known)
    units = []
    for text in (SLUDGE, SLUDGE.replace("cm", "bananas"), "", SLUDGE.replace("cm", "m")):
        (tmp_path / "quantities.toml").write_text(text, "utf-8")
        watch.look()
        units.append(known.unit_of("sludge/2"))

    assert units == ["cm", "cm", "", "m"]
    assert known.city.quantities["sludge"].name.en == "Sludge"


def test_doubtful_series_has_no_unit(tmp_path: Path) -> None:
    (tmp_path / "quantities.toml").write_text(SLUDGE, "utf-8")
    known = facts()
    QuantityWatch(tmp_path / "elsewhere", known).look()

    assert (known.unit_of("sludge"), known.unit_of("sludge[?]")) == ("", "")
