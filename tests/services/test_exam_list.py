"""Lists of exams: who sees which, search, pages, and that no list reads a whole table."""

import itertools
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import insert, text

from lti_tool.models import CourseCopy, Exam, ExamCourse, ExamText, LmsUser, db, fold, now, words_of
from lti_tool.services.delivery.added_exams import record_addition
from lti_tool.services.exams.exam_list import Scope, list_exams, matching_exams
from lti_tool.services.launches.access import ItemNotFound
from tests.support.query_plans import plan_of, scanned_tables

START = datetime(2026, 9, 1, 8, tzinfo=UTC)


def ids(page):
    return [exam.id for exam in page.exams]


@pytest.fixture
def add_exam(make_launch, platform):
    """Store an exam: ``add_exam("1", "Cells", context_id="course-1", body="What is…")``."""
    numbers = itertools.count()

    def add(sub="1", title="Cells", *, body="", at=None, context_id="course-1", platform=platform, **values):
        number = next(numbers)
        row = Exam(
            id=f"exam-{number}",
            examplary_exam_id=f"exam_{number}",
            platform_id=platform.id,
            owner_id=make_launch(sub, platform=platform).lms_user_id,
            context_id=context_id,
            title=title,
            points=Decimal(3),
            question_count=2,
            snapshot="{}",
            created_at=at or START + timedelta(hours=number),
            **values,
        )
        db.session.add(row)
        db.session.flush()
        db.session.add(ExamText(exam_id=row.id, text=fold(f"{title}\n{body}")))
        db.session.commit()
        return row

    return add


