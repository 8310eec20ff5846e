"""Accounts of the console."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

import lti_tool.models.database.base

revision = '0019'
down_revision = '0018'
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
    """Go forward."""
    op.create_table('admin_account',
    sa.Column('id', _key(40), nullable=False),
    sa.Column('email', _key(255), nullable=False),
    sa.Column('name', sa.String(length=255), nullable=False),
    sa.Column('role', sa.String(length=20), nullable=False),
    sa.Column('all_platforms', sa.Boolean(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('password_hash', sa.String(length=255), nullable=False),
    sa.Column('sso_subject', _key(255), nullable=True),
    sa.Column('link_hash', _key(64), nullable=True),
    sa.Column('link_expires_at', _moment(), nullable=True),
    sa.Column('created_at', _moment(), nullable=False),
    sa.Column('signed_in_at', _moment(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_admin_account')),
    sa.UniqueConstraint('email', name=op.f('uq_admin_account_email')),
    sa.UniqueConstraint('sso_subject', name=op.f('uq_admin_account_sso_subject')),
    sa.UniqueConstraint('link_hash', name=op.f('uq_admin_account_link_hash'))
    )
    op.create_table('admin_platform',
    sa.Column('account_id', _key(40), nullable=False),
    sa.Column('platform_id', _key(40), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['admin_account.id'], name=op.f('fk_admin_platform_account_id_admin_account'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['platform_id'], ['platform.id'], name=op.f('fk_admin_platform_platform_id_platform'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('account_id', 'platform_id', name=op.f('pk_admin_platform'))
    )
    op.create_index(op.f('ix_admin_platform_platform_id'), 'admin_platform', ['platform_id'])
    op.create_table('admin_session',
    sa.Column('secret_hash', _key(64), nullable=False),
    sa.Column('account_id', _key(40), nullable=False),
    sa.Column('created_at', _moment(), nullable=False),
    sa.Column('seen_at', _moment(), nullable=False),
    sa.Column('expires_at', _moment(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['admin_account.id'], name=op.f('fk_admin_session_account_id_admin_account'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('secret_hash', name=op.f('pk_admin_session'))
    )
    op.create_index(op.f('ix_admin_session_account_id'), 'admin_session', ['account_id'])
    op.create_index(op.f('ix_admin_session_expires_at'), 'admin_session', ['expires_at'])


def downgrade() -> None:
    """Go back."""
    op.drop_table('admin_session')
    op.drop_table('admin_platform')
    op.drop_table('admin_account')
