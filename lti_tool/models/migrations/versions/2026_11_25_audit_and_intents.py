"""An audit trail, what is about to be done at Examplary, and a proof that a snapshot is whole."""

import hashlib

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

import lti_tool.models.database.base

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

AT_ONCE = 50
INDEXES = (
    ('exam_media', 'asset_sha256'),
    ('exam', 'original_sha256'),
    ('delivery', 'launch_id'),
    ('generation', 'exam_id'),
)
"""References without an index: deleting what they refer to read the whole table."""


def _key(length):
    column = sa.String(length=length)
    for dialect in ('mariadb', 'mysql'):
        column = column.with_variant(mysql.VARCHAR(collation='utf8mb4_bin', length=length), dialect)
    return column


def upgrade() -> None:
    """Go forward."""
    op.create_table('audit',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('at', lti_tool.models.database.base.UtcDateTime(), nullable=False),
    sa.Column('who', _key(60), nullable=False),
    sa.Column('what', sa.String(length=40), nullable=False),
    sa.Column('launch_id', _key(40), nullable=False),
    sa.Column('platform_id', _key(40), nullable=False),
    sa.Column('subject', _key(64), nullable=False),
    sa.Column('detail', sa.String(length=200), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit'))
    )
    op.create_index(op.f('ix_audit_at'), 'audit', ['at'])
    op.create_index(op.f('ix_audit_subject'), 'audit', ['subject'])
    op.add_column('lms_user', sa.Column('account_claimed_until', lti_tool.models.database.base.UtcDateTime(), nullable=True))
    op.add_column('exam', sa.Column('snapshot_sha256', _key(64), nullable=False, server_default=''))
    for table, column in INDEXES:
        op.create_index(op.f(f'ix_{table}_{column}'), table, [column])
    _seal()


def _seal():
    """Note what every snapshot is now; a few at a time, since one may be as large as a book."""
    exam = sa.table('exam', sa.column('id', sa.String), sa.column('snapshot', sa.Text), sa.column('snapshot_sha256', sa.String))
    connection = op.get_bind()
    while rows := connection.execute(
        sa.select(exam.c.id, exam.c.snapshot).where(exam.c.snapshot_sha256 == '').limit(AT_ONCE)
    ).all():
        for exam_id, snapshot in rows:
            digest = hashlib.sha256(snapshot.encode()).hexdigest()
            connection.execute(exam.update().where(exam.c.id == exam_id).values(snapshot_sha256=digest))


def downgrade() -> None:
    """Go back."""
    if op.get_context().dialect.name not in ('mysql', 'mariadb'):  # there, the foreign keys need them
        for table, column in reversed(INDEXES):
            op.drop_index(op.f(f'ix_{table}_{column}'), table)
    with op.batch_alter_table('exam', schema=None) as batch_op:
        batch_op.drop_column('snapshot_sha256')
    with op.batch_alter_table('lms_user', schema=None) as batch_op:
        batch_op.drop_column('account_claimed_until')
    op.drop_table('audit')
