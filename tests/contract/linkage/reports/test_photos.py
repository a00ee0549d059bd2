import io

import pytest
from PIL import Image
from sqlalchemy import select

from city.errors import BadDocument, Conflict, NotFound
from linkage.access import ACCESS_LOG
from linkage.attachments.photos import Label
from linkage.attachments.sweeping import Sweeping
from linkage.attachments.tables import PHOTOS
from linkage.event_log import verify
from tests.support.linkage import ACCEPTOR, COLLECTOR, WATER_OFFICER
from tests.support.reporting import ReportingTown, photo


def files(town: ReportingTown) -> list[str]:
    return sorted(path.name for path in town.shelf.folder.glob("*/*"))


def test_photo_of_a_report_is_bound_with_it(reporting: ReportingTown) -> None:
    reporting.photos.take_in(Label(id="p-1"), photo(), COLLECTOR)
    filed = reporting.says(COLLECTOR, source="collector", photos=("p-1",))

    (kept,) = reporting.photos.of_incident(filed.incident, ACCEPTOR)
    assert (kept.id, kept.kind, kept.person) == ("p-1", "report", COLLECTOR.name)
    assert reporting.photos.look("p-1", ACCEPTOR)[1].startswith(b"\xff\xd8")
    assert verify(reporting.database) == []


def test_report_with_a_photo_that_never_came_is_refused_whole(reporting: ReportingTown) -> None:
    with pytest.raises(NotFound):
        reporting.says(photos=("p-1",))

    assert reporting.queue.page(ACCEPTOR).total == 0


def test_photo_sent_again_is_the_same_photo(reporting: ReportingTown) -> None:
    filed = reporting.says()
    label = Label(id="p-1", kind="after", incident=filed.incident)

    first = reporting.photos.take_in(label, photo(), COLLECTOR)
    again = reporting.photos.take_in(label, photo(), COLLECTOR)

    assert again == first
    assert len(reporting.photos.of_incident(filed.incident, ACCEPTOR)) == 1


@pytest.mark.parametrize(
    ("colour", "by"),
    [pytest.param("blue", COLLECTOR, id="another photo"), pytest.param("red", ACCEPTOR, id="somebody else")],
)
def test_id_of_another_photo_is_refused(reporting: ReportingTown, colour: str, by: object) -> None:
    reporting.photos.take_in(Label(id="p-1"), photo(), COLLECTOR)

    with pytest.raises(Conflict):
        reporting.photos.take_in(Label(id="p-1"), photo(colour), by)  # type: ignore[arg-type]


def test_place_in_the_file_is_offered_and_kept_nowhere(reporting: ReportingTown) -> None:
    taken = reporting.photos.take_in(Label(id="p-1"), photo(place=True), COLLECTOR)

    assert taken.place is not None
    assert (taken.place.longitude, taken.place.latitude) == (121.5, 31.2)
    kept = reporting.photos.look("p-1", COLLECTOR)[1]
    assert not Image.open(io.BytesIO(kept)).getexif()


def test_what_is_no_photo_leaves_nothing(reporting: ReportingTown) -> None:
    with pytest.raises(BadDocument):
        reporting.photos.take_in(Label(id="p-1"), b"<svg onload=alert(1)>", COLLECTOR)

    assert files(reporting) == []


def test_photo_is_shown_to_those_who_see_the_incident(reporting: ReportingTown) -> None:
    filed = reporting.says()
    reporting.photos.take_in(Label(id="p-1", incident=filed.incident), photo(), COLLECTOR)

    with pytest.raises(NotFound):
        reporting.photos.look("p-1", WATER_OFFICER)


def test_look_at_a_camera_picture_is_written_down(reporting: ReportingTown) -> None:
    filed = reporting.says()
    reporting.photos.take_in(Label(id="p-1", kind="snapshot", incident=filed.incident), photo(), ACCEPTOR)
    reporting.photos.take_in(Label(id="p-2", personal=True, incident=filed.incident), photo("blue"), ACCEPTOR)
    reporting.photos.take_in(Label(id="p-3", incident=filed.incident), photo("green"), ACCEPTOR)

    for one in ("p-1", "p-2", "p-3"):
        reporting.photos.look(one, COLLECTOR, small=True)

    with reporting.database.read() as connection:
        looks = [(row.what, row.key) for row in connection.execute(select(ACCESS_LOG).order_by(ACCESS_LOG.c.id))]
    assert looks == [("snapshot", "p-1"), ("photo", "p-2")]


def test_photos_of_no_report_are_swept_after_a_week(reporting: ReportingTown) -> None:
    filed = reporting.says()
    reporting.photos.take_in(Label(id="kept", incident=filed.incident), photo(), COLLECTOR)
    reporting.photos.take_in(Label(id="same"), photo(), COLLECTOR)
    reporting.photos.take_in(Label(id="lost"), photo("blue"), COLLECTOR)
    reporting.wait(days=8)

    assert Sweeping(reporting.ledger, reporting.shelf).take() == 2

    with reporting.database.read() as connection:
        assert list(connection.execute(select(PHOTOS.c.id)).scalars()) == ["kept"]
    assert len(files(reporting)) == 2  # the photo and its small version


def test_half_written_files_are_tidied_away(reporting: ReportingTown) -> None:
    folder = reporting.shelf.folder / "ab"
    folder.mkdir(parents=True)
    (folder / "abcd.jpg.1.part").write_bytes(b"half")

    assert reporting.shelf.tidy() == 1
    assert files(reporting) == []
