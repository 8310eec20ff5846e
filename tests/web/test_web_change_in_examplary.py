"""Change in Examplary as pages: the button, the editor, "Use this version", and what the review page says then."""

from decimal import Decimal

import pytest

from lti_tool import formats
from lti_tool.exam.changes import LeaveOut, SetPoints, SetText
from lti_tool.models import Generation, db
from tests.support import exam_builders as raw


@pytest.fixture
def at_examplary(keep_exam, exam_at_examplary):
    """An exam of the teacher "1" that Examplary has, too."""

    def make(**values):
        return keep_exam("single-1", examplary_exam_id=exam_at_examplary(), **values)

    return make


def forms_with_button(page, label):
    return [
        form for form in page.forms if label in [button.text_content().strip() for button in form.xpath(".//button")]
    ]


def open_editor(own, exam, tree):
    (form,) = forms_with_button(tree(own.get(f"exams/{exam.id}")), "Change in Examplary")
    response = own.client.post(form.action, data=dict(form.form_values()))
    assert response.status_code == 303
    return db.session.get(Generation, response.location.rsplit("/", 1)[-1])


def test_the_teacher_ends_an_edit_with_use_this_version(pages, at_examplary, tree, store):
    own, exam = pages(), at_examplary()
    generation = open_editor(own, exam, tree)
    page = tree(own.get(f"generations/{generation.id}"))
    (form,) = forms_with_button(page, "Use this version")
    assert not forms_with_button(page, "I'm done")
    store.exams[exam.examplary_exam_id] |= {"name": "Plants"}
    response = own.client.post(form.action)
    review = own.client.get(response.location, follow_redirects=True)
    assert review.request.path == own.url(f"exams/{exam.id}")
    text = tree(review).text_content()
    assert "The new version from Examplary is in use." in text
    assert "The title was changed." in text
    (read,) = forms_with_button(tree(review), "OK")
    own.client.post(read.action)
    assert "is in use" not in own.get(f"exams/{exam.id}").text


def test_without_a_change_the_page_reports_it(pages, at_examplary, tree, store):
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
    assert not forms_with_button(tree(colleague.get(f"exams/{exam.id}")), "Change in Examplary")
    assert colleague.post(f"exams/{exam.id}/edit").status_code == 404
    assert colleague.post(f"exams/{exam.id}/notes/read").status_code == 404
    tab = pages(only_exam_id=exam.id)
    assert not forms_with_button(tree(tab.get(f"exams/{exam.id}")), "Change in Examplary")
    assert tab.post(f"exams/{exam.id}/edit").status_code == 403


def test_a_sentence_replaces_the_button_when_the_exam_is_deleted(pages, at_examplary, tree, store):
    own, exam = pages(), at_examplary()
    del store.exams[exam.examplary_exam_id]
    generation = open_editor(own, exam, tree)
    over = own.get(f"generations/{generation.id}")
    assert "examplary.exam_gone" in over.text
    # Nothing is left to try again with: the exam as it is here is the way on.
    assert not forms_with_button(tree(over), "Try again")
    assert [link.text_content().strip() for link in tree(over).find_class("primary")] == ["Back to the exam"]
    assert "Try again" not in own.get().text
    page = own.get(f"exams/{exam.id}")
    assert not forms_with_button(tree(page), "Change in Examplary")
    assert "Examplary no longer has this exam" in page.text.replace("&#39;", "'")
    assert own.post(f"exams/{exam.id}/edit").status_code == 410


class TestDeletedByTheSettings:
    @pytest.fixture
    def settings(self, settings):
        return settings.model_copy(update={"delete_exam_at_examplary": True})

    def test_the_page_reports_it(self, pages, at_examplary, tree):
        own, exam = pages(), at_examplary()
        page = own.get(f"exams/{exam.id}")
        assert not forms_with_button(tree(page), "Change in Examplary")
        assert "Examplary no longer has this exam" in page.text


def test_an_exam_without_questions_leads_to_examplary(pages, make_generation, exam_at_examplary, tree):
    own = pages()
    empty = exam_at_examplary(questions=[])
    failed = make_generation(own.launch, state="failed", error_code="exam.empty", examplary_exam_id=empty)
    (form,) = forms_with_button(tree(own.get(f"generations/{failed.id}")), "Change in Examplary")
    response = own.client.post(form.action)
    assert forms_with_button(tree(own.client.get(response.location)), "Use this version")


