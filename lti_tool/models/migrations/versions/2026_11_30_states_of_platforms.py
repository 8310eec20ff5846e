"""States of platforms for the console, and indexes for its pages."""

import sqlalchemy as sa
from alembic import op

import lti_tool.models.database.base

revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None

INDEXES = (
    ('launch', 'ix_launch_created_at', ['created_at']),
    ('launch', 'ix_launch_platform_id_created_at', ['platform_id', 'created_at']),
    ('exam', 'ix_exam_platform_id_created_at', ['platform_id', 'created_at']),
    ('exam_import', 'ix_exam_import_created_at', ['created_at']),
    ('generation', 'ix_generation_state_created_at_platform_id', ['state', 'created_at', 'platform_id']),
    ('audit', 'ix_audit_platform_id_id', ['platform_id', 'id']),
    ('platform', 'ix_platform_failed_at', ['failed_at']),
)
BACK = (
    ('launch', 'platform_id'),
    ('exam', 'platform_id'),
)
"""References for which MariaDB had an index of its own, which it dropped when the new one could serve."""


def _moment():
    return lti_tool.models.database.base.UtcDateTime()


def upgrade() -> None:
    """Go forward. The latest launch that is still stored is taken as the platform's latest."""
    op.add_column('platform', sa.Column('notes', sa.String(length=4000), nullable=False, server_default=''))
    for name in ('launched_at', 'failed_at', 'failing_since', 'checked_at'):
        op.add_column('platform', sa.Column(name, _moment(), nullable=True))
    op.add_column('platform', sa.Column('failure_code', sa.String(length=60), nullable=False, server_default=''))
    op.add_column('platform', sa.Column('check_results', sa.JSON(), nullable=True))
    op.add_column('registration_link', sa.Column('family', sa.String(length=40), nullable=False, server_default=''))
    for table, name, columns in INDEXES:
        op.create_index(op.f(name), table, columns)
    op.execute(
        'UPDATE platform SET launched_at = '
        '(SELECT MAX(created_at) FROM launch WHERE launch.platform_id = platform.id)'
    )


def downgrade() -> None:
    """Go back."""
    for table, column in BACK:
        # MariaDB needs an index for each reference at any time.
        if op.get_bind().dialect.name in ('mysql', 'mariadb'):
            op.create_index(f'fk_{table}_{column}_platform', table, [column])
    for table, name, _ in reversed(INDEXES):
        op.drop_index(op.f(name), table_name=table)
    with op.batch_alter_table('registration_link', schema=None) as batch_op:
        batch_op.drop_column('family')
    with op.batch_alter_table('platform', schema=None) as batch_op:
        for name in ('check_results', 'failure_code', 'checked_at', 'failing_since', 'failed_at', 'launched_at', 'notes'):
            batch_op.drop_column(name)
