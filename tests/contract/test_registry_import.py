"""Files of sensors and components are brought into the registry whole or not at all, on SQLite and on PostgreSQL."""

import io
import json
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from city.component import Component
from city.errors import StoreUnavailable
from city.place import Place
from city.sensor import Sensor
from registry.components import ComponentRegistry
from registry.coordinates import Crs
from registry.files import Noun, RegistryFiles
from registry.importing import MAX_MISTAKES, BadImport, FileToImport, Format, stage
from registry.sensor_csv import write_csv
from registry.sensor_geojson import write_geojson
from registry.sensors import SensorRegistry
from registry.shape import COMPONENTS, SENSORS, Shape
from registry.staging import Staging
from registry.tables import REGISTRY_VERSION, REMOVED_SENSOR, SENSOR
from storage.sql import METADATA, Database
from tests.support.sensors import BARE, FULL

COMPONENT_HEADER = "id,kind,class,name,longitude,latitude,installed,tags"
COVER = "9901010103000001,manhole,0103,井盖,122.9,36.2,2024-01-01,b;a"


@pytest.fixture
def registry(migrated_database: Database) -> SensorRegistry:
    return SensorRegistry(migrated_database)


def csv(text: str, **more: object) -> FileToImport:
    return FileToImport(io.BytesIO(text.encode()), "a.csv", Format.CSV, **more)  # type: ignore[arg-type]


def written(sensors: list[Sensor]) -> FileToImport:
    return csv("".join(write_csv(sensors)))


def brought(file: FileToImport, registry: SensorRegistry | ComponentRegistry, shape: Shape, folder: Path) -> int:
    with Staging(shape.fields, folder) as staging:
        stage(file, shape, staging)
        return registry.merge(shape.fields, staging.rows()).changed


def test_sensors_of_a_file_are_there_as_they_were_written(registry: SensorRegistry, tmp_path: Path) -> None:
    first = brought(written([FULL, BARE]), registry, SENSORS, tmp_path)
    again = brought(written([BARE, FULL]), registry, SENSORS, tmp_path)
    changed = brought(written([replace(BARE, name="新线圈"), FULL]), registry, SENSORS, tmp_path)

    assert (first, again, changed) == (2, 0, 1)
    assert list(registry.all()) == [replace(BARE, name="新线圈"), FULL]
    assert registry.changed_since(1).changed == (replace(BARE, name="新线圈"),)


def test_sensor_that_was_removed_is_back(registry: SensorRegistry, tmp_path: Path) -> None:
    brought(written([BARE]), registry, SENSORS, tmp_path)
    registry.remove(BARE.id)
    brought(written([BARE]), registry, SENSORS, tmp_path)

    changes = registry.changed_since(2)

    assert (changes.changed, changes.removed) == ((BARE,), ())


def test_features_are_sensors_too(registry: SensorRegistry, tmp_path: Path) -> None:
    content = io.BytesIO("".join(write_geojson([FULL, BARE])).encode())
    brought(FileToImport(content, "a.geojson", Format.GEOJSON), registry, SENSORS, tmp_path)

    assert list(registry.all()) == [BARE, FULL]


def test_components_of_a_file_stay_when_the_city_folder_is_read_again(
    migrated_database: Database, tmp_path: Path
) -> None:
    registry = ComponentRegistry(migrated_database)
    brought(csv(f"{COMPONENT_HEADER}\n{COVER}\n"), registry, COMPONENTS, tmp_path)
    own = Component("1", "pump", "0699", "泵站", Place(122.96, 36.21))
    for components in ([own], []):
        registry.replace_all(components)

    (left,) = registry.all()
    assert (left.id, left.tags, str(left.installed)) == ("9901010103000001", frozenset("ab"), "2024-01-01")


@pytest.mark.parametrize("by_file", [True, False], ids=["the file says so", "the caller says so"])
def test_places_are_kept_in_wgs84(registry: SensorRegistry, tmp_path: Path, *, by_file: bool) -> None:
    rows = "id,name,domain,kind,longitude,latitude\na,a,video,camera,116.41024450,39.91640428\nb,b,video,camera,,\n"
    file = csv(f"# crs: GCJ-02\n{rows}") if by_file else csv(rows, crs=Crs.GCJ02)
    brought(file, registry, SENSORS, tmp_path)

    shifted, nowhere = registry.all()
    assert shifted.place == pytest.approx((116.404, 39.915), abs=1e-7)
    assert nowhere.place is None


