"""A teacher changes an exam on its pages, without JavaScript."""

from decimal import Decimal

import pytest

from lti_tool.exam.changes import LeaveOut, SetPoints, SetText, SetTitle
from lti_tool.exam.richtext import Element
from lti_tool.models import Exam, ExamChange, db
from tests.support import exam_builders as raw

QUESTIONS = (
    raw.question(
        "multiple-choice-single-answer",
        {"options": ["<p>Paris</p>", "<p>Rome</p>", "<p>Oslo</p>"], "correctAnswer": "<p>Rome</p>"},
        title="<p>The capitol of <b>Italy</b> with <inline-math>x^2</inline-math>?</p>",
    ),
    raw.question("true-false", {"correctAnswer": "true"}, title="Leaves are green."),
    raw.question("single-line-text", {"correctAnswer": ["dog"]}, title="It barks."),
    raw.question(
        "examplary.expansion.fill-in-blank", {"text": "The ___ barks at the ___.", "correctAnswer": ["dog", "cat"]}
    ),
    raw.question(
        "examplary.expansion.matching",
        {"left": ["1", "2"], "right": ["one", "two"], "correctAnswer": ["1 = one", "2 = two"]},
    ),
    raw.question("examplary.expansion.sequence", {"options": ["first", "second"]}),
    raw.question("date-year", {"dateType": "year", "correctAnswer": "1925"}),
    raw.question("exam-outro", title="Well done."),
)


@pytest.fixture
def exam(keep_exam):
    return keep_exam(document=raw.exam(*QUESTIONS, name="Cells"))


@pytest.fixture
def own(pages):
    return pages()


@pytest.fixture
def press(own, exam):
    """Press a button of a question's card."""

    def post(number, do, **fields):
        form = {"question": f"q_{number}", "seen": str(exam.revision), "do": do} | fields
        response = own.post(f"exams/{exam.id}/change", data=form)
        db.session.refresh(exam)
        return response

    return post


@pytest.fixture
def open_form(own, exam, tree):
    """Open the form of a question; return its fields as a browser would send them."""

    def fields(number):
        page = tree(own.get(f"exams/{exam.id}/question?question=q_{number}"))
        form = page.xpath("//form[contains(@action, '/question')]")[0]
        values = {}
        for name, content in form.form_values():
            values.setdefault(name, []).append(without_first_line_end(content))
        return values

    return fields


def without_first_line_end(content):
    """Drop the line end after a textarea's start tag, as browsers do and lxml doesn't."""
    return content.removeprefix("\n")


@pytest.fixture
def submit(own, exam):
    def post(fields):
        response = own.post(f"exams/{exam.id}/question", data=fields)
        db.session.refresh(exam)
        return response

    return post


@pytest.fixture
def value(services, exam):
    return lambda: services.exam_reader.value(exam)


def question(value, number):
    return next(question for question in value().questions if question.id == f"q_{number}")


