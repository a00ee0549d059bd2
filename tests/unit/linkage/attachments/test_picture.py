import io

import pytest
from PIL import Image

from city.errors import BadDocument
from city.place import Place
from linkage.attachments.config import PhotoSettings
from linkage.attachments.picture import read_picture
from tests.support.reporting import photo

SETTINGS = PhotoSettings()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_every_kind_is_kept_as_jpeg(kind: str) -> None:
    picture = read_picture(photo(kind=kind), SETTINGS)

    assert Image.open(io.BytesIO(picture.data)).format == "JPEG"
    assert (picture.width, picture.height) == (64, 48)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"<svg onload=alert(1)></svg>", id="markup"),
        pytest.param(photo(kind="GIF"), id="another format"),
        pytest.param(photo(size=(640, 480))[:2000], id="cut off"),
    ],
)
def test_what_is_no_whole_photo_is_refused(data: bytes) -> None:
    with pytest.raises(BadDocument):
        read_picture(data, SETTINGS)


def test_photo_that_is_something_else_too_is_only_a_photo() -> None:
    picture = read_picture(photo() + b"<script>alert(1)</script>", SETTINGS)

    assert b"<script>" not in picture.data + picture.small


def test_large_photo_is_refused_before_it_is_decoded() -> None:
    settings = PhotoSettings(max_pixels=1_000_000)

    with pytest.raises(BadDocument) as refused:
        read_picture(photo(size=(1001, 1000), kind="PNG"), settings)

    assert "1000000 pixels" in str(refused.value)


def test_many_bytes_are_refused() -> None:
    with pytest.raises(BadDocument):
        read_picture(photo(size=(900, 900), kind="PNG") + b"x" * 10_000, PhotoSettings(max_bytes=10_000))


def test_longest_side_is_bounded() -> None:
    picture = read_picture(photo(size=(2000, 1000)), PhotoSettings(longest_side=640))

    assert (picture.width, picture.height) == (640, 320)
    assert Image.open(io.BytesIO(picture.small)).size == (480, 240)


def test_place_is_read_and_not_written() -> None:
    picture = read_picture(photo(place=True), SETTINGS)

    assert picture.place == Place(121.5, 31.2)
    assert not Image.open(io.BytesIO(picture.data)).getexif()


def test_photo_taken_sideways_stands_upright() -> None:
    file = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6  # rotated by a quarter turn (EXIF 2.32 §4.6.4)
    Image.new("RGB", (64, 48)).save(file, "JPEG", exif=exif)

    picture = read_picture(file.getvalue(), SETTINGS)

    assert (picture.width, picture.height) == (48, 64)


def test_same_photo_has_the_same_name() -> None:
    assert read_picture(photo(), SETTINGS).sha256 == read_picture(photo(), SETTINGS).sha256
    assert read_picture(photo(), SETTINGS).sha256 != read_picture(photo("blue"), SETTINGS).sha256