def test_coordinate_system_of_features_is_their_crs(registry: SensorRegistry, tmp_path: Path) -> None:
    point = {"type": "Point", "coordinates": [116.41024450, 39.91640428]}
    properties = {"id": "a", "name": "a", "domain": "video", "kind": "camera"}
    document = {
        "type": "FeatureCollection",
        "crs": {"type": "name", "properties": {"name": "GCJ-02"}},
        "features": [{"type": "Feature", "geometry": point, "properties": properties}],
    }
    content = io.BytesIO(json.dumps(document).encode())
    brought(FileToImport(content, "a.json", Format.GEOJSON), registry, SENSORS, tmp_path)

    (shifted,) = registry.all()
    assert shifted.place == pytest.approx((116.404, 39.915), abs=1e-7)


HEADER = "id,name,domain,kind,code"


@pytest.mark.parametrize(
    ("text", "mistakes"),
    [
        pytest.param(
            f"{HEADER}\na,a,video,camera,\n,,video,camera,\nc,c,audio,camera,",
            ["`id` 3", "`name` 3", "`domain` 4"],
            id="each with its line",
        ),
        pytest.param(
            f"{HEADER}\na,a,video,camera,\nb,b,video,camera,\na,a,video,camera,\na,x,video,camera,",
            ["`a.csv:2`) 4", "`a.csv:2`) 5"],
            id="an id that stands there before",
        ),
        pytest.param(
            f"{HEADER}\na,a,video,camera,\na,a,video,camera,\nc,c,audio,camera,",
            ["`a.csv:2`) 3", "`domain` 4"],
            id="an id that stands there before, and another mistake behind it",
        ),
        pytest.param(f"{HEADER}\na,a,video,camera,123\n", ["`code` 2"], id="a code of another form"),
        pytest.param(f"{HEADER}\na,a,video\n", ["cells 2"], id="cells missing"),
        pytest.param(f'{HEADER}\na,"a', ["CSV 2"], id="no CSV"),
        pytest.param(f"{HEADER},longitude,latitude\na,a,video,camera,,120,\n", ["neither 2"], id="half a place"),
        pytest.param(
            f"{HEADER},longitude,latitude\na,a,video,camera,,x,nan\n", ["`longitude` 2", "`latitude` 2"], id="no place"
        ),
        pytest.param("# crs: BD-09\nid\n", ["`CGCS2000` 1", "`name` 2", "`domain` 2", "`kind` 2"], id="a bad head"),
    ],
)
def test_file_with_a_mistake_brings_nothing(
    registry: SensorRegistry, tmp_path: Path, text: str, mistakes: list[str]
) -> None:
    with pytest.raises(BadImport) as caught:
        brought(csv(text), registry, SENSORS, tmp_path)

    told = [f"{one.expected.split()[-1]} {one.at.rpartition(':')[2]}" for one in caught.value.mistakes]
    assert (told, caught.value.total) == (mistakes, len(mistakes))
    assert registry.count() == 0
    assert not list(tmp_path.glob("liandong-import-*"))


def test_bytes_that_are_no_utf8_are_told_with_their_line(registry: SensorRegistry, tmp_path: Path) -> None:
    content = io.BytesIO(f"{HEADER}\na,线圈,video,camera,\n".encode("gbk"))
    with pytest.raises(BadImport) as caught:
        brought(FileToImport(content, "a.csv", Format.CSV), registry, SENSORS, tmp_path)

    assert (caught.value.expected.partition(" as ")[0], caught.value.at) == ("UTF-8 (in Excel: `CSV UTF-8`)", "a.csv:2")


def test_mistakes_in_a_file_of_one_line_are_told_with_their_features(registry: SensorRegistry, tmp_path: Path) -> None:
    good = {"id": "a", "name": "a", "domain": "video", "kind": "camera"}
    told = [{**good, "id": ""}, good, {**good, "kind": ""}, good]
    features = [{"type": "Feature", "geometry": None, "properties": one} for one in told]
    content = io.BytesIO(json.dumps({"type": "FeatureCollection", "features": features}).encode())

    with pytest.raises(BadImport) as caught:
        brought(FileToImport(content, "a.geojson", Format.GEOJSON), registry, SENSORS, tmp_path)

    assert [one.at for one in caught.value.mistakes] == [
        "a.geojson:1",
        "a.geojson:1, feature 3",
        "a.geojson:1, feature 4",
    ]


def test_many_mistakes_are_counted(registry: SensorRegistry, tmp_path: Path) -> None:
    text = f"{HEADER}\n" + ",a,video,camera,\n" * (MAX_MISTAKES + 5)
    with pytest.raises(BadImport) as caught:
        brought(csv(text), registry, SENSORS, tmp_path)

    assert (len(caught.value.mistakes), caught.value.total) == (MAX_MISTAKES, MAX_MISTAKES + 5)


def files_of(database: Database, folder: Path, *lasting: str) -> RegistryFiles:
    return RegistryFiles(database, folder, lasting=frozenset(lasting))


