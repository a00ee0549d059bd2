"""A registry says which content it has, and which sensors of the city folder were put into it."""

import secrets

import sqlalchemy as sa
from alembic import op

from storage.columns import Word

revision = "million_0002"
down_revision = "doubt_0001"
branch_labels = None
depends_on = None

_VERSION = sa.table("registry_version", sa.column("stamp", Word))


def upgrade() -> None:
    """Add the columns: what is there gets a stamp, and the city folder is put in at the next start."""
    with op.batch_alter_table("registry_version") as version:
        version.add_column(sa.Column("stamp", Word, nullable=False, server_default=""))
        version.add_column(sa.Column("enrolled", Word, nullable=False, server_default=""))
        version.add_column(sa.Column("enrolled_version", sa.BigInteger(), nullable=False, server_default="0"))
    with op.batch_alter_table("registry_version") as version:
        for name in ("stamp", "enrolled"):
            version.alter_column(name, existing_type=Word, existing_nullable=False, server_default=None)
        version.alter_column(
            "enrolled_version", existing_type=sa.BigInteger(), existing_nullable=False, server_default=None
        )
    op.execute(_VERSION.update().values(stamp=secrets.token_hex(8)))


def downgrade() -> None:
    """Take them away."""
    with op.batch_alter_table("registry_version") as version:
        for name in ("enrolled_version", "enrolled", "stamp"):
            version.drop_column(name)
