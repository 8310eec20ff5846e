"""Launches that are bound to a browser, and their tabs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def _key(length):
    column = sa.String(length=length)
    for dialect in ('mariadb', 'mysql'):
        column = column.with_variant(mysql.VARCHAR(collation='utf8mb4_bin', length=length), dialect)
    return column


def upgrade() -> None:
    """Go forward. Launches that are open keep working without a cookie until they expire."""
    op.add_column('launch', sa.Column('browser_hash', _key(64), nullable=True))
    op.add_column('launch', sa.Column('tab_of', _key(40), nullable=False, server_default=''))
    op.add_column('launch', sa.Column('only_exam_id', _key(40), nullable=False, server_default=''))


def downgrade() -> None:
    """Go back. Launches made since then would open in any browser, so they end."""
    op.execute("UPDATE launch SET expires_at = created_at WHERE browser_hash IS NOT NULL")
    with op.batch_alter_table('launch', schema=None) as batch_op:
        batch_op.drop_column('only_exam_id')
        batch_op.drop_column('tab_of')
        batch_op.drop_column('browser_hash')
