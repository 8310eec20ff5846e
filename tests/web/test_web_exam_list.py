"""The list of exams as a page: rows, filters, search, pages, unfinished exams."""

from datetime import timedelta

import pytest

from lti_tool.models import Chore, Exam, ExamText, Generation, db, fold, now
from lti_tool.services.delivery.added_exams import record_addition
from tests.support.databases import executed_statements


@pytest.fixture
def keep(keep_exam):
    """Store an exam that the search finds."""

    def make(title, **values):
        row = keep_exam("single-1", title=title, **values)
        db.session.add(ExamText(exam_id=row.id, text=fold(title)))
        db.session.commit()
        return row

    return make


def titles(page):
    return [strong.text_content() for strong in page.xpath("//ul[@class='rows']//strong")]


def test_a_row_says_owner_course_and_additions(pages, keep, tree):
    own = pages()
    exam = keep("Cells")
    keep("Plants", sub="2")
    record_addition(exam, "course-1", launch=own.launch, person_id=own.launch.lms_user_id, at=exam.created_at)
    db.session.commit()
    first, second = tree(own.get("exams")).xpath("//ul[@class='rows']/li")
    assert "By Tess Teacher" in first.text_content()
    assert "This course" in first.text_content()
    assert "By you" in second.text_content()
    assert "Added to this course" in second.text_content()
    assert "changed since" not in second.text_content()
    exam.changed_at = now()
    db.session.commit()
    assert "changed since" in own.get("exams").text


def test_search_and_filters_are_plain_links_and_a_form(pages, keep, tree):
    own = pages()
    keep("Cells")
    keep("Élan vital", sub="2")
    keep("Cell walls", context_id="course-2")
    page = tree(own.get("exams"))
    assert sorted(titles(page)) == ["Cell walls", "Cells", "Élan vital"]
    (form,) = [form for form in page.forms if form.get("role") == "search"]
    assert form.method == "GET"
    assert form.action == own.url("exams")
    assert titles(tree(own.get("exams", query_string={"q": "elan"}))) == ["Élan vital"]
    assert titles(tree(own.get("exams", query_string={"q": "CELL", "show": "course"}))) == ["Cells"]
    mine = tree(own.get("exams", query_string={"show": "mine"}))
    assert sorted(titles(mine)) == ["Cell walls", "Cells"]
    assert [link.text_content() for link in mine.xpath("//nav[@class='filters']//*[@aria-current]")] == ["Mine"]


def test_a_long_list_has_pages(pages, keep, tree):
    own = pages()
    for number in range(30):
        keep(f"Exam {number}")
    visible, address = [], own.url("exams")
    while address:
        page = tree(own.client.get(address))
        visible += titles(page)
        address = next((link.get("href") for link in page.xpath("//*[@rel='next']")), None)
    assert sorted(visible) == sorted(f"Exam {number}" for number in range(30))
    (newer,) = page.xpath("//*[@rel='prev']")
    page = tree(own.client.get(newer.get("href")))
    assert titles(page) == visible[:25]
    assert not page.xpath("//*[@rel='prev']")
    start = tree(own.get())
    assert len(titles(start)) == 8
    assert start.xpath(f"//a[@href='{own.url('exams')}']")


@pytest.mark.parametrize(
    ("address", "step"),
    [
        ("exams", "Create an exam"),
        ("exams?show=course", "Show all exams"),
        ("exams?q=nothing", "Show all exams"),
        ("exams?q=nothing&show=mine", "Search in all exams"),
        ("exams?before=0.a", "Show the newest"),
    ],
)
def test_an_empty_list_offers_one_next_step(pages, tree, address, step):
    (empty,) = tree(pages().get(address)).xpath("//*[@class='empty']")
    assert [link.text_content() for link in empty.xpath(".//a")] == [step]


