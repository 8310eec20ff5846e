"""The language that a person chose for the pages."""

import sqlalchemy as sa
from alembic import op

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.add_column('lms_user', sa.Column('page_language', sa.String(length=40), nullable=False, server_default=''))


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table('lms_user', schema=None) as batch_op:
        batch_op.drop_column('page_language')
