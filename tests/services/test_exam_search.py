"""The console's search on every database: its results, and that it never reads a whole table."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, text, true

from lti_tool.models import Exam, ExamWord, Generation, GenerationWord, LmsUser, PersonWord, db, plain_words
from lti_tool.services.operations.exam_search import (
    exam_statements,
    find_exams,
    find_people,
    generation_statements,
)
from lti_tool.services.search_words import RARE
from tests.support.query_plans import plan_of, scanned_tables
from tests.support.retention import retention_of

START = datetime(2026, 1, 1, tzinfo=UTC)
MANY = 20_000


def everything(_column):
    return true()


def quiet(column):
    return column.in_(["quiet"])


def test_words_without_accents_and_punctuation():
    assert plain_words("Évolution, (part II): «Évolution»", 9) == ("evolution", "part", "ii")
    assert plain_words("a b c", 2) == ("a", "b")


@pytest.mark.slow
def test_many_exams_are_found_page_by_page_without_a_scan(platform, make_launch):
    _fill(platform)
    page = find_exams("", everything)
    assert [entry.id for entry in page.entries[:4]] == ["e19999", "g19999", "e19998", "g19998"]
    following = find_exams("", everything, page.older)
    assert following.entries[0].id == "e19974"
    assert [entry.id for entry in find_exams("zebra common", everything).entries] == ["e7"]
    assert [entry.id for entry in find_exams("COMM topic012", everything).entries[:2]] == ["e19012", "g19012"]
    assert {entry.person for entry in find_exams("rosalind", everything).entries} == {"Rosalind 3"}
    assert [person.id for person in find_people("Rosálind", everything, 5)] == ["p3"]
    some = (everything, lambda column: column.in_({platform.id, "other"}))
    for words in ("", "e7", "course-7", "zebra", "common", "common topic012", "rosalind", "no-such-word"):
        for scope in some:
            for statements in (exam_statements, generation_statements):
                for statement in statements(words, scope, None, 51):
                    plan = plan_of(statement)
                    assert scanned_tables(plan) & {"exam", "generation", "exam_word", "generation_word"} == set(), plan
                    # What is rare isn't looked for along the list either.
                    assert words in ("", "common") or not walks(plan), (words, plan)
    for words in ("", "common"):
        assert not sorts(plan_of(unfinished_in_order(words, everything)))
        # The list of all is not walked for the few rows of a quiet platform.
        plan = plan_of(unfinished_in_order(words, quiet))
        assert "ix_generation_platform_id_exam_id_created_at_id" in str(plan), plan


def unfinished_in_order(words, scope):
    """Return the statement that reads the list of generations in its order."""
    statements = generation_statements(words, scope, None, 51)
    (in_order,) = (statement for statement in statements if "exam_id IS NULL" in str(statement))
    return in_order


def sorts(plan):
    """Return whether rows are sorted, instead of read in the order of an index."""
    return re.search(r"\bSort\b|TEMP B-TREE|filesort", str(plan)) is not None


def walks(plan):
    """Return whether a list is read in its order.

    PostgreSQL chooses by the number of ids in the statement, and may walk where that is the shorter way.
    """
    if db.engine.dialect.name == "sqlite":
        return any(re.match("SCAN (exam|generation) ", row[3]) for row in plan)
    return db.engine.dialect.name == "mariadb" and any(row[3] == "index" for row in plan)


def test_names_are_searched_as_long_as_they_are_stored(platform, make_launch):
    launch = make_launch("9", name="Ada Lovelace", expires_at=START)
    db.session.query(LmsUser).update({"seen_at": START})
    db.session.commit()
    assert [person.sub for person in find_people("love", everything, 5)] == ["9"]
    launch_words = db.session.query(PersonWord).filter_by(lms_user_id=launch.lms_user_id)
    assert launch_words.count() == 2
    person = db.session.get(LmsUser, launch.lms_user_id)
    person.examplary_user_id = "user_1"
    db.session.commit()
    retention_of(launches=1, generations=1, exams=0).apply()
    db.session.expire_all()
    assert person.name == ""
    assert launch_words.count() == 0


def _fill(platform):
    """Exams and generations that alternate in time; a word in all of them, and one in a single one."""
    assert MANY > RARE
    people = [{"id": f"p{n}", "platform_id": platform.id, "sub": f"s{n}", "name": f"Rosalind {n}"} for n in range(500)]
    db.session.execute(insert(LmsUser), people)
    db.session.execute(insert(PersonWord), [{"lms_user_id": "p3", "word": "rosalind"}])
    shared = {"platform_id": platform.id}
    for start in range(0, MANY, 5000):
        numbers = range(start, start + 5000)
        moments = {number: START + timedelta(minutes=2 * number) for number in numbers}
        exams = [
            shared
            | {
                "id": f"e{n}",
                "examplary_exam_id": f"x{n}",
                "owner_id": f"p{n % 500}",
                "context_id": f"course-{n % 1000}",
            }
            | {"title": f"Common {n}", "points": 1, "question_count": 1, "snapshot": "{}"}
            | {"created_at": moments[n] + timedelta(minutes=1)}
            for n in numbers
        ]
        generations = [
            shared
            | {"id": f"g{n}", "lms_user_id": f"p{n % 500}", "context_id": f"course-{n % 1000}", "title": f"Common {n}"}
            | {"state": "expired", "session_expires_at": START, "created_at": moments[n], "state_since": START}
            for n in numbers
        ]
        db.session.execute(insert(Exam), exams)
        db.session.execute(insert(Generation), generations)
        for table, column, letter in ((ExamWord, "exam_id", "e"), (GenerationWord, "generation_id", "g")):
            words = [
                {column: f"{letter}{n}", "word": word} for n in numbers for word in ("common", f"topic{n % 1000:03}")
            ]
            db.session.execute(insert(table), words)
        db.session.commit()
    db.session.execute(insert(ExamWord), [{"exam_id": "e7", "word": "zebra"}])
    db.session.commit()
    tables = "exam, generation, exam_word, generation_word, lms_user, person_word"
    is_mariadb = db.engine.dialect.name in ("mysql", "mariadb")
    db.session.execute(text(f"ANALYZE TABLE {tables}" if is_mariadb else "ANALYZE"))
    db.session.commit()