class TestCards:
    def test_a_question_is_left_out_and_taken_back(self, own, exam, press, value, tree):
        response = press(2, "leave_out")
        assert response.status_code == 303
        page = own.client.get(response.location)
        assert "Saved: “Leaves are green.”: left out" in " ".join(tree(page).text_content().split())
        assert "Put back" in page.text
        assert [question.number for question in value().questions] == list(range(1, 8))
        press(2, "take_back")
        assert exam.question_count == 8

    @pytest.mark.parametrize(
        ("number", "do", "fields", "order"),
        [
            (2, "up", {}, "21345678"),
            (1, "up", {}, "12345678"),
            (3, "up", {}, "13245678"),
            (2, "down", {}, "13245678"),
            (8, "down", {}, "12345678"),
            (8, "move", {"after": ""}, "81234567"),
            (1, "move", {"after": "q_3"}, "23145678"),
            (1, "move", {"after": "q_99"}, "12345678"),
            (1, "explode", {}, "12345678"),
        ],
    )
    def test_questions_are_moved(self, press, value, number, do, fields, order):
        assert press(number, do, **fields).status_code == 303
        assert "".join(question.id[-1] for question in value().questions) == order

    @pytest.mark.parametrize(("typed", "points"), [("2", 2), ("2,5", "2.5"), (" 0.333 ", "0.333"), ("0", 0)])
    def test_points_are_read_as_people_type_them(self, press, value, typed, points):
        assert press(1, "points", points=typed).status_code == 303
        assert question(value, 1).points == Decimal(points)

    @pytest.mark.parametrize(
        ("typed", "sentence"),
        [
            ("-1", "Points can&#39;t be negative."),
            ("1e9", "LMSs allow at most 99,999 points."),
            ("0.33333", "Use at most 4 decimals."),
            ("many", "Enter a number"),
            ("", "Enter a number"),
            ("1e999999", "Enter a number"),
            ("nan", "Enter a number"),
        ],
    )
    def test_points_that_do_not_fit_are_explained_beside_the_field(self, press, exam, tree, typed, sentence):
        response = press(1, "points", points=typed)
        assert response.status_code == 422
        page = tree(response)
        (field,) = page.xpath("//input[@name='points']")
        assert (field.get("value"), field.get("aria-invalid")) == (typed, "true")
        error = page.xpath(f"//*[@id='{field.get('aria-describedby')}']")[0]
        assert sentence.replace("&#39;", "'") in error.text_content()
        assert exam.revision == 0
        assert page.xpath("//input[@name='key'][@checked]/@value") == ["1"]

    def test_the_last_question_stays(self, own, press, exam, value):
        for number in range(1, 8):
            response = press(number, "leave_out")
        assert [question.id for question in value().questions] == ["q_7", "q_8"]
        assert "At least one question has to stay in the exam." in own.client.get(response.location).text

    def test_a_question_that_does_not_exist_is_not_left_out(self, press):
        response = press(99, "leave_out")
        assert (response.status_code, "refused=change.question-gone" in response.location) == (303, True)

    def test_every_change_has_an_undo_button(self, own, exam, press, value, tree):
        press(2, "leave_out")
        press(1, "points", points="3")
        page = tree(own.get(f"exams/{exam.id}"))
        numbers = page.xpath("//*[@id='changes']//input[@name='revision']/@value")
        assert numbers == ["2", "1"]
        assert page.xpath("//span[contains(@class, 'edited')]/ancestor::li/@data-question") == ["q_1"]
        own.post(f"exams/{exam.id}/undo", data={"revision": "1"})
        db.session.refresh(exam)
        assert (exam.question_count, question(value, 1).points) == (8, 3)


