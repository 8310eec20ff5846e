"""Frames that wait while a window of their own proves the browser."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

import lti_tool.models.database.base

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def _key(length):
    column = sa.String(length=length)
    for dialect in ('mariadb', 'mysql'):
        column = column.with_variant(mysql.VARCHAR(collation='utf8mb4_bin', length=length), dialect)
    return column


def upgrade() -> None:
    """Go forward. Launches and logins that are open belong to no window."""
    op.create_table('handover',
    sa.Column('id', _key(64), nullable=False),
    sa.Column('launch_id', _key(40), nullable=False),
    sa.Column('error_code', sa.String(length=60), nullable=False),
    sa.Column('expires_at', lti_tool.models.database.base.UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_handover'))
    )
    op.create_index(op.f('ix_handover_expires_at'), 'handover', ['expires_at'])
    op.add_column('login', sa.Column('handover_id', _key(64), nullable=False, server_default=''))
    op.add_column('launch', sa.Column('framed', sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Go back."""
    op.drop_column('launch', 'framed')
    op.drop_column('login', 'handover_id')
    op.drop_table('handover')
