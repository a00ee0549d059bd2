"""Which burning alarms are unconfirmed, and how many an incident has."""

import sqlalchemy as sa
from alembic import op

revision = "doubt_0001"
down_revision = "lane_0001"
branch_labels = None
depends_on = None

_COLUMNS = (
    ("incidents", "doubted", sa.Integer(), "0"),
    ("incident_alarms", "unconfirmed", sa.Boolean(), sa.false()),
)


def upgrade() -> None:
    """Add both; what burns already is taken as confirmed until its next change."""
    for table, name, type_, begun in _COLUMNS:
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column(name, type_, nullable=False, server_default=begun))
        with op.batch_alter_table(table) as batch:
            batch.alter_column(name, existing_type=type_, existing_nullable=False, server_default=None)
    _index("unconfirmed")


def downgrade() -> None:
    """Drop both; the log still tells which changes were unconfirmed."""
    _index()
    for table, name, _, _ in _COLUMNS:
        with op.batch_alter_table(table) as batch:
            batch.drop_column(name)


def _index(*more: str) -> None:
    """Make the index anew by which the alarms that burn in an incident are counted: it holds all that is counted."""
    op.drop_index("ix_incident_alarms_level", "incident_alarms")
    op.create_index("ix_incident_alarms_level", "incident_alarms", ["incident", "active", "level", *more])
