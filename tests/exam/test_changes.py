"""A teacher's changes to an exam: what each does, what doesn't fit, and that the result is always a valid exam."""

import json
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lti_tool.exam import Choice, DateYear, FillInBlank, Matching, ShortText, parse_exam
from lti_tool.exam.changes import (
    Change,
    LeaveOut,
    Move,
    SetAnswers,
    SetCorrect,
    SetDate,
    SetDuration,
    SetIgnoreCase,
    SetPairs,
    SetPoints,
    SetShuffle,
    SetText,
    SetTitle,
    SetTruth,
    TakeBack,
    UnknownOperation,
    apply,
    describe,
    fingerprint,
    from_json,
    rebase,
    to_json,
)
from lti_tool.exam.richtext import Blank
from tests.support import exam_builders as raw
from tests.support.change_strategies import changes
from tests.support.exam_strategies import raw_exams

CHOICE = raw.question(
    "multiple-choice-single-answer",
    {"options": ["<p>Paris</p>", "<p>Rome</p>", "<p>Oslo</p>"], "correctAnswer": "<p>Rome</p>"},
    title="Capital of <strong>France</strong>?",
)
SEVERAL = raw.question("multiple-choice-multiple-answers", {"options": ["a", "b", "c"], "correctAnswer": ["a"]})
TRUTH = raw.question("true-false", {"correctAnswer": "true"})
SHORT = raw.question("single-line-text", {"correctAnswer": ["dog"]})
YEAR = raw.question("date-year", {"dateType": "year", "correctAnswer": "1925"})
DAY = raw.question("date-year", {"dateType": "full-date", "correctAnswer": "1925-12-31"})
BLANKS = raw.question(
    "examplary.expansion.fill-in-blank", {"text": "The ___ barks at the ___.", "correctAnswer": ["dog", "cat"]}
)
MATCHING = raw.question(
    "examplary.expansion.matching",
    {"left": ["1", "2"], "right": ["one", "two", "three"], "correctAnswer": ["1 = one", "2 = two"]},
)
ORDER = raw.question("examplary.expansion.sequence", {"options": ["first", "second"]})
INTRO = raw.question("exam-intro")


def exam_of(*questions, **more):
    return parse_exam(raw.exam(*questions, **more))


def after(exam, *operations):
    """The changed exam and the codes of what didn't fit."""
    changed = apply(exam, [Change(operation) for operation in operations])
    return changed.exam, [note.remark.code for note in changed.notes]


def changed_question(question, *operations):
    exam, codes = after(exam_of(question), *operations)
    assert codes == []
    return exam.questions[0]


def ids(exam):
    return [question.id for question in exam.questions]


