import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from city.place import Place, distance_m
from registry.coordinates import Crs, crs_named, from_wgs84, to_wgs84


def one(longitude: float, latitude: float) -> tuple[np.ndarray, np.ndarray]:
    return np.array([longitude]), np.array([latitude])


def test_shift_is_that_of_the_published_converters() -> None:
    longitude, latitude = from_wgs84(Crs.GCJ02, *one(116.404, 39.915))

    # The example of coordTransform's README, which many converters have taken over.
    assert (longitude[0], latitude[0]) == pytest.approx((116.41024449916938, 39.91640428150164), abs=1e-9)


@given(st.floats(73, 135), st.floats(3, 54))
def test_gcj02_is_brought_back_to_a_millimetre(longitude: float, latitude: float) -> None:
    back = to_wgs84(Crs.GCJ02, *from_wgs84(Crs.GCJ02, *one(longitude, latitude)))

    assert distance_m(Place(longitude, latitude), Place(float(back[0][0]), float(back[1][0]))) < 0.001


@pytest.mark.parametrize(
    ("crs", "place"),
    [(Crs.GCJ02, (2.35, 48.85)), (Crs.CGCS2000, (121.5, 31.2)), (Crs.WGS84, (121.5, 31.2)), (Crs.GCJ02, (np.nan,) * 2)],
    ids=["outside China", "the same to centimetres", "itself", "nowhere"],
)
def test_what_is_not_shifted_stays(crs: Crs, place: tuple[float, float]) -> None:
    np.testing.assert_array_equal(np.concatenate(to_wgs84(crs, *one(*place))), np.array(place))


@pytest.mark.parametrize(
    ("text", "crs"),
    [
        ("WGS-84", Crs.WGS84),
        ("wgs84", Crs.WGS84),
        ("urn:ogc:def:crs:OGC:1.3:CRS84", Crs.WGS84),
        ("urn:ogc:def:crs:EPSG::4326", Crs.WGS84),
        ("gcj02", Crs.GCJ02),
        (" GCJ-02 ", Crs.GCJ02),
        ("EPSG:4490", Crs.CGCS2000),
        ("CGCS2000", Crs.CGCS2000),
        ("BD-09", None),
        ("EPSG:3857", None),
        ("", None),
    ],
)
def test_system_is_known_by_its_names(text: str, crs: Crs | None) -> None:
    assert crs_named(text) is crs
