"""Deployments that are switched off."""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.add_column('deployment', sa.Column('active', sa.Boolean(), nullable=False, server_default=sa.true()))


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table('deployment', schema=None) as batch_op:
        batch_op.drop_column('active')