class TestForms:
    def test_a_form_that_is_sent_as_it_came_changes_nothing(self, open_form, submit, exam):
        for number in range(1, 9):
            assert submit(open_form(number)).status_code == 303
        assert (exam.revision, db.session.query(ExamChange).count()) == (0, 0)

    def test_a_corrected_stem_keeps_its_formula_and_its_markup(self, open_form, submit, value):
        fields = open_form(1)
        assert fields["text-title-0"] == ["The capitol of Italy with ⟦1: formula x^2⟧?"]
        fields["text-title-0"] = ["The capital of Italy with ⟦1: formula x^2⟧?"]
        submit(fields)
        title = question(value, 1).title
        assert title.plain_text() == "The capital of Italy with x^2?"
        assert title.nodes[0].children[1].tag in ("b", "strong")

    def test_the_key_of_every_question_type_can_be_changed(self, open_form, submit, value):
        changes = {
            1: {"key": ["2"], "text-option-1": ["Roma"], "shuffle": ["1"]},
            2: {"key": ["false"]},
            3: {"answers-0": ["dog\r\n hound "]},
            4: {"answers-1": ["cat\r\nkitten"], "ignore_case": ["1"]},
            5: {"pair-0": ["1"], "pair-1": ["0"]},
            6: {"text-option-0": ["zeroth"]},
            7: {"key": ["1945"]},
        }
        for number, fields in changes.items():
            assert submit(open_form(number) | fields).status_code == 303
        first = question(value, 1)
        assert (first.correct, first.options[1].plain_text(), first.shuffle) == ((2,), "Roma", True)
        assert question(value, 2).correct is False
        assert question(value, 3).accepted == ("dog", "hound")
        assert question(value, 4).answers == (("dog",), ("cat", "kitten"))
        assert question(value, 4).ignore_case
        assert question(value, 5).pairs == ((0, 1), (1, 0))
        assert question(value, 6).options[0].plain_text() == "zeroth"
        assert question(value, 7).correct == "1945"

    def test_blanks_that_were_moved_keep_their_answers_in_the_form(self, open_form, submit, value, exam):
        fields = open_form(4)
        assert fields["text-body-0"] == ["The ⟦1: blank⟧ barks at the ⟦2: blank⟧."]
        submit(fields | {"text-body-0": ["At the ⟦2⟧ barks the ⟦1⟧."]})
        again = open_form(4)
        assert (again["answers-0"], again["answers-1"]) == (["dog"], ["cat"])
        submit(again)
        assert (exam.revision, question(value, 4).answers) == (1, (("cat",), ("dog",)))

    @pytest.mark.parametrize(
        ("number", "field", "typed", "sentence"),
        [
            (1, "text-title-0", "The capital of Italy?", "⟦1⟧ is missing."),
            (1, "text-title-0", "⟦1⟧ ⟦1: formula⟧", "⟦1⟧ appears more than once."),
            (1, "text-option-0", "Rome", "Two of the answers would look the same."),
            (1, "text-option-0", "", "This can't be empty."),
            (2, "text-title-0", " ", "The question needs a text."),
            (4, "answers-0", "", "A blank needs at least one accepted answer."),
            (7, "key", "yesterday", "Enter a year, such as 1945."),
            (3, "points", "x", "Enter a number"),
        ],
    )
    def test_errors_are_beside_their_field_and_nothing_typed_is_lost(
        self, open_form, submit, exam, tree, number, field, typed, sentence
    ):
        extra = {"points": ["7"]} if field != "points" else {"text-title-0": ["Typed before."]}
        response = submit(open_form(number) | extra | {field: [typed]})
        assert response.status_code == 422
        page = tree(response)
        page_text = page.xpath(f"//*[@name='{field}'][@aria-invalid='true']")[0]
        assert sentence in page.xpath(f"//*[@id='{page_text.get('aria-describedby')}']")[0].text_content()
        now_shown = dict(page.xpath("//form[contains(@action, '/question')]")[0].form_values())
        for name, (content,) in extra.items():
            assert without_first_line_end(now_shown[name]) == content
        assert exam.revision == 0
        assert page.xpath("//title")[0].text.startswith("Please correct")

    def test_typed_markup_is_text(self, own, open_form, submit, exam, value):
        submit(open_form(2) | {"text-title-0": ["<b onclick='x()'>Leaves</b> &amp; more"]})
        assert question(value, 2).title.plain_text() == "<b onclick='x()'>Leaves</b> &amp; more"
        assert "&lt;b onclick" in own.get(f"exams/{exam.id}").text

    def test_a_question_of_another_exam_is_not_found(self, own, exam):
        assert own.get(f"exams/{exam.id}/question?question=q_99").status_code == 404
        assert own.post(f"exams/{exam.id}/question", data={"question": "q_99"}).status_code == 404

    def test_title_duration_and_order_of_options_are_saved(self, own, exam, tree, value):
        page = tree(own.get(f"exams/{exam.id}/settings"))
        fields = dict(page.xpath("//form[contains(@action, '/settings')]")[0].form_values())
        assert fields["title"] == "Cells"
        response = own.post(
            f"exams/{exam.id}/settings", data=fields | {"title": "Leaves", "minutes": "45", "shuffle": "all"}
        )
        db.session.refresh(exam)
        assert (response.status_code, exam.title, value().duration_minutes) == (303, "Leaves", 45)
        assert question(value, 1).shuffle
        assert "Leaves" in own.get(f"exams/{exam.id}").text

    @pytest.mark.parametrize(
        ("fields", "name", "sentence"),
        [
            ({"title": "x" * 5000}, "title", "That's 5,000 characters; the limit is 500."),
            ({"title": ""}, "title", "The exam needs a title."),
            ({"title": "Fine", "minutes": "0"}, "minutes", "from 1 to 10,080"),
            ({"title": "Fine", "minutes": "-3"}, "minutes", "Enter a whole number of minutes"),
            ({"title": "Fine", "minutes": "9" * 50}, "minutes", "from 1 to 10,080"),
        ],
    )
    def test_settings_that_do_not_fit_are_explained_beside_the_field(self, own, exam, tree, fields, name, sentence):
        response = own.post(f"exams/{exam.id}/settings", data=fields)
        assert response.status_code == 422
        field = tree(response).xpath(f"//input[@name='{name}']")[0]
        assert field.get("value") == fields[name]
        assert sentence in tree(response).xpath(f"//*[@id='{field.get('aria-describedby')}']")[0].text_content()
        assert db.session.get(Exam, exam.id).title == "Cells"


