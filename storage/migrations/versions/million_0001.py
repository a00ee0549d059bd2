"""Codes and conditions of sensors, dates of components, and which components were imported."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Word

revision = "million_0001"
down_revision = "level_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns: nobody has said a code, all devices are whole, and all components are the city folder's."""
    with op.batch_alter_table("sensor") as sensor:
        sensor.add_column(sa.Column("code", Word, nullable=False, server_default=""))
        sensor.add_column(sa.Column("condition", Word, nullable=False, server_default="intact"))
    with op.batch_alter_table("sensor") as sensor:
        for name in ("code", "condition"):
            sensor.alter_column(name, existing_type=Word, existing_nullable=False, server_default=None)
    with op.batch_alter_table("component") as component:
        component.add_column(sa.Column("installed", sa.Date()))
        component.add_column(sa.Column("imported", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("component") as component:
        component.alter_column("imported", existing_type=sa.Boolean(), existing_nullable=False, server_default=None)


def downgrade() -> None:
    """Take them away."""
    with op.batch_alter_table("component") as component:
        component.drop_column("imported")
        component.drop_column("installed")
    with op.batch_alter_table("sensor") as sensor:
        sensor.drop_column("condition")
        sensor.drop_column("code")
