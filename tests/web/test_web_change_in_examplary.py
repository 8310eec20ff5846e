"""Change in Examplary as pages: the button, the editor, "Use this version", and what the review page says then."""

import pytest

from lti_tool.models import Generation, db


@pytest.fixture
def at_examplary(keep_exam, exam_at_examplary):
    """An exam of the teacher "1" that Examplary has, too."""

    def make(**values):
        return keep_exam("single-1", examplary_exam_id=exam_at_examplary(), **values)

    return make


def button(page, text):
    return [
        form for form in page.forms if [each for each in form.xpath(".//button") if each.text_content().strip() == text]
    ]


def open_editor(own, exam, tree):
    (form,) = button(tree(own.get(f"exams/{exam.id}")), "Change in Examplary")
    response = own.client.post(form.action, data=dict(form.form_values()))
    assert response.status_code == 303
    return db.session.get(Generation, response.location.rsplit("/", 1)[-1])


def test_the_teacher_ends_an_edit_with_use_this_version(pages, at_examplary, tree, store):
    own, exam = pages(), at_examplary()
    generation = open_editor(own, exam, tree)
    page = tree(own.get(f"generations/{generation.id}"))
    (form,) = button(page, "Use this version")
    assert not button(page, "I'm done")
    store.exams[exam.examplary_exam_id] |= {"name": "Plants"}
    response = own.client.post(form.action)
    review = own.client.get(response.location, follow_redirects=True)
    assert review.request.path == own.url(f"exams/{exam.id}")
    text = tree(review).text_content()
    assert "The new version from Examplary is in use." in text
    assert "The title was changed." in text
    (read,) = button(tree(review), "OK")
    own.client.post(read.action)
    assert "is in use" not in own.get(f"exams/{exam.id}").text


def test_without_a_change_the_page_says_so(pages, at_examplary, tree, store):
    own, exam = pages(), at_examplary()
    for expected in ("The new version from Examplary is in use.", "Nothing was changed in Examplary"):
        generation = open_editor(own, exam, tree)
        own.post(f"generations/{generation.id}/use")
        text = own.get(f"generations/{generation.id}", follow_redirects=True).text
        assert expected in text
        own.post(f"exams/{exam.id}/notes/read")


def test_going_back_leads_to_the_exam(pages, at_examplary, tree):
    own, exam = pages(), at_examplary()
    generation = open_editor(own, exam, tree)
    listed = tree(own.get())
    assert "Opened in Examplary" in listed.text_content()
    assert own.post(f"generations/{generation.id}/cancel").location == own.url(f"exams/{exam.id}")
    over = tree(own.get(f"generations/{generation.id}"))
    assert "The exam stays as it was" in over.text_content()
    assert over.xpath(f"//a[@href='{own.url(f'exams/{exam.id}')}']")


def test_only_the_author_changes_an_exam_there(pages, at_examplary, tree):
    exam, colleague = at_examplary(), pages(sub="2")
    assert not button(tree(colleague.get(f"exams/{exam.id}")), "Change in Examplary")
    assert colleague.post(f"exams/{exam.id}/edit").status_code == 404
    assert colleague.post(f"exams/{exam.id}/notes/read").status_code == 404
    tab = pages(only_exam_id=exam.id)
    assert not button(tree(tab.get(f"exams/{exam.id}")), "Change in Examplary")
    assert tab.post(f"exams/{exam.id}/edit").status_code == 403


def test_a_sentence_stands_in_the_place_of_the_button_where_the_exam_is_gone(pages, at_examplary, tree, store):
    own, exam = pages(), at_examplary()
    del store.exams[exam.examplary_exam_id]
    generation = open_editor(own, exam, tree)
    over = own.get(f"generations/{generation.id}")
    assert "examplary.exam_gone" in over.text
    page = own.get(f"exams/{exam.id}")
    assert not button(tree(page), "Change in Examplary")
    assert "Examplary no longer has this exam" in page.text.replace("&#39;", "'")
    assert own.post(f"exams/{exam.id}/edit").status_code == 410


class TestDeletedByTheSettings:
    @pytest.fixture
    def settings(self, settings):
        return settings.model_copy(update={"delete_exam_at_examplary": True})

    def test_the_page_says_so(self, pages, at_examplary, tree):
        own, exam = pages(), at_examplary()
        page = own.get(f"exams/{exam.id}")
        assert not button(tree(page), "Change in Examplary")
        assert "Examplary no longer has this exam" in page.text


def test_an_exam_without_questions_leads_to_examplary(pages, make_generation, exam_at_examplary, tree):
    own = pages()
    empty = exam_at_examplary(questions=[])
    failed = make_generation(own.launch, state="failed", error_code="exam.empty", examplary_exam_id=empty)
    (form,) = button(tree(own.get(f"generations/{failed.id}")), "Change in Examplary")
    response = own.client.post(form.action)
    assert button(tree(own.client.get(response.location)), "Use this version")