class TestTheExam:
    def test_questions_are_left_out_and_taken_back(self):
        exam = exam_of(CHOICE, TRUTH, SHORT)
        remaining, _ = after(exam, LeaveOut("q_1"), LeaveOut("q_3"))
        assert [(question.id, question.number) for question in remaining.questions] == [("q_2", 1)]
        assert after(exam, LeaveOut("q_1"), TakeBack("q_1"))[0] == exam

    def test_questions_left_out_stay_in_the_arrangement(self):
        arrangement = apply(exam_of(CHOICE, TRUTH), [Change(LeaveOut("q_1"))]).arrangement
        assert [(arranged.question.id, arranged.question.number, arranged.left_out) for arranged in arrangement] == [
            ("q_1", 0, True),
            ("q_2", 1, False),
        ]

    @pytest.mark.parametrize("questions", [(CHOICE, TRUTH), (INTRO, CHOICE, TRUTH)])
    def test_the_last_question_stays(self, questions):
        exam = exam_of(*questions)
        names = [f"q_{number}" for number in range(len(questions), 0, -1)]
        remaining, codes = after(exam, *map(LeaveOut, names))
        assert codes == ["change.last-question"]
        assert any(question.kind != "information" for question in remaining.questions)

    def test_an_exam_of_texts_only_keeps_one_of_them(self):
        assert after(exam_of(INTRO, INTRO), LeaveOut("q_1"), LeaveOut("q_2"))[1] == ["change.last-question"]

    def test_questions_are_moved(self):
        exam = exam_of(CHOICE, TRUTH, SHORT)
        assert ids(after(exam, Move("q_3", ""))[0]) == ["q_3", "q_1", "q_2"]
        assert ids(after(exam, Move("q_1", "q_2"), Move("q_3", "q_2"))[0]) == ["q_2", "q_3", "q_1"]
        assert ids(after(exam, LeaveOut("q_1"), Move("q_3", "q_1"))[0]) == ["q_3", "q_2"]
        assert after(exam, Move("q_1", "q_1"), Move("q_2", "x"))[1] == ["change.place-gone"] * 2

    def test_a_title_gets_one_line(self):
        exam, codes = after(exam_of(CHOICE, name=""), SetTitle("  Cells \n and\x00 leaves "))
        assert (exam.title, exam.remarks, codes) == ("Cells and leaves", (), [])

    @pytest.mark.parametrize(
        ("title", "code"),
        [(" ", "change.title-empty"), ("x" * 501, "change.text-long"), ("x" * 5000, "change.text-long")],
    )
    def test_titles_that_do_not_fit(self, title, code):
        exam, codes = after(exam_of(CHOICE), SetTitle(title))
        assert (exam.title, codes) == ("Exam", [code])

    def test_the_time_limit_is_set_and_removed(self):
        exam = exam_of(CHOICE, intendedDuration=30)
        assert after(exam, SetDuration(45))[0].duration_minutes == 45
        assert after(exam, SetDuration(None))[0].duration_minutes is None
        assert after(exam, SetDuration(0), SetDuration(10_081)) == (exam, ["change.minutes"] * 2)

    def test_all_answers_are_shuffled_but_one_question(self):
        exam = exam_of(CHOICE, MATCHING, SEVERAL, TRUTH)
        shuffled, codes = after(exam, SetShuffle("", True), SetShuffle("q_3", False))
        assert [getattr(question, "shuffle", None) for question in shuffled.questions] == [True, True, False, None]
        assert codes == []


class TestPoints:
    @pytest.mark.parametrize("points", ["0", "0.333", "2.5", "99999", "10"])
    def test_points_that_fit_are_set(self, points):
        question = changed_question(CHOICE, SetPoints("q_1", Decimal(points)))
        assert question.points == Decimal(points)
        assert "exam.points-missing" not in [flaw.code for flaw in question.flaws]

    @pytest.mark.parametrize(
        ("points", "code"),
        [
            ("-1", "change.points-negative"),
            ("1E+9", "change.points-huge"),
            ("100000", "change.points-huge"),
            ("0.33333", "change.points-decimals"),
        ],
    )
    def test_points_that_do_not_fit(self, points, code):
        exam = exam_of(CHOICE)
        assert after(exam, SetPoints("q_1", Decimal(points))) == (exam, [code])

    def test_a_text_without_a_question_has_no_points(self):
        assert after(exam_of(INTRO, CHOICE), SetPoints("q_1", Decimal(1)))[1] == ["change.no-points-here"]

    def test_criteria_that_add_up_to_other_points_are_remarked_on(self):
        essay = raw.question("essay", scoring=raw.points([0, 3], [0, 1]))
        question = changed_question(essay, SetPoints("q_1", Decimal(9)), SetPoints("q_1", Decimal(8)))
        assert [flaw.plain() for flaw in question.flaws] == ["The criteria still add up to 4 points."]
        assert changed_question(essay, SetPoints("q_1", Decimal(9)), SetPoints("q_1", Decimal(4))).flaws == ()


