"""Kept conversion reports."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def _key(length):
    column = sa.String(length=length)
    for dialect in ('mariadb', 'mysql'):
        column = column.with_variant(mysql.VARCHAR(collation='utf8mb4_bin', length=length), dialect)
    return column


def upgrade() -> None:
    """Go forward."""
    op.create_table('exam_report',
    sa.Column('exam_id', _key(40), nullable=False),
    sa.Column('format_name', _key(40), nullable=False),
    sa.Column('version', _key(64), nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['exam_id'], ['exam.id'], name=op.f('fk_exam_report_exam_id_exam'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('exam_id', 'format_name', name=op.f('pk_exam_report'))
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table('exam_report')
