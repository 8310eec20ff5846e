"""The kind of quizzes that direct import makes, by platform."""

import sqlalchemy as sa
from alembic import op

revision = '0028'
down_revision = '0027'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward. Empty means as before: the teacher chooses."""
    with op.batch_alter_table('platform', schema=None) as batch_op:
        batch_op.add_column(sa.Column('quiz_kind', sa.String(length=20), server_default='', nullable=False))


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table('platform', schema=None) as batch_op:
        batch_op.drop_column('quiz_kind')