def test_odd_requests_are_answered(pages, keep):
    own = pages()
    keep("Cells")
    for query in (
        {"q": "\0\ud800" * 300},
        {"show": "everything"},
        {"q": "<script>"},
        {"before": "'"},
        {"after": "'"},
        {"q": "%" * 5000},
    ):
        encoded = {name: value.encode("utf-8", "replace") for name, value in query.items()}
        response = own.client.get(own.url("exams"), query_string=encoded)
        assert response.status_code == 200
        assert "<script>" not in response.text.replace("<script type", "")


def test_only_teachers_with_a_whole_launch_see_lists(pages, student, keep):
    exam = keep("Cells")
    assert student.get("exams").status_code == 403
    assert pages(only_exam_id=exam.id).get("exams").status_code == 403


class TestUnfinished:
    def test_an_unfinished_exam_is_named_after_its_topic(self, pages, services, tree):
        own = pages(presets={"context": "Photosynthesis  and\nrespiration " + "x" * 100, "subject": ""})
        services.generations.start(own.launch)
        assert titles(tree(own.get()))[0].startswith("Photosynthesis and respiration x")
        assert len(db.session.query(Generation).one().title) <= 60
        named_launch = pages(presets={"name": "Test on cells", "subject": "Biology"})
        services.generations.start(named_launch.launch)
        assert titles(tree(named_launch.get()))[0] == "Test on cells"

    def test_exams_without_a_name_are_named_by_their_start(self, pages, services, make_generation, tree):
        own = pages(context_title="Introduction to Testing", presets={})
        services.generations.start(own.launch)
        assert db.session.query(Generation).one().title == ""
        for day in (1, 2):
            row = make_generation(own.launch, title="Introduction to Testing")
            row.created_at = now() - timedelta(days=day)
        db.session.commit()
        page = tree(own.get())
        names = [" ".join(name.split()) for name in titles(page)[:3]]
        assert len(set(names)) == 3
        assert all(name.startswith("Unfinished exam, started on ") for name in names)
        links = [
            " ".join(link.text_content().split()) for link in page.xpath("//ul[@class='rows']//a[@class='button']")
        ]
        assert links[:3] == [f"Continue: {name}" for name in names]
        summaries = [" ".join(summary.text_content().split()) for summary in page.xpath("//ul[@class='rows']//summary")]
        assert summaries[:3] == [f"Discard: {name}" for name in names]

    def test_a_failed_exam_can_be_discarded_after_a_question(self, pages, make_generation, tree):
        own = pages()
        failed = make_generation(own.launch, state="failed", error_code="examplary.unavailable", title="Cells")
        row = tree(own.get()).xpath("//ul[@class='rows']/li")[0]
        (form,) = [form for form in row.xpath(".//details/form") if form.get("action").endswith("/cancel")]
        assert "Discard this exam?" in form.text_content()
        assert own.client.post(form.get("action")).status_code == 303
        db.session.refresh(failed)
        assert failed.state == "cancelled"
        assert [chore.kind for chore in db.session.query(Chore)] == ["delete_session"]
        assert "Cells" not in own.get().text

    @pytest.mark.parametrize("state", ["collecting", "ready", "returned", "expired"])
    def test_finished_exams_are_not_discarded(self, pages, make_generation, state):
        own = pages()
        row = make_generation(own.launch, state=state)
        own.post(f"generations/{row.id}/cancel")
        db.session.refresh(row)
        assert row.state == state


def test_a_page_of_500_exams_needs_no_more_statements_than_one_of_50(pages, keep, tree):
    own = pages()
    exam = keep("Exam")
    values = {column.key: getattr(exam, column.key) for column in Exam.__table__.columns if column.key != "id"}

    def add(numbers):
        db.session.add_all(Exam(**values, id=f"e{number}") for number in numbers)
        db.session.flush()
        db.session.add_all(ExamText(exam_id=f"e{number}", text="exam") for number in numbers)
        db.session.commit()

    def statements():
        with executed_statements(db.engine) as log:
            page = tree(own.get("exams", query_string={"q": "exam"}))
        assert len(titles(page)) == 25
        return log

    add(range(50))
    before = statements()
    add(range(50, 500))
    assert len(statements()) == len(before)