class TestKeys:
    def test_another_option_is_correct(self):
        question = changed_question(CHOICE, SetCorrect("q_1", (0,)))
        assert (question.correct, question.options) == ((0,), exam_of(CHOICE).questions[0].options)

    def test_a_key_that_was_missing(self):
        bare = raw.question("multiple-choice-single-answer", {"options": ["a", "b"]})
        question = changed_question(bare, SetCorrect("q_1", (1,)))
        assert (question.correct, [flaw.code for flaw in question.flaws]) == ((1,), ["exam.points-missing"])

    @pytest.mark.parametrize(
        ("question", "operation", "code"),
        [
            (CHOICE, SetCorrect("q_1", ()), "change.key-none"),
            (CHOICE, SetCorrect("q_1", (0, 1)), "change.key-many"),
            (CHOICE, SetCorrect("q_1", (3,)), "change.key-range"),
            (CHOICE, SetCorrect("q_1", (-1,)), "change.key-range"),
            (TRUTH, SetCorrect("q_1", (0,)), "change.not-this-kind"),
            (CHOICE, SetTruth("q_1", True), "change.not-this-kind"),
            (YEAR, SetDate("q_1", "5 May"), "change.year-wrong"),
            (DAY, SetDate("q_1", "1945-02-30"), "change.date-wrong"),
            (MATCHING, SetPairs("q_1", (0,)), "change.key-range"),
            (MATCHING, SetPairs("q_1", (0, 3)), "change.key-range"),
            (BLANKS, SetAnswers("q_1", 0, ()), "change.answers-none"),
            (BLANKS, SetAnswers("q_1", 2, ("x",)), "change.key-range"),
            (SHORT, SetAnswers("q_1", 0, ("x" * 1001,)), "change.answer-long"),
            (SHORT, SetAnswers("q_1", 0, tuple(map(str, range(101)))), "change.answers-many"),
            (CHOICE, SetPoints("q_9", Decimal(1)), "change.question-gone"),
            (CHOICE, UnknownOperation({"operation": "explode"}), "change.newer"),
        ],
    )
    def test_operations_that_do_not_fit_are_ignored_and_reported(self, question, operation, code):
        exam = exam_of(question)
        assert after(exam, operation) == (exam, [code])

    def test_the_key_of_every_other_type_is_set(self):
        assert changed_question(SEVERAL, SetCorrect("q_1", (2, 0))).correct == (0, 2)
        assert changed_question(TRUTH, SetTruth("q_1", False)).correct is False
        assert changed_question(YEAR, SetDate("q_1", " 1945 ")).correct == "1945"
        assert changed_question(DAY, SetDate("q_1", "1945-05-05")).correct == "1945-05-05"
        assert changed_question(MATCHING, SetPairs("q_1", (2, 2))).pairs == ((0, 2), (1, 2))
        assert changed_question(BLANKS, SetIgnoreCase("q_1", True)).ignore_case is True

    def test_accepted_answers_are_tidied_and_can_be_typed(self):
        question = changed_question(SHORT, SetAnswers("q_1", 0, (" it’s  a dog ", "", "it’s a dog")))
        assert question.accepted == ("it’s a dog", "it's a dog")
        assert changed_question(SHORT, SetAnswers("q_1", 0, ())).accepted is None

    def test_answers_of_one_blank(self):
        question = changed_question(BLANKS, SetAnswers("q_1", 1, ("cat", "kitten")))
        assert question.answers == (("dog",), ("cat", "kitten"))

    def test_blanks_without_a_key_get_one_when_all_have_answers(self):
        bare = raw.question("examplary.expansion.fill-in-blank", {"text": "___ and ___", "correctAnswer": ["x"]})
        assert changed_question(bare, SetAnswers("q_1", 0, ("a",))).answers is None
        whole = changed_question(bare, SetAnswers("q_1", 0, ("a",)), SetAnswers("q_1", 1, ("b",)))
        assert (whole.answers, [flaw.code for flaw in whole.flaws]) == ((("a",), ("b",)), ["exam.points-missing"])


