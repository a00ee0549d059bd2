"""A photo decoded and written anew: whatever else came in the file, its place first of all, does not go on.

What cannot be decoded is no photo. Writing anew also ends files that are a photo and something else at once.
"""

import hashlib
import io
import warnings
from dataclasses import dataclass

from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from city.errors import BadDocument
from city.place import Place
from linkage.attachments.config import PhotoSettings

#: Formats taken in; the name that a device gives the file is not looked at.
_FORMATS = ("JPEG", "PNG", "WEBP")

#: JPEG quality of what is kept: above it files grow faster than anything can be seen to gain (libjpeg's scale).
_QUALITY = 88

#: Longest side of the small version, for lists, pixels.
_SMALL = 480

#: Everything is kept as JPEG.
MEDIA = "image/jpeg"


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo as it is kept.

    Attributes:
        small: the same in small.
        original: SHA-256 of the file as it came, so that the device's own copy can be recognised.
        place: where the file said it was taken; offered to who sent it, kept nowhere.
    """

    data: bytes
    small: bytes
    width: int
    height: int
    original: str
    place: Place | None

    @property
    def sha256(self) -> str:
        """Return the name under which it is kept."""
        return hashlib.sha256(self.data).hexdigest()


def read_picture(data: bytes, settings: PhotoSettings) -> Picture:
    """Return the photo in a file.

    Raises:
        BadDocument: it is no JPEG, PNG or WebP photo, is broken, or is larger than allowed.
    """
    if len(data) > settings.max_bytes:
        raise BadDocument(expected=f"at most {settings.max_bytes} bytes", got=f"{len(data)} bytes", at="photo")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about odd metadata, which is not kept
            return _read(data, settings)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError, EOFError) as error:
        raise BadDocument(expected="a whole JPEG, PNG or WebP photo", got=type(error).__name__, at="photo") from error


def _read(data: bytes, settings: PhotoSettings) -> Picture:
    with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
        width, height = image.size
        if width * height > settings.max_pixels:
            raise BadDocument(expected=f"at most {settings.max_pixels} pixels", got=f"{width} x {height}", at="photo")
        place = _place(image)
        image.draft("RGB", (settings.longest_side, settings.longest_side))  # a JPEG is decoded no larger than needed
        image.load()
        upright = ImageOps.exif_transpose(image).convert("RGB")
    upright.thumbnail((settings.longest_side, settings.longest_side))
    kept = _written(upright)
    size = upright.size
    upright.thumbnail((_SMALL, _SMALL))
    original = hashlib.sha256(data).hexdigest()
    return Picture(kept, _written(upright), size[0], size[1], original, place)


def _written(image: Image.Image) -> bytes:
    file = io.BytesIO()
    bare = Image.frombytes("RGB", image.size, image.tobytes())
    bare.save(file, "JPEG", quality=_QUALITY, optimize=True)
    return file.getvalue()


def _place(image: Image.Image) -> Place | None:
    """Return where the file says it was taken; None where it does not, or says nonsense."""
    gps = image.getexif().get_ifd(ExifTags.IFD.GPSInfo)
    try:
        latitude = _degrees(gps[ExifTags.GPS.GPSLatitude], gps[ExifTags.GPS.GPSLatitudeRef], "S")
        longitude = _degrees(gps[ExifTags.GPS.GPSLongitude], gps[ExifTags.GPS.GPSLongitudeRef], "W")
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None
    inside = abs(latitude) <= 90 and abs(longitude) <= 180 and (latitude or longitude)
    return Place(longitude, latitude) if inside else None


def _degrees(parts: tuple[float, float, float], reference: str, negative: str) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    value = degrees + minutes / 60 + seconds / 3600
    return round(-value if str(reference).upper().startswith(negative) else value, 7)
