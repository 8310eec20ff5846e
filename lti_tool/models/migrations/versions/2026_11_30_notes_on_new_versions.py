"""What a new version of an exam from Examplary changed."""

import sqlalchemy as sa
from alembic import op

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.add_column('exam', sa.Column('version_notes', sa.JSON(), nullable=True))


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table('exam', schema=None) as batch_op:
        batch_op.drop_column('version_notes')
