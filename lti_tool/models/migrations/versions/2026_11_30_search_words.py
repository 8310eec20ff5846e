"""Words and indexes by which the console finds exams, generations and people."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql, postgresql

from lti_tool.models.database.search import plain_words

revision = '0027'
down_revision = '0026'
branch_labels = None
depends_on = None

LENGTH = 60
MOST_WORDS = 40
AT_ONCE = 500
WORDS = (('exam', 'exam_id'), ('generation', 'generation_id'), ('lms_user', 'lms_user_id'))
NAMES = {'exam': 'exam_word', 'generation': 'generation_word', 'lms_user': 'person_word'}
INDEXES = (
    ('exam', 'ix_exam_created_at_id', ['created_at', 'id']),
    ('exam', 'ix_exam_examplary_exam_id', ['examplary_exam_id']),
    ('generation', 'ix_generation_exam_id_created_at_id', ['exam_id', 'created_at', 'id']),
    ('generation', 'ix_generation_context_id', ['context_id']),
    ('lms_user', 'ix_lms_user_sub', ['sub']),
    ('lms_user', 'ix_lms_user_email', ['email']),
)
TEXTS = {
    'exam': "SELECT id, title, course_title FROM exam WHERE id > :last ORDER BY id LIMIT :limit",
    'generation': (
        "SELECT generation.id, generation.title, launch.context_title FROM generation "
        "LEFT JOIN launch ON launch.id = generation.launch_id "
        "WHERE generation.id > :last ORDER BY generation.id LIMIT :limit"
    ),
    'lms_user': "SELECT id, name, '' FROM lms_user WHERE id > :last AND name <> '' ORDER BY id LIMIT :limit",
}


def _key(length, collation=None):
    column = sa.String(length=length)
    for dialect in ('mariadb', 'mysql'):
        column = column.with_variant(mysql.VARCHAR(collation='utf8mb4_bin', length=length), dialect)
    if collation:
        column = column.with_variant(postgresql.VARCHAR(length=length, collation=collation), 'postgresql')
    return column


def upgrade() -> None:
    """Go forward."""
    for table, column in WORDS:
        name = NAMES[table]
        op.create_table(
            name,
            sa.Column(column, _key(40), nullable=False),
            sa.Column('word', _key(LENGTH, 'C'), nullable=False),
            sa.ForeignKeyConstraint([column], [f'{table}.id'], name=op.f(f'fk_{name}_{column}_{table}'), ondelete='CASCADE'),
            sa.PrimaryKeyConstraint(column, 'word', name=op.f(f'pk_{name}')),
        )
        op.create_index(op.f(f'ix_{name}_word_{column}'), name, ['word', column])
    for table, name, columns in INDEXES:
        op.create_index(op.f(name), table, columns)
    # MariaDB needs an index for the reference at any time: the new one comes first.
    op.drop_index(op.f('ix_generation_exam_id'), table_name='generation')
    for table, column in WORDS:
        _fill(table, column)


def _fill(table: str, column: str) -> None:
    """Store the words of what is there; a migration that was killed goes on where it stopped."""
    words = sa.table(NAMES[table], sa.column(column), sa.column('word'))
    connection = op.get_bind()
    statement = sa.text(TEXTS[table])
    last = ''
    while rows := connection.execute(statement, {'last': last, 'limit': AT_ONCE}).all():
        ids = [key for key, *_texts in rows]
        done = set(connection.scalars(sa.select(words.c[column]).where(words.c[column].in_(ids))))
        values = [
            {column: key, 'word': word}
            for key, *texts in rows
            if key not in done
            for word in plain_words(' '.join(text or '' for text in texts), MOST_WORDS)
        ]
        if values:
            connection.execute(words.insert(), values)
        last = ids[-1]


def downgrade() -> None:
    """Go back."""
    op.create_index(op.f('ix_generation_exam_id'), 'generation', ['exam_id'])
    for table, name, _columns in reversed(INDEXES):
        op.drop_index(op.f(name), table_name=table)
    for table, _column in WORDS:
        op.drop_table(NAMES[table])
