"""Create the registry: sensors and the versions in which they changed."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Json, Word

revision = "registry_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "sensor",
        sa.Column("id", Word, nullable=False),
        sa.Column("name", Word, nullable=False),
        sa.Column("name_en", Word, nullable=False),
        sa.Column("domain", Word, nullable=False),
        sa.Column("kind", Word, nullable=False),
        sa.Column("longitude", sa.Float(53)),
        sa.Column("latitude", sa.Float(53)),
        sa.Column("district", Word, nullable=False),
        sa.Column("grid", Word, nullable=False),
        sa.Column("site", Word, nullable=False),
        sa.Column("upstream", Word, nullable=False),
        sa.Column("interval_s", sa.Float(53)),
        sa.Column("quantities", Json, nullable=False),
        sa.Column("authority", Word, nullable=False),
        sa.Column("owner", Word, nullable=False),
        sa.Column("maintainer", Word, nullable=False),
        sa.Column("installed", sa.Date),
        sa.Column("tags", Json, nullable=False),
        sa.Column("recorded", sa.Boolean, nullable=False),
        sa.Column("changed", sa.BigInteger, nullable=False),
        sa.CheckConstraint("(longitude IS NULL) = (latitude IS NULL)", name=op.f("ck_sensor_position_whole")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sensor")),
    )
    op.create_index(op.f("ix_sensor_changed"), "sensor", ["changed"])
    op.create_index(op.f("ix_sensor_domain_id"), "sensor", ["domain", "id"])
    op.create_index(op.f("ix_sensor_district_id"), "sensor", ["district", "id"])
    op.create_table(
        "removed_sensor",
        sa.Column("id", Word, nullable=False),
        sa.Column("changed", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_removed_sensor")),
    )
    op.create_index(op.f("ix_removed_sensor_changed"), "removed_sensor", ["changed"])
    op.create_table(
        "registry_version",
        sa.Column("id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_registry_version_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registry_version")),
    )
    op.execute("INSERT INTO registry_version (id, version) VALUES (1, 0)")


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("registry_version")
    op.drop_table("removed_sensor")
    op.drop_table("sensor")
