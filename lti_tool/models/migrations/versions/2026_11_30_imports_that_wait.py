"""Imports that an LMS carries out in its own time."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None


def _key(length):
    column = sa.String(length=length)
    for dialect in ('mariadb', 'mysql'):
        column = column.with_variant(mysql.VARCHAR(collation='utf8mb4_bin', length=length), dialect)
    return column


def upgrade() -> None:
    """Go forward."""
    op.add_column('exam_import', sa.Column('options', sa.JSON(), nullable=False, server_default='[]'))
    op.add_column('exam_import', sa.Column('note', sa.String(length=300), nullable=False, server_default=''))
    op.add_column('exam_import', sa.Column('quiz_data', sa.JSON(), nullable=False, server_default='{}'))
    op.add_column('delivery', sa.Column('copy', _key(64), nullable=False, server_default=''))


def downgrade() -> None:
    """Go back."""
    op.drop_column('delivery', 'copy')
    op.drop_column('exam_import', 'quiz_data')
    op.drop_column('exam_import', 'note')
    op.drop_column('exam_import', 'options')