class TestTexts:
    def test_an_option_keeps_its_place_and_its_key(self):
        question = changed_question(CHOICE, SetText("q_1", "option", 1, "Roma"))
        assert [option.plain_text() for option in question.options] == ["Paris", "Roma", "Oslo"]
        assert (question.correct, question.id) == ((1,), "q_1")

    def test_options_can_change_places_in_one_go(self):
        question = changed_question(CHOICE, SetText("q_1", "option", 0, "Rome"), SetText("q_1", "option", 1, "Paris"))
        assert [option.plain_text() for option in question.options] == ["Rome", "Paris", "Oslo"]

    @pytest.mark.parametrize("text", ["Paris", " Paris ", "Par\u200bis"])
    def test_an_option_that_would_look_like_another_one_is_reported(self, text):
        exam = exam_of(CHOICE)
        changed, codes = after(exam, SetText("q_1", "option", 2, "Bern"), SetText("q_1", "option", 1, text))
        assert [option.plain_text() for option in changed.questions[0].options] == ["Paris", "Rome", "Bern"]
        assert codes == ["change.same-text"]

    @pytest.mark.parametrize(
        ("question", "part", "text", "code"),
        [
            (CHOICE, "option", " \n", "change.text-empty"),
            (CHOICE, "option", "x" * 200_001, "change.text-long"),
            (CHOICE, "title", "", "change.stem-empty"),
            (CHOICE, "body", "x", "change.not-this-kind"),
            (BLANKS, "body", "The ⟦1⟧ barks.", "change.chip-lost"),
            (BLANKS, "body", "The ⟦1⟧ barks at the ⟦2⟧ ⟦2: blank⟧.", "change.chip-twice"),
            (BLANKS, "body", "The ⟦1⟧ ⟦2⟧ ⟦3⟧", "change.chip-unknown"),
        ],
    )
    def test_texts_that_do_not_fit(self, question, part, text, code):
        exam = exam_of(question)
        assert after(exam, SetText("q_1", part, 0, text)) == (exam, [code])

    def test_a_stem_that_was_missing(self):
        question = changed_question(raw.question("essay", title=""), SetText("q_1", "title", 0, "Why?"))
        assert (question.name(), [flaw.code for flaw in question.flaws]) == ("Why?", ["exam.points-missing"])

    def test_moved_blanks_take_their_answers_along(self):
        question = changed_question(
            BLANKS, SetText("q_1", "body", 0, "At the ⟦2⟧ barks the ⟦1⟧."), SetAnswers("q_1", 0, ("dog", "wolf"))
        )
        assert question.body.plain_text() == "At the ___ barks the ___."
        assert [node.index for node in question.body.walk() if isinstance(node, Blank)] == [0, 1]
        assert question.answers == (("cat",), ("dog", "wolf"))

    def test_items_that_look_the_same_have_no_order(self):
        question = changed_question(ORDER, SetText("q_1", "option", 1, "first"))
        assert (question.keyed, "exam.items-same" in [flaw.code for flaw in question.flaws]) == (False, True)
        assert changed_question(ORDER, SetText("q_1", "option", 1, "third")).keyed


class TestStorage:
    def test_a_change_is_stored_with_its_version_and_revision(self):
        stored = to_json(Change(SetPoints("q_1", Decimal("2.50")), 7))
        assert stored == {"version": 1, "operation": "points", "on": 7, "question": "q_1", "points": "2.50"}

    @pytest.mark.parametrize(
        "stored",
        [
            {"version": 2, "operation": "points", "on": 1, "question": "q_1", "points": "1"},
            {"version": 1, "operation": "explode", "on": 1, "power": 9},
            {"version": 1, "operation": "points", "on": 1, "question": "q_1", "points": "NaN"},
            {"version": 1, "operation": "points", "on": 1, "question": "q_1", "points": True},
            {"version": 1, "operation": "correct", "on": 1, "question": "q_1", "correct": [True]},
            {"version": 1, "operation": "leave_out", "on": "x"},
            {},
        ],
    )
    def test_unreadable_changes_are_kept_and_reported(self, stored):
        change = from_json(stored)
        exam = exam_of(CHOICE)
        assert isinstance(change.operation, UnknownOperation)
        assert to_json(change) == stored
        assert [note.remark.code for note in apply(exam, [change]).notes] == ["change.newer"]
        assert describe(change.operation).plain() == "changed with a newer version of the tool"

    def test_the_fingerprint_is_that_of_the_operations(self):
        assert fingerprint([]) == ""
        assert fingerprint([Change(LeaveOut("q_1"), 1)]) == fingerprint([Change(LeaveOut("q_1"), 2)])
        assert fingerprint([Change(LeaveOut("q_1"))]) != fingerprint([Change(TakeBack("q_1"))])


