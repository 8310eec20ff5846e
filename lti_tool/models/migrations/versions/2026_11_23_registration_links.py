"""Links by which an LMS registers the tool."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

import lti_tool.models.database.base

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def _key(length):
    column = sa.String(length=length)
    for dialect in ('mariadb', 'mysql'):
        column = column.with_variant(mysql.VARCHAR(collation='utf8mb4_bin', length=length), dialect)
    return column


def upgrade() -> None:
    """Go forward."""
    op.create_table('registration_link',
    sa.Column('id', _key(40), nullable=False),
    sa.Column('token_hash', _key(64), nullable=False),
    sa.Column('name', sa.String(length=255), nullable=False),
    sa.Column('hosts', sa.JSON(), nullable=False),
    sa.Column('waits', sa.Boolean(), nullable=False),
    sa.Column('created_at', lti_tool.models.database.base.UtcDateTime(), nullable=False),
    sa.Column('expires_at', lti_tool.models.database.base.UtcDateTime(), nullable=False),
    sa.Column('taken_at', lti_tool.models.database.base.UtcDateTime(), nullable=True),
    sa.Column('used_at', lti_tool.models.database.base.UtcDateTime(), nullable=True),
    sa.Column('platform_id', _key(40), nullable=True),
    sa.ForeignKeyConstraint(['platform_id'], ['platform.id'], name=op.f('fk_registration_link_platform_id_platform'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_registration_link')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_registration_link_token_hash'))
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table('registration_link')