class TestNumbers:
    @pytest.mark.parametrize(
        ("typed", "shown", "said"),
        [
            ("1,000", "1", "1"),
            ("1.000", "1", "1"),
            ("1,50", "1,5", "1,5"),
            ("2.25", "2,25", "2,25"),
            ("010", "10", "10"),
            ("1000", "1000", "1000"),
        ],
    )
    def test_points_are_shown_in_the_language_of_the_page_without_needless_zeros(
        self, pages, keep_exam, tree, typed, shown, said
    ):
        own, exam = pages(locale="nl"), keep_exam()
        question_id = tree(own.get(f"exams/{exam.id}")).xpath("//input[@name='question']/@value")[0]
        form = {"question": question_id, "seen": "0", "do": "points"}
        own.post(f"exams/{exam.id}/change", data=form | {"points": "7"})
        form |= {"seen": "1", "points": typed}
        page = tree(own.client.get(own.post(f"exams/{exam.id}/change", data=form).location))
        assert page.xpath("//input[@name='points']/@value")[0] == shown
        assert f"punten: {said}" in page.xpath("string(//div[@class='notice saved']/p)")
        edit = tree(own.get(f"exams/{exam.id}/question?question={question_id}"))
        assert edit.xpath("//input[@name='points']/@value") == [shown]


class TestTexts:
    def test_a_very_long_text_is_refused_at_its_field_and_kept(self, own, exam, open_form, submit, tree, value):
        name = "text-title-0"
        before, typed = question(value, 1).title, "x" * 70_000
        response = submit(open_form(1) | {name: [typed]})
        page = tree(response)
        assert response.status_code == 422
        (field,) = page.xpath(f"//*[@name='{name}']")
        assert without_first_line_end(field.text) == typed
        reason = page.xpath(f"//*[@id='{field.get('aria-describedby').split()[0]}']")[0].text_content()
        assert "That's 70,000 characters; the limit is 20,000." in reason
        assert question(value, 1).title == before

    def test_several_pages_are_accepted(self, open_form, submit, value):
        form = open_form(1)
        (text,) = form["text-title-0"]
        assert submit(form | {"text-title-0": [f"{text} " + "word " * 3000]}).status_code == 303
        assert len(question(value, 1).title.plain_text()) > 10_000


class TestTwoTabs:
    def test_different_things_are_both_saved(self, open_form, submit, press, value):
        form = open_form(1)
        press(1, "points", points="4")
        submit(form | {"text-option-0": ["Paree"]})
        first = question(value, 1)
        assert (first.points, first.options[0].plain_text()) == (4, "Paree")

    def test_the_same_thing_is_the_teachers_to_decide(self, own, services, exam, open_form, submit, tree, value):
        first, second = open_form(1), open_form(1)
        submit(first | {"points": ["4"]})
        response = submit(second | {"points": ["5"], "text-option-0": ["Paree"]})
        assert response.status_code == 409
        page = tree(response)
        assert "points: 5" in page.text_content()
        assert "points: 4" in page.text_content()
        assert question(value, 1).points == 4
        fields = dict(page.xpath("//form[contains(@action, '/merge')]")[0].form_values())
        (choice,) = [name for name in fields if name.startswith("choice")]
        own.post(f"exams/{exam.id}/merge", data=fields | {choice: "theirs"})
        db.session.refresh(exam)
        assert (question(value, 1).points, question(value, 1).options[0].plain_text()) == (4, "Paree")

    def test_a_merge_without_a_choice_keeps_my_version(self, own, open_form, submit, exam, tree, value):
        first, second = open_form(2), open_form(2)
        submit(first | {"text-title-0": ["Theirs"]})
        response = submit(second | {"text-title-0": ["Mine\r\nof two lines"]})
        assert "Mine\nof two lines" in tree(response).text_content()
        fields = dict(tree(response).xpath("//form[contains(@action, '/merge')]")[0].form_values())
        assert own.post(f"exams/{exam.id}/merge", data=fields).status_code == 303
        db.session.refresh(exam)
        assert question(value, 2).title.plain_text() == "Mine of two lines"

    @pytest.mark.parametrize("changes", ["", "x", "[[]]", '[{"version": 9}]', "{}", "[" * 2000])
    def test_a_merge_page_that_was_tampered_with_changes_nothing(self, own, exam, changes):
        response = own.post(f"exams/{exam.id}/merge", data={"changes": changes, "seen": "0"})
        assert response.status_code in (303, 422)
        assert db.session.query(ExamChange).count() == 0


