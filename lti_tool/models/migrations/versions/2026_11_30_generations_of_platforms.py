"""An index by which the console lists the generations of some platforms."""

from alembic import op

revision = '0029'
down_revision = '0028'
branch_labels = None
depends_on = None

NAME = 'ix_generation_platform_id_exam_id_created_at_id'
FOREIGN_KEY = 'fk_generation_platform_id_platform'


def upgrade() -> None:
    """Go forward. In MariaDB it takes the place of the index that the foreign key made for itself."""
    op.create_index(NAME, 'generation', ['platform_id', 'exam_id', 'created_at', 'id'])


def downgrade() -> None:
    """Go back."""
    if op.get_bind().dialect.name in ('mysql', 'mariadb'):
        op.create_index(FOREIGN_KEY, 'generation', ['platform_id'])
    op.drop_index(NAME, table_name='generation')
