"""Let administrators require a review, a tag and a prefix, and count the files of an exam under way."""

import sqlalchemy as sa
from alembic import op

revision = '0023'
down_revision = '0022'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table('platform', schema=None) as batch_op:
        batch_op.add_column(sa.Column('requires_review', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column('question_tag', sa.String(length=50), server_default='', nullable=False))
        batch_op.add_column(sa.Column('title_prefix', sa.String(length=60), server_default='', nullable=False))

    with op.batch_alter_table('generation', schema=None) as batch_op:
        batch_op.add_column(sa.Column('files_done', sa.Integer(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('files_total', sa.Integer(), server_default='0', nullable=False))


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table('generation', schema=None) as batch_op:
        batch_op.drop_column('files_total')
        batch_op.drop_column('files_done')

    with op.batch_alter_table('platform', schema=None) as batch_op:
        batch_op.drop_column('title_prefix')
        batch_op.drop_column('question_tag')
        batch_op.drop_column('requires_review')
