"""The registry's tables: sensors, which of them went away, and the components of the city."""

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Date, Float, Index, Integer, Table

from storage.columns import Json, Word
from storage.sql import METADATA

#: One row a sensor, as `city.sensor.Sensor`; `changed` is the registry version that last changed it.
SENSOR = Table(
    "sensor",
    METADATA,
    Column("id", Word, primary_key=True),
    Column("name", Word, nullable=False),
    Column("name_en", Word, nullable=False),
    Column("domain", Word, nullable=False),
    Column("kind", Word, nullable=False),
    Column("longitude", Float(53)),
    Column("latitude", Float(53)),
    Column("district", Word, nullable=False),
    Column("grid", Word, nullable=False),
    Column("site", Word, nullable=False),
    Column("upstream", Word, nullable=False),
    Column("interval_s", Float(53)),
    Column("quantities", Json, nullable=False),
    Column("authority", Word, nullable=False),
    Column("owner", Word, nullable=False),
    Column("maintainer", Word, nullable=False),
    Column("installed", Date),
    Column("tags", Json, nullable=False),
    Column("recorded", Boolean, nullable=False),
    Column("code", Word, nullable=False),
    Column("condition", Word, nullable=False),
    Column("changed", BigInteger, nullable=False),
    CheckConstraint("(longitude IS NULL) = (latitude IS NULL)", name="position_whole"),
    Index(None, "changed"),
    Index(None, "domain", "id"),
    Index(None, "district", "id"),
)

#: Sensors that were removed and did not come back; `changed` is the registry version that removed them.
REMOVED_SENSOR = Table(
    "removed_sensor",
    METADATA,
    Column("id", Word, primary_key=True),
    Column("changed", BigInteger, nullable=False),
    Index(None, "changed"),
)

#: One row: the registry's version, which rises by one with every change; `stamp` is drawn anew with it and so names the
#: content, in whichever copy of the database. `enrolled` is the digest of the city folder's sensors that were put
#: in last, at `enrolled_version`.
REGISTRY_VERSION = Table(
    "registry_version",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("version", BigInteger, nullable=False),
    Column("stamp", Word, nullable=False),
    Column("enrolled", Word, nullable=False),
    Column("enrolled_version", BigInteger, nullable=False),
    CheckConstraint("id = 1", name="one_row"),
)

#: One row a component, as `city.component.Component`; `imported` where it is not from the city folder.
COMPONENT = Table(
    "component",
    METADATA,
    Column("id", Word, primary_key=True),
    Column("kind", Word, nullable=False),
    Column("class", Word, nullable=False),
    Column("name", Word, nullable=False),
    Column("name_en", Word, nullable=False),
    Column("state", Word, nullable=False),
    Column("longitude", Float(53), nullable=False),
    Column("latitude", Float(53), nullable=False),
    Column("district", Word, nullable=False),
    Column("grid", Word, nullable=False),
    Column("authority", Word, nullable=False),
    Column("owner", Word, nullable=False),
    Column("maintainer", Word, nullable=False),
    Column("installed", Date),
    Column("tags", Json, nullable=False),
    Column("imported", Boolean, nullable=False),
    Index(None, "latitude", "longitude"),
)