def test_the_newest_come_first_and_pages_follow_each_other_without_gaps(add_exam, make_launch):
    for number in range(11):
        add_exam(at=START + timedelta(hours=number // 4))
    launch = make_launch()
    before = ""
    visible = []
    for size in (4, 4, 3):
        page = list_exams(launch, before=before, per_page=4)
        assert len(page.exams) == size
        visible += ids(page)
        before = page.older
    assert before == ""
    expected = db.session.query(Exam.id).order_by(Exam.created_at.desc(), Exam.id.desc())
    assert visible == [row.id for row in expected]
    newer = list_exams(launch, after=page.newer, per_page=4)
    assert ids(newer) == visible[4:8]
    first = list_exams(launch, after=newer.newer, per_page=4)
    assert (ids(first), first.newer) == (visible[:4], "")


def test_a_cursor_that_makes_no_sense_is_ignored(add_exam, make_launch):
    exam, launch = add_exam(), make_launch()
    for cursor in ("x", "1", "99999999999999999.a", "-1.a", "1.", "1.a b", "\0", "٣.a"):
        assert ids(list_exams(launch, before=cursor)) == [exam.id]
    assert ids(list_exams(launch, before="0.a")) == []


def test_a_scope_limits_the_list_to_the_teachers_own_exams_or_the_courses(add_exam, make_launch):
    mine_here, mine_elsewhere = add_exam("1"), add_exam("1", context_id="course-2")
    colleague_here, foreign = add_exam("2"), add_exam("2", context_id="course-2")
    launch = make_launch("1")
    assert set(ids(list_exams(launch))) == {mine_here.id, mine_elsewhere.id, colleague_here.id}
    assert set(ids(list_exams(launch, Scope.MINE))) == {mine_here.id, mine_elsewhere.id}
    assert set(ids(list_exams(launch, Scope.COURSE))) == {mine_here.id, colleague_here.id}
    assert foreign.id not in ids(list_exams(launch))
    without_course = make_launch("1", context_id="")
    assert list_exams(without_course, Scope.COURSE).exams == ()


class TestSearch:
    FOUND = (
        *("mitochondrie", "MITOCHONDRIËN", "mitochondrién", "cel  biologie", "biologie cel", "ologie", "100%", "a_b"),
        *("e\u0301", "!", "straße", "STRASSE", "Łódź", "lodz", "مدرسه", "مُدَرِّس", "細胞", "가", "  ", "Ⅻ", "\x00"),
    )
    NOT_FOUND = ("100%", "a_b", "mitochondria romans", "cel !", "%%", "___", "か")

    def test_words_are_found_in_any_case_order_and_accent(self, add_exam, make_launch):
        body = "De mitochondriën. 100% a_b é! Straße Łódź مدرسه مدرس 細胞 가 XII"
        exam = add_exam(title="Celbiologie", body=body)
        _other = add_exam(title="History", body="The Romans 100 aXb")
        launch = make_launch()
        missed = [query for query in self.FOUND if exam.id not in ids(list_exams(launch, query=query))]
        assert missed == []

    def test_signs_of_the_database_have_no_meaning(self, add_exam, make_launch):
        add_exam(title="Cells", body="mitochondria 100 aXb が")
        launch = make_launch()
        assert [query for query in self.NOT_FOUND if list_exams(launch, query=query).exams] == []

    def test_a_search_finds_nothing_that_the_teacher_may_not_see(self, add_exam, make_launch):
        add_exam("2", context_id="course-2", body="secret")
        assert list_exams(make_launch("1"), query="secret").exams == ()

    def test_a_collected_exam_is_found_by_its_questions(self, make_exam, make_launch):
        exam = make_exam(subject="Biology")
        for query in ("powerhouse", "biology", "MITOCHONDRION nucleus"):
            assert ids(list_exams(make_launch(), query=query)) == [exam.id]
        assert list_exams(make_launch(), query="chloroplast").exams == ()

    def test_a_search_has_an_end(self):
        words = words_of("word " + " ".join(f"{number}{'x' * 500}" for number in range(500)))
        assert len(words) <= 8
        assert max(map(len, words)) <= 60


class TestRows:
    def test_a_row_says_who_where_and_when_it_was_added(self, add_exam, make_launch):
        exam = add_exam("1", course_title="Biology 1")
        launch = make_launch("1", context_title="Biology 2")
        (row,) = list_exams(launch).exams
        assert (row.is_own, row.owner, row.course, row.is_of_this_course) == (True, "Tess Teacher", "Biology 2", True)
        assert row.additions == ()
        record_addition(exam, "course-1", launch=launch, person_id=launch.lms_user_id, at=START)
        elsewhere = make_launch("1", context_id="course-7", context_title="Chemistry")
        record_addition(exam, "course-7", launch=elsewhere, person_id=launch.lms_user_id, at=START + timedelta(hours=1))
        db.session.commit()
        (row,) = list_exams(launch).exams
        assert [(addition.course, addition.is_here, addition.changed_since) for addition in row.additions] == [
            ("Chemistry", False, False),
            ("Biology 2", True, False),
        ]
        exam.changed_at = START + timedelta(minutes=30)
        db.session.commit()
        (row,) = list_exams(launch).exams
        assert [addition.changed_since for addition in row.additions] == [False, True]
        record_addition(exam, "course-1", launch=launch, person_id=launch.lms_user_id, at=now())
        db.session.commit()
        (row,) = list_exams(launch).exams
        assert not any(addition.changed_since for addition in row.additions)
        assert db.session.query(ExamCourse).count() == 2

    def test_an_exam_of_an_earlier_release_was_added_at_an_unknown_time(self, add_exam, make_launch):
        exam = add_exam()
        db.session.add(ExamCourse(exam_id=exam.id, context_id="course-1"))
        db.session.commit()
        (row,) = list_exams(make_launch()).exams
        assert [(addition.at, addition.changed_since) for addition in row.additions] == [(None, False)]

    def test_names_of_other_courses_stay_there(self, add_exam, make_launch):
        """Teachers don't learn from a list where else their colleagues teach."""
        exam = add_exam("1", course_title="Private course")
        author = make_launch("1")
        record_addition(exam, "course-8", launch=author, person_id=author.lms_user_id, at=START)
        record_addition(exam, "course-2", launch=author, person_id=author.lms_user_id, at=START)
        db.session.commit()
        (row,) = list_exams(make_launch("2", context_id="course-2", context_title="Here")).exams
        assert (row.is_own, row.owner, row.course) == (False, "Tess Teacher", "")
        assert [addition.course for addition in row.additions] == ["Here"]

    def test_the_author_in_a_copied_course_is_a_colleague(self, add_exam, make_launch, platform):
        add_exam("1", course_title="Original")
        db.session.add(CourseCopy(platform_id=platform.id, context_id="copy", copied_from="course-1"))
        db.session.commit()
        (row,) = list_exams(make_launch("2", context_id="copy")).exams
        assert (row.owner, row.course, row.is_of_this_course, row.additions) == ("", "", False, ())

    def test_an_erased_person_leaves_no_name_at_an_addition(self, services, add_exam, make_launch):
        exam, other = add_exam("1"), make_launch("2")
        record_addition(exam, "course-1", launch=other, person_id=other.lms_user_id, at=START)
        db.session.commit()
        services.privacy.erase(db.session.get(LmsUser, other.lms_user_id))
        assert db.session.query(ExamCourse).one().added_by is None


def test_lists_contain_exactly_the_exams_that_their_teacher_may_open(
    services, add_exam, make_launch, platform, other_platform
):
    """All kinds of exams against all kinds of launches: the rule of the list is the rule of the pages."""
    copied_at = START + timedelta(days=1)
    for sub, course, host, late in itertools.product("12", ("", "a", "b"), (platform, other_platform), (False, True)):
        at = copied_at + timedelta(days=1 if late else -1)
        exam = add_exam(sub, context_id=course, platform=host, at=at)
        if sub == "1" and late:
            db.session.add(ExamCourse(exam_id=exam.id, context_id="c"))
    db.session.add(CourseCopy(platform_id=platform.id, context_id="b", copied_from="a", learned_at=copied_at))
    db.session.add(CourseCopy(platform_id=platform.id, context_id="d", copied_from="c", learned_at=copied_at))
    db.session.add(CourseCopy(platform_id=other_platform.id, context_id="e", copied_from="a", learned_at=copied_at))
    db.session.commit()
    everything = db.session.query(Exam).all()
    linked = next(row.id for row in everything if row.context_id == "a" and row.created_at > copied_at)
    sizes = set()
    for sub, course, host in itertools.product("123", ("", "a", "b", "c", "d", "e"), (platform, other_platform)):
        launch = make_launch(sub, context_id=course, platform=host, exam_id=linked if course == "b" else "")
        allowed = {exam.id for exam in everything if _may_open(services, launch, exam.id)}
        page = list_exams(launch, per_page=100)
        assert set(ids(page)) == allowed, (sub, course, host.issuer)
        assert len(page.exams) == len(allowed)
        sizes.add(len(allowed))
        assert all(exam.owner or not exam.is_own for exam in page.exams)
    assert min(sizes) == 0
    assert len(sizes) > 4


def _may_open(services, launch, exam_id):
    try:
        return services.access.exam(launch, exam_id).id == exam_id
    except ItemNotFound:
        return False


@pytest.mark.slow
def test_no_list_reads_a_whole_table(add_exam, make_launch, platform):
    """Many exams of 500 teachers: the database says that it uses an index for each way to an exam."""
    _fill(platform, add_exam().owner_id, 50_000 if db.engine.dialect.name == "sqlite" else 20_000)
    launch = make_launch("s7", context_id="course-7")
    db.session.add(CourseCopy(platform_id=platform.id, context_id="course-7", copied_from="course-8"))
    db.session.commit()
    for scope, words, before in itertools.product(Scope, ((), ("cell", "17")), ("", str((10**15) * 2) + ".x")):
        page = list_exams(launch, scope, " ".join(words), before=before)
        assert page.exams or words
        plan = plan_of(matching_exams(launch, scope, words, None, 26, newer=not before))
        assert scanned_tables(plan) & {"exam", "exam_text", "exam_course"} == set(), plan


def _fill(platform, owner_id, count=50_000):
    people = [{"id": f"p{number}", "platform_id": platform.id, "sub": f"s{number}"} for number in range(500)]
    db.session.execute(insert(LmsUser), people)
    shared = {"platform_id": platform.id, "points": 1, "question_count": 1, "snapshot": json.dumps({"x": "y" * 200})}
    rows = [
        shared
        | {
            "id": f"e{number}",
            "examplary_exam_id": f"x{number}",
            "owner_id": f"p{number % 500}",
            "context_id": f"course-{number % 200}",
            "title": f"Cells {number}",
            "created_at": START + timedelta(minutes=number),
        }
        for number in range(count)
    ]
    for start in range(0, count, 5000):
        part = rows[start : start + 5000]
        db.session.execute(insert(Exam), part)
        db.session.execute(insert(ExamText), [{"exam_id": row["id"], "text": fold(row["title"])} for row in part])
        additions = [{"exam_id": row["id"], "context_id": f"course-{index % 190}"} for index, row in enumerate(part)]
        db.session.execute(insert(ExamCourse), additions)
        db.session.commit()
    is_mariadb = db.engine.dialect.name in ("mysql", "mariadb")
    db.session.execute(text("ANALYZE TABLE exam, exam_text, exam_course" if is_mariadb else "ANALYZE"))
    db.session.commit()
