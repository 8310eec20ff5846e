"""States that were used, instead of rows of logins; heartbeats."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

import lti_tool.models.database.base

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def _key(length):
    column = sa.String(length=length)
    for dialect in ('mariadb', 'mysql'):
        column = column.with_variant(mysql.VARCHAR(collation='utf8mb4_bin', length=length), dialect)
    return column


def _moment():
    return lti_tool.models.database.base.UtcDateTime()


def upgrade() -> None:
    """Go forward. A login that is under way is asked to start again."""
    op.create_table('used_state',
    sa.Column('nonce', _key(64), nullable=False),
    sa.Column('expires_at', _moment(), nullable=False),
    sa.PrimaryKeyConstraint('nonce', name=op.f('pk_used_state'))
    )
    op.create_index(op.f('ix_used_state_expires_at'), 'used_state', ['expires_at'])
    op.drop_table('login')
    _create_heartbeats('heartbeat')
    op.drop_table('pulse')


def downgrade() -> None:
    """Go back."""
    _create_heartbeats('pulse')
    op.drop_table('heartbeat')
    op.create_table('login',
    sa.Column('state', _key(64), nullable=False),
    sa.Column('nonce', _key(64), nullable=False),
    sa.Column('platform_id', _key(40), nullable=False),
    sa.Column('browser_hash', sa.String(length=64), nullable=False),
    sa.Column('target_link_uri', sa.String(length=2000), nullable=False),
    sa.Column('storage_target', sa.String(length=100), nullable=False),
    sa.Column('handover_id', _key(64), nullable=False, server_default=''),
    sa.Column('expires_at', _moment(), nullable=False),
    sa.ForeignKeyConstraint(['platform_id'], ['platform.id'], name=op.f('fk_login_platform_id_platform'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('state', name=op.f('pk_login'))
    )
    op.create_index(op.f('ix_login_expires_at'), 'login', ['expires_at'])
    op.drop_table('used_state')


def _create_heartbeats(name) -> None:
    """Rows are not copied: workers write them again within a minute."""
    op.create_table(name,
    sa.Column('name', _key(100), nullable=False),
    sa.Column('at', _moment(), nullable=False),
    sa.Column('note', sa.String(length=100), nullable=False, server_default=''),
    sa.PrimaryKeyConstraint('name', name=op.f(f'pk_{name}'))
    )