WORD = (
    "<html xmlns:o='urn:schemas-microsoft-com:office:office'><head><style>p.MsoNormal {margin:0}</style></head><body>"
    "<!--StartFragment--><p class=MsoNormal style='mso-fareast-language:NL'>Leaves&nbsp;are<o:p></o:p></p>"
    "<![if !supportLists]><span style='mso-list:Ignore'>·</span><![endif]><!--EndFragment--></body></html>"
)


class TestBackAndSendAgain:
    """A teacher goes back in the history, where forms still hold what was typed, and sends them again."""

    def test_a_form_sent_again_changes_nothing_more(self, open_form, submit, exam, value):
        form = open_form(1) | {"points": ["4"], "text-option-0": ["Paree"]}
        assert [submit(form).status_code for _ in range(3)] == [303, 303, 303]
        assert (exam.revision, question(value, 1).points) == (1, 4)

    def test_buttons_pressed_again_on_an_old_page_change_nothing_more(self, press, own, exam, value):
        for _ in range(2):
            assert press(1, "leave_out", seen="0").status_code == 303
        assert exam.revision == 1
        for _ in range(2):
            assert own.post(f"exams/{exam.id}/undo", data={"revision": "1"}).status_code == 303
        db.session.refresh(exam)
        assert (exam.revision, question(value, 1).number) == (2, 1)
        assert own.get(f"exams/{exam.id}?saved=99&refused=x").status_code == 200

    def test_a_merge_page_sent_again_changes_nothing_more(self, own, open_form, submit, exam, tree, value):
        first, second = open_form(1), open_form(1)
        submit(first | {"points": ["4"]})
        page = tree(submit(second | {"points": ["5"]}))
        fields = dict(page.xpath("//form[contains(@action, '/merge')]")[0].form_values())
        assert [own.post(f"exams/{exam.id}/merge", data=fields).status_code for _ in range(2)] == [303, 303]
        db.session.refresh(exam)
        assert (exam.revision, question(value, 1).points) == (2, 5)

    def test_a_deleted_exam_is_not_found(self, own, exam):
        addresses = (f"exams/{exam.id}", f"exams/{exam.id}/settings", f"exams/{exam.id}/question?question=q_1")
        assert own.post(f"exams/{exam.id}/delete").status_code == 303
        assert own.post(f"exams/{exam.id}/delete").status_code == 404
        assert [own.get(address).status_code for address in addresses] == [404, 404, 404]
        assert own.post(f"exams/{exam.id}/change", data={"question": "q_1", "do": "up"}).status_code == 404


@pytest.mark.parametrize("pasted", [WORD, "x" * 5000, "\ufeff\u202ea\x00b\r\n" * 50])
def test_pasted_content_arrives_as_text(own, open_form, submit, exam, value, pasted):
    assert submit(open_form(2) | {"text-title-0": [pasted], "points": ["0.333"]}).status_code == 303
    stem = question(value, 2).title
    assert {node.tag for node in stem.walk() if isinstance(node, Element)} <= {"br"}
    for word in ("p class=MsoNormal", "mso-list:Ignore", "xxxx", "b"):
        assert (word in stem.plain_text()) == (word in pasted)
    assert question(value, 2).points == Decimal("0.333")
    page = own.get(f"exams/{exam.id}").text
    assert "<o:p>" not in page
    assert own.get(f"exams/{exam.id}/download/moodle-xml").status_code == 200


