"""Leases that tell of crashes, pauses that outlive the queue, signs of life."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

import lti_tool.models.database.base

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table('generation', schema=None) as batch_op:
        batch_op.add_column(sa.Column('claims', sa.Integer(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('look_after', lti_tool.models.database.base.UtcDateTime(), nullable=True))
    op.create_table('pulse',
    sa.Column('name', sa.String(length=100).with_variant(mysql.VARCHAR(collation='utf8mb4_bin', length=100), 'mariadb').with_variant(mysql.VARCHAR(collation='utf8mb4_bin', length=100), 'mysql'), nullable=False),
    sa.Column('at', lti_tool.models.database.base.UtcDateTime(), nullable=False),
    sa.Column('note', sa.String(length=100), nullable=False, server_default=''),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_pulse'))
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table('pulse')
    with op.batch_alter_table('generation', schema=None) as batch_op:
        batch_op.drop_column('look_after')
        batch_op.drop_column('claims')