class TestPagesFromBeforeANewVersion:
    QUESTIONS = (
        raw.question("true-false", {"correctAnswer": "true"}, title="Water is wet."),
        raw.question(
            "multiple-choice-single-answer",
            {"options": ["Paris", "Rome"], "correctAnswer": "Rome"},
            title="The capital of Italy?",
        ),
        raw.question("single-line-text", {"correctAnswer": ["dog"]}, title="It barks."),
    )

    @pytest.fixture
    def own(self, pages):
        return pages()

    @pytest.fixture
    def exam(self, keep_exam, exam_at_examplary):
        document = raw.exam(*self.QUESTIONS, name="Cells")
        document["id"] = exam_at_examplary(questions=document["questions"])
        return keep_exam(document=document, examplary_exam_id=document["id"])

    @pytest.fixture
    def revise(self, own, exam, store, tree):
        """Change questions in Examplary and use the version: ``revise({2: {"title": "New"}, 3: None})``."""

        def use(changed=None, **fields):
            generation = open_editor(own, exam, tree)
            changed = changed or {}
            numbered = raw.exam(*self.QUESTIONS)["questions"]
            new = [old | changed.get(number, {}) for number, old in enumerate(numbered, 1) if changed.get(number, 1)]
            store.exams[exam.examplary_exam_id] |= {"questions": new} | fields
            own.post(f"generations/{generation.id}/use")
            response = own.get(f"generations/{generation.id}", follow_redirects=True)
            db.session.expire_all()
            return tree(response)

        return use

    @pytest.fixture
    def open_form(self, own, exam, tree):
        def fields(number):
            page = tree(own.get(f"exams/{exam.id}/question?question=q_{number}"))
            (form,) = page.xpath("//form[contains(@action, '/question')]")
            return {name: content.removeprefix("\n") for name, content in form.form_values()}

        return fields

    @pytest.fixture
    def question(self, services, exam):
        def read(number):
            db.session.expire_all()
            return next(row for row in services.exam_reader.value(exam).questions if row.id == f"q_{number}")

        return read

    @pytest.mark.parametrize(("choice", "kept"), [("mine", "Mine"), ("theirs", "Theirs")])
    def test_a_conflict_is_resolved_by_choice(self, own, exam, revise, open_form, question, tree, choice, kept):
        form = open_form(2)
        revise({2: {"title": "Theirs"}})
        response = own.post(f"exams/{exam.id}/question", data=form | {"text-title-0": "Mine", "points": "4"})
        page = tree(response)
        assert response.status_code == 409
        texts = [typed.text_content() for typed in page.xpath("//fieldset//*[contains(@class, 'typed')]")]
        assert texts == ["Mine", "Theirs"]
        assert question(2).title.plain_text() == "Theirs"
        (merge,) = page.xpath("//form[contains(@action, '/merge')]")
        (name,) = [name for name, _ in merge.form_values() if name.startswith("choice")]
        saved = own.post(f"exams/{exam.id}/merge", data=dict(merge.form_values()) | {name: choice})
        assert saved.status_code == 303
        assert (question(2).title.plain_text(), question(2).points) == (kept, 4)

    def test_unedited_fields_have_the_values_of_the_new_version(self, own, exam, revise, open_form, question):
        form, settings = open_form(2), {"title": "Cells", "minutes": "30", "seen": "0"}
        revise({2: {"settings": {"options": ["Oslo", "Rome"], "correctAnswer": "Rome"}}}, name="Plants")
        assert own.post(f"exams/{exam.id}/question", data=form | {"points": "4"}).status_code == 303
        assert own.post(f"exams/{exam.id}/settings", data=settings).status_code == 303
        assert ([option.plain_text() for option in question(2).options], question(2).points) == (["Oslo", "Rome"], 4)
        assert exam.title == "Plants"

    def test_changes_that_no_longer_fit_are_shown(self, own, exam, revise, open_form, question, tree):
        form = open_form(2)
        revise({2: {"settings": {"options": ["Rome", "Bern"], "correctAnswer": "Rome"}}})
        response = own.post(f"exams/{exam.id}/question", data=form | {"key": "0", "points": "4"})
        text = tree(response).text_content()
        assert "These no longer fit" in text
        assert "Paris" in text
        assert "points: 4" in text
        (merge,) = tree(response).xpath("//form[contains(@action, '/merge')]")
        own.post(f"exams/{exam.id}/merge", data=dict(merge.form_values()))
        assert (question(2).correct, question(2).points) == ((0,), 4)

    def test_a_choice_that_does_not_fit_the_others_is_shown_again(self, own, exam, revise, open_form, tree):
        form = open_form(2)
        revise({2: {"settings": {"options": ["Oslo", "Bern"], "correctAnswer": "Bern"}}})
        response = own.post(
            f"exams/{exam.id}/question", data=form | {"text-option-0": "Bern", "text-option-1": "Genoa"}
        )
        (merge,) = tree(response).xpath("//form[contains(@action, '/merge')]")
        fields = dict(merge.form_values())
        refused = own.post(f"exams/{exam.id}/merge", data=fields | {"choice-1": "theirs"})
        assert refused.status_code == 422
        assert "Two of the answers would look the same." in refused.text
        assert "Bern" in tree(refused).xpath("//*[contains(@class, 'typed')]")[0].text_content()

    def test_a_deleted_question(self, own, exam, revise, open_form, tree):
        form = open_form(3)
        revise({3: None})
        response = own.post(f"exams/{exam.id}/question", data=form | {"text-title-0": "What I typed", "points": "x"})
        page = tree(response)
        assert response.status_code == 404
        assert page.xpath("//h1")[0].text_content() == "This question is no longer in the exam."
        assert [typed.text_content() for typed in page.xpath("//*[contains(@class, 'typed')]")] == ["What I typed"]
        assert page.xpath(f"//a[@href='{own.url(f'exams/{exam.id}')}']")[0].text_content() == "Back to the exam"
        points = {"question": "q_3", "seen": "0", "do": "points", "points": "5"}
        assert "points: 5" in tree(own.post(f"exams/{exam.id}/change", data=points)).text_content()
        again = tree(own.get(f"exams/{exam.id}/question?question=q_3"))
        assert again.xpath("//h1")[0].text_content() == "This question is no longer in the exam."
        assert again.xpath(f"//a[@href='{own.url(f'exams/{exam.id}')}']")
        foreign = own.post(f"exams/{exam.id}/question", data=form | {"question": "none", "text-title-0": "Typed"})
        assert "Typed" in tree(foreign).xpath("//*[contains(@class, 'typed')]")[0].text_content()

    def test_own_changes_that_the_version_dropped_are_shown_and_used(self, services, own, exam, revise, question, tree):
        operations = [LeaveOut("q_1"), SetText("q_2", "title", 0, "Mine"), SetPoints("q_3", Decimal(7))]
        for operation in operations:
            services.exam_changes.save(own.launch, exam, [operation], exam.revision)
        page = revise({2: {"title": "Theirs"}})
        (dropped,) = page.xpath("//ul[@class='dropped']/li")
        assert "Question 1: question changed" in dropped.text_content()
        assert dropped.xpath(".//*[@class='typed']")[0].text_content() == "Mine"
        # The others are kept, and each has its own button to undo it.
        assert len(page.xpath("//*[@id='changes']//li")) == len(page.xpath("//*[@id='changes']//li//button")) == 2
        (use,) = forms_with_button(page, "Use my version: Question 1: question changed")
        assert own.client.post(use.action, data=dict(use.form_values())).status_code == 303
        assert question(2).title.plain_text() == "Mine"
        assert not tree(own.get(f"exams/{exam.id}")).xpath("//ul[@class='dropped']")

    def test_nothing_changed_is_said_although_the_last_version_was_not_read(self, services, own, exam, revise):
        services.exam_changes.save(own.launch, exam, [SetText("q_2", "title", 0, "x" * 400)], 0)
        page = revise({2: {"title": "Theirs"}})
        assert page.xpath("//details[@class='typed-more']")
        again = revise({2: {"title": "Theirs"}}).text_content()
        assert "Nothing was changed in Examplary" in again
        assert "is in use" not in again
        assert "x" * 400 in again


def test_a_text_without_a_question_has_no_points_in_the_comparison(pages, keep_exam, tree):
    text = raw.question("paragraph", title="Read this.")
    exam = keep_exam(document=raw.exam(text, raw.question("essay"), name="Texts"))
    own, place = pages(), "//li[@data-question='q_1']//*[@class='side']/p"
    opened = [tree(own.get(f"exams/{exam.id}?format={name}")) for name in formats.names()]
    sides = [side.text_content() for page in opened for side in page.xpath(place)]
    assert sides
    assert not [side for side in sides if "point" in side]