class TestOthers:
    def test_a_colleague_changes_a_copy(self, services, pages, exam):
        colleague = pages("2")
        page = colleague.get(f"exams/{exam.id}").text
        assert "belongs to someone else" in page
        assert "Leave out" not in page
        for method, path in (("get", "question?question=q_1"), ("get", "settings"), ("get", "delete")):
            assert getattr(colleague, method)(f"exams/{exam.id}/{path}").status_code == 404
        for path in ("change", "question", "settings", "undo", "merge", "delete"):
            assert colleague.post(f"exams/{exam.id}/{path}").status_code == 404
        response = colleague.post(f"exams/{exam.id}/duplicate")
        copy = db.session.get(Exam, response.location.rsplit("/", 1)[-1])
        assert (copy.title, copy.owner_id) == ("Copy of Cells", colleague.launch.lms_user_id)
        assert copy.lms_id != exam.lms_id
        form = {"question": "q_1", "seen": str(copy.revision), "do": "leave_out"}
        assert colleague.post(f"exams/{copy.id}/change", data=form).status_code == 303

    def test_a_duplicate_of_a_changed_exam_is_changed(self, services, own, exam, press):
        press(1, "leave_out")
        own.post(f"exams/{exam.id}/duplicate")
        copy = db.session.query(Exam).filter(Exam.id != exam.id).one()
        assert copy.question_count == 7

    def test_an_exam_is_deleted_after_a_question(self, own, exam):
        assert "Delete this exam?" in own.get(f"exams/{exam.id}/delete").text
        response = own.post(f"exams/{exam.id}/delete")
        assert "The exam was deleted." in own.client.get(response.location).text
        assert "The exam was deleted." not in own.get().text
        assert (response.status_code, response.location) == (303, f"{own.url()}?deleted=1")
        assert own.get(f"exams/{exam.id}").status_code == 404
        assert own.post(f"exams/{exam.id}/delete").status_code == 404

    def test_a_tab_of_one_exam_neither_copies_nor_deletes(self, pages, exam):
        tab = pages(only_exam_id=exam.id, tab_of="launch")
        assert tab.post(f"exams/{exam.id}/duplicate").status_code == 403
        assert tab.post(f"exams/{exam.id}/delete").status_code == 403
        assert tab.get(f"exams/{exam.id}/settings").status_code == 200

    def test_changes_that_no_longer_fit_are_named(self, services, own, exam):
        launch = own.launch
        services.exam_changes.save(launch, exam, [SetPoints("q_1", Decimal(2)), LeaveOut("q_2")], 0)
        services.exam_changes.save(launch, exam, [SetText("q_3", "title", 0, "New"), SetTitle("New")], 1)
        row = db.session.query(ExamChange).filter_by(revision=1).one()
        row.operations = [{"version": 9, "operation": "explode", "on": 0}]
        db.session.commit()
        page = own.get(f"exams/{exam.id}").text
        assert "made with a newer version of the tool" in page
        assert "Not applied." in page


def test_typed_text_is_on_the_page_when_the_launch_has_expired(own, exam, open_form, services):
    fields = open_form(2) | {"text-title-0": ["A long text <typed> by hand"]}
    own.launch.expires_at = own.launch.created_at
    db.session.commit()
    response = own.post(f"exams/{exam.id}/question", data=fields)
    assert response.status_code == 410
    assert "A long text &lt;typed&gt; by hand" in response.text
    foreign = own.post(f"exams/{exam.id}/question", data=fields, headers={"Origin": "https://evil.example"})
    assert "typed" not in foreign.text


def test_a_script_gets_the_address_that_a_form_leads_to(own, exam):
    form = {"question": "q_2", "seen": "0", "do": "leave_out"}
    response = own.post(f"exams/{exam.id}/change", data=form, headers={"X-Redirect": "tell"})
    assert (response.status_code, response.data, "Location" in response.headers) == (204, b"", False)
    assert f"/exams/{exam.id}?saved=1#q-" in response.headers["X-Location"]