def test_trial_tells_each_kind_of_change_with_the_first_of_them(migrated_database: Database, tmp_path: Path) -> None:
    files = files_of(migrated_database, tmp_path)
    SensorRegistry(migrated_database).upsert_many([FULL, BARE, replace(BARE, id="gone-1"), replace(BARE, id="gone-2")])
    file = written(
        [replace(FULL, name="新名", tags=frozenset()), BARE, replace(BARE, id="new-2"), replace(BARE, id="new-1")]
    )

    rows, found = files.try_out(Noun.SENSORS, file, 1, complete=True)

    assert (rows, found.added, found.changed, found.removed) == (4, 2, 1, 2)
    assert (found.first_added, found.first_removed) == (("new-1",), ("gone-1",))
    assert found.first_changed == ((FULL.id, ("name", "tags")),)
    assert SensorRegistry(migrated_database).get(FULL.id) == FULL


def test_complete_file_takes_out_what_it_does_not_name_in_the_same_transaction(
    migrated_database: Database, tmp_path: Path
) -> None:
    registry = SensorRegistry(migrated_database)
    registry.upsert_many([FULL, BARE, replace(BARE, id="of-the-folder")])
    version = registry.version()

    rows, merged = files_of(migrated_database, tmp_path, "of-the-folder").bring_in(
        Noun.SENSORS, written([replace(FULL, id="new")]), complete=True
    )

    assert (rows, merged) == (1, (1, 2))
    assert [one.id for one in registry.all()] == ["new", "of-the-folder"]
    changes = registry.changed_since(version)
    assert (changes.version, [one.id for one in changes.changed]) == (version + 1, ["new"])
    assert changes.removed == tuple(sorted((FULL.id, BARE.id)))


def test_components_of_the_city_folder_are_not_taken_out(migrated_database: Database, tmp_path: Path) -> None:
    registry, files = ComponentRegistry(migrated_database), files_of(migrated_database, tmp_path)
    registry.replace_all([Component("1", "pump", "0699", "泵站", Place(122.96, 36.21))])
    files.bring_in(Noun.COMPONENTS, csv(f"{COMPONENT_HEADER}\n{COVER}\n"))

    _, found = files.try_out(Noun.COMPONENTS, csv(f"{COMPONENT_HEADER}\n"), 9, complete=True)
    _, merged = files.bring_in(Noun.COMPONENTS, csv(f"{COMPONENT_HEADER}\n"), complete=True)

    assert (found.first_removed, merged) == ((COVER.split(",")[0],), (0, 1))
    assert [one.id for one in registry.all()] == ["1"]


@given(
    there=st.dictionaries(st.sampled_from("abcd"), st.sampled_from("xyz")),
    said=st.dictionaries(st.sampled_from("abcd"), st.sampled_from("xyz")),
    complete=st.booleans(),
)
def test_trial_says_what_an_import_then_does(there: dict[str, str], said: dict[str, str], *, complete: bool) -> None:
    with TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/a.sqlite", kept=False)
        METADATA.create_all(database._writer, tables=[SENSOR, REMOVED_SENSOR, REGISTRY_VERSION])
        with database.write() as connection:
            connection.execute(
                REGISTRY_VERSION.insert().values(id=1, version=1, stamp="", enrolled="", enrolled_version=0)
            )
        files = RegistryFiles(database, Path(folder))
        SensorRegistry(database).upsert_many(replace(BARE, id=one, name=name) for one, name in there.items())

        def file() -> FileToImport:
            return written([replace(BARE, id=one, name=name) for one, name in said.items()])

        _, found = files.try_out(Noun.SENSORS, file(), 9, complete=complete)
        _, merged = files.bring_in(Noun.SENSORS, file(), complete=complete)
        left = {one.id: one.name for one in SensorRegistry(database).all()}
        database.close()

    assert merged == (found.added + found.changed, found.removed)
    assert left == (said if complete else {**there, **said})


def test_file_larger_than_one_step_is_brought_in_whole(
    registry: SensorRegistry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registry.importing._ROWS", 2)
    sensors = [replace(BARE, id=f"a-{number}") for number in range(5)]

    assert brought(written(sensors), registry, SENSORS, tmp_path) == 5
    assert list(registry.all()) == sensors


def test_component_without_a_place_is_refused(migrated_database: Database, tmp_path: Path) -> None:
    with pytest.raises(BadImport, match="degrees from -180 to 180 as `longitude`"):
        brought(
            csv(f"{COMPONENT_HEADER}\n{COVER.replace('122.9', '')}\n"),
            ComponentRegistry(migrated_database),
            COMPONENTS,
            tmp_path,
        )


def test_folder_without_room_is_a_store_away(migrated_database: Database, tmp_path: Path) -> None:
    files = RegistryFiles(migrated_database, tmp_path / "nowhere")

    with pytest.raises(StoreUnavailable, match="No such file"):
        files.bring_in(Noun.SENSORS, written([FULL]))
