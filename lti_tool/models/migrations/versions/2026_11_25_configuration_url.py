"""Where an LMS describes itself, so that a check can compare it with what is stored."""

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.add_column('platform', sa.Column('configuration_url', sa.String(length=1000), nullable=False, server_default=''))


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table('platform', schema=None) as batch_op:
        batch_op.drop_column('configuration_url')
