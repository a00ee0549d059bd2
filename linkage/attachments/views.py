"""Photos as the API sends them."""

from typing import Literal

from linkage.views import Moment, View

Kind = Literal["report", "before", "after", "check", "snapshot"]


class PhotoView(View):
    """A photo: what it shows, who sent it when. Its bytes are at `/photos/{id}`."""

    id: str
    incident: str | None
    task: str | None
    kind: Kind
    personal: bool
    sha256: str
    width: int
    height: int
    size: int
    person: str
    at: Moment


class Spot(View):
    """A place on the map, WGS-84 degrees."""

    longitude: float
    latitude: float


class TakenIn(View):
    """A photo that was taken in, and the place that its file named: offered once, kept nowhere."""

    photo: PhotoView
    place: Spot | None