class TestANewVersion:
    def rebased(self, old, new, *operations):
        reasons = rebase([Change(operation) for operation in operations], exam_of(*old), exam_of(*new))
        kept = [operation for operation, reason in zip(operations, reasons, strict=True) if reason is None]
        return kept, [reason.code for reason in reasons if reason is not None]

    def test_changes_that_still_fit_are_kept(self):
        operations = [
            *(LeaveOut("q_2"), Move("q_1", "q_3"), SetPoints("q_1", Decimal(3)), SetTitle("Mine"), SetDuration(5)),
            *(SetText("q_1", "option", 0, "Parijs"), SetCorrect("q_1", (0,)), SetAnswers("q_3", 0, ("cat",))),
        ]
        new_stem = {**CHOICE, "title": "What is the capital of France?"}
        assert self.rebased((CHOICE, TRUTH, SHORT), (new_stem, TRUTH, SHORT), *operations) == (operations, [])

    @pytest.mark.parametrize(
        ("operation", "new", "code"),
        [
            (SetPoints("q_1", Decimal(3)), {**CHOICE, "scoring": raw.points([0, 2])}, "change.changed-there"),
            (SetText("q_1", "title", 0, "Mine"), {**CHOICE, "title": "Theirs"}, "change.changed-there"),
            (SetCorrect("q_1", (0,)), SEVERAL, "change.changed-there"),
            (SetCorrect("q_1", (0,)), TRUTH, "change.other-kind"),
            (SetText("q_1", "title", 0, "x"), TRUTH, "change.other-kind"),
        ],
    )
    def test_changes_that_conflict_with_the_new_version_are_dropped(self, operation, new, code):
        assert self.rebased((CHOICE, TRUTH), (new, TRUTH), operation) == ([], [code])

    def test_a_version_that_lost_questions(self):
        operations = (SetPoints("q_2", Decimal(3)), LeaveOut("q_1"), Move("q_1", "q_2"))
        assert self.rebased((CHOICE, TRUTH), (CHOICE,), *operations) == (
            [],
            ["change.question-gone", "change.last-question", "change.place-gone"],
        )

    def test_equal_changes_are_kept_or_dropped_one_by_one(self):
        operations = (LeaveOut("q_1"), TakeBack("q_1"), LeaveOut("q_2"), LeaveOut("q_1"))
        kept, codes = self.rebased((CHOICE, TRUTH), (CHOICE, TRUTH), *operations)
        assert (kept, codes) == (list(operations[:3]), ["change.last-question"])


def is_valid(question):
    """Return whether a question is one that the parser could have returned."""
    match question:
        case Choice(options=options, correct=correct, multiple=multiple):
            distinct = len({option.appearance() for option in options}) == len(options)
            fits = correct is None or (
                list(correct) == sorted(set(correct)) and all(0 <= index < len(options) for index in correct)
            )
            return distinct and fits and (correct is None or multiple or len(correct) == 1) and correct != ()
        case FillInBlank(body=body, blanks=blanks, answers=answers):
            order = [node.index for node in body.walk() if isinstance(node, Blank)]
            return order == list(range(blanks)) and (answers is None or (len(answers) == blanks and all(answers)))
        case Matching(left=left, right=right, pairs=pairs):
            return pairs is None or (
                [a for a, _ in pairs] == list(range(len(left))) and all(0 <= b < len(right) for _, b in pairs)
            )
        case ShortText(accepted=accepted):
            return accepted is None or (len(accepted) > 0 and all(accepted))
        case DateYear(correct=correct):
            return correct is None or bool(correct)
    return True


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(raw_exams, st.data())
def test_any_changes_to_any_exam_give_a_valid_exam(raw_exam, data):
    exam = parse_exam(raw_exam)
    drawn_changes = data.draw(changes(exam))
    changed = apply(exam, drawn_changes)
    again = apply(exam, [from_json(json.loads(json.dumps(to_json(change)))) for change in drawn_changes])
    assert (changed.exam, changed.arrangement) == (again.exam, again.arrangement)
    assert [note.remark for note in changed.notes] == [note.remark for note in again.notes]
    assert {arranged.question.id for arranged in changed.arrangement} == {question.id for question in exam.questions}
    assert [question.number for question in changed.exam.questions] == list(range(1, len(changed.exam.questions) + 1))
    assert changed.exam.questions
    for question in changed.exam.questions:
        assert is_valid(question)
        assert 0 <= question.points <= 99_999
    for change in drawn_changes:
        assert describe(change.operation).plain()
    assert set(changed.exam.media) <= set(exam.media)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(raw_exams, raw_exams, st.data())
def test_changes_kept_for_a_new_version_fit_it(raw_old, raw_new, data):
    old, new = parse_exam(raw_old), parse_exam(raw_new)
    drawn_changes = data.draw(changes(old))
    reasons = rebase(drawn_changes, old, new)
    kept_changes = [change for change, reason in zip(drawn_changes, reasons, strict=True) if reason is None]
    assert apply(new, kept_changes).notes == ()
