"""Which courses may use an exam: where it was sent, and copies of those."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

import lti_tool.models.database.base

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def _key(length):
    column = sa.String(length=length)
    for dialect in ('mariadb', 'mysql'):
        column = column.with_variant(mysql.VARCHAR(collation='utf8mb4_bin', length=length), dialect)
    return column


def upgrade() -> None:
    """Go forward. Until now a link's own parameter opened its exam: what was sent where is taken from the launches."""
    op.create_table('exam_course',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('exam_id', _key(40), nullable=False),
    sa.Column('context_id', _key(255), nullable=False),
    sa.ForeignKeyConstraint(['exam_id'], ['exam.id'], name=op.f('fk_exam_course_exam_id_exam'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_exam_course')),
    sa.UniqueConstraint('exam_id', 'context_id', name=op.f('uq_exam_course_exam_id_context_id'))
    )
    op.create_index(op.f('ix_exam_course_context_id'), 'exam_course', ['context_id'])
    op.create_table('course_copy',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('platform_id', _key(40), nullable=False),
    sa.Column('context_id', _key(255), nullable=False),
    sa.Column('copied_from', _key(255), nullable=False),
    sa.Column('learned_at', lti_tool.models.database.base.UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['platform_id'], ['platform.id'], name=op.f('fk_course_copy_platform_id_platform'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_course_copy')),
    sa.UniqueConstraint('platform_id', 'context_id', 'copied_from', name=op.f('uq_course_copy_platform_id_context_id_copied_from'))
    )
    op.add_column('platform', sa.Column('sends_history', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(
        "INSERT INTO exam_course (exam_id, context_id) "
        "SELECT DISTINCT launch.answered_with, launch.context_id FROM launch "
        "JOIN exam ON exam.id = launch.answered_with "
        "WHERE launch.context_id <> '' AND NOT EXISTS (SELECT 1 FROM exam_course AS kept "
        "WHERE kept.exam_id = launch.answered_with AND kept.context_id = launch.context_id)"
    )


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table('platform', schema=None) as batch_op:
        batch_op.drop_column('sends_history')
    op.drop_table('course_copy')
    op.drop_table('exam_course')
