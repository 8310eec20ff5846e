"""Settings of platforms: formats, choices of teachers, roles, deletion at Examplary, retention; scopes of API keys."""

import sqlalchemy as sa
from alembic import op

revision = '0026'
down_revision = '0025'
branch_labels = None
depends_on = None

DAYS = ('keep_launch_days', 'keep_generation_days', 'keep_exam_days')
LISTS = ('formats', 'withheld_choices', 'role_overrides')


def upgrade() -> None:
    """Go forward. Empty means as before: what the operator decided."""
    with op.batch_alter_table('platform', schema=None) as batch_op:
        for name in LISTS:
            batch_op.add_column(sa.Column(name, sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column('default_format', sa.String(length=40), server_default='', nullable=False))
        batch_op.add_column(sa.Column('deletes_exams', sa.Boolean(), nullable=True))
        for name in DAYS:
            batch_op.add_column(sa.Column(name, sa.Integer(), nullable=True))

    with op.batch_alter_table('lms_api_key', schema=None) as batch_op:
        batch_op.add_column(sa.Column('required_scopes', sa.JSON(), nullable=True))


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table('lms_api_key', schema=None) as batch_op:
        batch_op.drop_column('required_scopes')

    with op.batch_alter_table('platform', schema=None) as batch_op:
        for name in (*DAYS, 'deletes_exams', 'default_format', *LISTS):
            batch_op.drop_column(name)
