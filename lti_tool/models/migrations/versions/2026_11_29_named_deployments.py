"""Deployments that the operator named."""

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward. Nobody knows which of the existing ones were named, so none counts as named."""
    op.add_column('deployment', sa.Column('named', sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table('deployment', schema=None) as batch_op:
        batch_op.drop_column('named')
