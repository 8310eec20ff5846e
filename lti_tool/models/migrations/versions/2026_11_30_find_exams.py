"""Lists and search of exams, where each was added, and changing an exam in Examplary."""

import html
import json
import re

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

import lti_tool.models.database.base
from lti_tool.models.database.search import fold

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None

AT_ONCE = 50
"""Exams read at once: one may be as large as a book."""
MAX_CHARACTERS = 200_000
OLD_INDEXES = ('owner_id', 'context_id')
NEW_INDEXES = (
    ('ix_exam_owner_id_created_at_id', ['owner_id', 'created_at', 'id']),
    ('ix_exam_context_id_platform_id_created_at_id', ['context_id', 'platform_id', 'created_at', 'id']),
)


def _key(length):
    column = sa.String(length=length)
    for dialect in ('mariadb', 'mysql'):
        column = column.with_variant(mysql.VARCHAR(collation='utf8mb4_bin', length=length), dialect)
    return column


def _long_text():
    column = sa.Text()
    for dialect in ('mariadb', 'mysql'):
        column = column.with_variant(mysql.LONGTEXT(collation='utf8mb4_bin'), dialect)
    return column


def _moment():
    return lti_tool.models.database.base.UtcDateTime()


def upgrade() -> None:
    """Go forward."""
    op.create_table('exam_text',
    sa.Column('exam_id', _key(40), nullable=False),
    sa.Column('text', _long_text(), nullable=False),
    sa.ForeignKeyConstraint(['exam_id'], ['exam.id'], name=op.f('fk_exam_text_exam_id_exam'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('exam_id', name=op.f('pk_exam_text'))
    )
    op.add_column('exam', sa.Column('course_title', sa.String(length=255), nullable=False, server_default=''))
    op.add_column('exam', sa.Column('changed_at', _moment(), nullable=True))
    op.add_column('exam', sa.Column('at_examplary', sa.Boolean(), nullable=False, server_default=sa.true()))
    # MariaDB needs an index for each reference at any time: the new ones come first.
    for name, columns in NEW_INDEXES:
        op.create_index(op.f(name), 'exam', columns)
    for column in OLD_INDEXES:
        op.drop_index(op.f(f'ix_exam_{column}'), table_name='exam')
    with op.batch_alter_table('exam_course', schema=None) as batch_op:
        batch_op.add_column(sa.Column('course_title', sa.String(length=255), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('added_by', _key(40), nullable=True))
        batch_op.add_column(sa.Column('added_at', _moment(), nullable=True))
        batch_op.create_foreign_key(op.f('fk_exam_course_added_by_lms_user'), 'lms_user', ['added_by'], ['id'], ondelete='SET NULL')
    op.create_index(op.f('ix_exam_course_added_by'), 'exam_course', ['added_by'])
    with op.batch_alter_table('generation', schema=None) as batch_op:
        batch_op.add_column(sa.Column('title', sa.String(length=200), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('flow', sa.String(length=30), nullable=False, server_default='generate-exam'))
        batch_op.add_column(sa.Column('revises_id', _key(40), nullable=True))
        batch_op.create_foreign_key(op.f('fk_generation_revises_id_exam'), 'exam', ['revises_id'], ['id'], ondelete='SET NULL')
    op.create_index(op.f('ix_generation_revises_id'), 'generation', ['revises_id'])
    _name_courses()
    _record_additions()
    _fill_texts()


def _name_courses() -> None:
    """Take the titles of courses from the launches that are still kept."""
    op.execute(
        "UPDATE exam SET course_title = COALESCE((SELECT launch.context_title FROM generation "
        "JOIN launch ON launch.id = generation.launch_id WHERE generation.id = exam.generation_id), '')"
    )


def _record_additions() -> None:
    """Take time and person of each addition from the launches and imports that are still kept."""
    connection = op.get_bind()
    additions = {}
    for statement in (
        "SELECT answered_with, context_id, answered_at, lms_user_id, context_title FROM launch "
        "WHERE answered_at IS NOT NULL AND answered_with <> '-' AND context_id <> '' ORDER BY answered_at",
        "SELECT exam_id, context_id, created_at, lms_user_id, '' FROM exam_import "
        "WHERE state IN ('done', 'done_with_warnings') AND context_id <> '' ORDER BY created_at",
    ):
        for exam_id, context_id, moment, person, title in connection.execute(sa.text(statement)):
            additions[exam_id, context_id] = {'moment': moment, 'person': person, 'title': title}
    statement = sa.text(
        "UPDATE exam_course SET added_at = :moment, added_by = :person, course_title = :title "
        "WHERE exam_id = :exam AND context_id = :course"
    )
    rows = [{**values, 'exam': exam_id, 'course': context_id} for (exam_id, context_id), values in additions.items()]
    for start in range(0, len(rows), 500):
        connection.execute(statement, rows[start : start + 500])


def _fill_texts() -> None:
    """Fill the texts of the search; a migration that was killed goes on where it stopped."""
    exam = sa.table('exam', sa.column('id'), sa.column('title', sa.Text), sa.column('snapshot', sa.Text))
    text = sa.table('exam_text', sa.column('exam_id'), sa.column('text', sa.Text))
    connection = op.get_bind()
    missing = sa.select(exam.c.id, exam.c.title, exam.c.snapshot).where(
        ~sa.exists().where(text.c.exam_id == exam.c.id)
    )
    last = ''
    while rows := connection.execute(missing.where(exam.c.id > last).order_by(exam.c.id).limit(AT_ONCE)).all():
        connection.execute(text.insert(), [{'exam_id': key, 'text': _text(title, body)} for key, title, body in rows])
        last = rows[-1][0]


def _text(title, snapshot):
    """Return the folded texts of an exam, as far as they can be read; a new version of it will be read with care."""
    try:
        data = json.loads(snapshot.removeprefix('\ufeff'))
    except (ValueError, RecursionError):
        data = {}
    data = data if isinstance(data, dict) else {}
    parts = [title, str(data.get('subject') or '')]
    questions = data.get('questions')
    for question in questions if isinstance(questions, list) else ():
        if isinstance(question, dict):
            settings = question.get('settings')
            settings = settings if isinstance(settings, dict) else {}
            values = [question.get('title'), question.get('description')]
            values += [settings.get(name) for name in ('text', 'sentence', 'options', 'left', 'right')]
            for value in values:
                parts += [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, str)]
    joined = '\n'.join(part for part in parts if not part.startswith('data:'))[: 2 * MAX_CHARACTERS]
    return fold(html.unescape(re.sub(r'<[^<>]*>', ' ', joined)))[:MAX_CHARACTERS]


def downgrade() -> None:
    """Go back. A generation that changes an exam in Examplary ends: earlier releases would take it for a new exam."""
    op.execute("UPDATE generation SET state = 'cancelled' WHERE flow = 'edit-exam' AND state IN ('opening', 'open', 'collecting', 'failed')")
    # The references need their own names, and MariaDB its indexes, until the columns are gone.
    with op.batch_alter_table('generation', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('fk_generation_revises_id_exam'), type_='foreignkey')
        batch_op.drop_index(op.f('ix_generation_revises_id'))
        batch_op.drop_column('revises_id')
        batch_op.drop_column('flow')
        batch_op.drop_column('title')
    with op.batch_alter_table('exam_course', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('fk_exam_course_added_by_lms_user'), type_='foreignkey')
        batch_op.drop_index(op.f('ix_exam_course_added_by'))
        batch_op.drop_column('added_at')
        batch_op.drop_column('added_by')
        batch_op.drop_column('course_title')
    for column in OLD_INDEXES:
        op.create_index(op.f(f'ix_exam_{column}'), 'exam', [column])
    for name, _columns in NEW_INDEXES:
        op.drop_index(op.f(name), table_name='exam')
    with op.batch_alter_table('exam', schema=None) as batch_op:
        batch_op.drop_column('at_examplary')
        batch_op.drop_column('changed_at')
        batch_op.drop_column('course_title')
    op.drop_table('exam_text')
