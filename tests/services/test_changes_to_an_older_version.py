"""A teacher saves a page that was opened before a new version came from Examplary, and looks at what that changed."""

import threading
from decimal import Decimal

import pytest

from lti_tool.exam.changes import (
    LeaveOut,
    Move,
    SetAnswers,
    SetCorrect,
    SetDuration,
    SetPairs,
    SetPoints,
    SetShuffle,
    SetText,
    SetTitle,
    SetTruth,
    TakeBack,
)
from lti_tool.models import ExamChange, Generation, db, now
from lti_tool.services.exams.change_log import changes_in_force, in_force, revisions
from lti_tool.services.exams.exam_changes import ChangeRefused, ExamChangedElsewhere
from lti_tool.services.generations.new_version import notes_of
from tests.support import exam_builders as raw

FORMULA = "<inline-math>%s</inline-math>"
CHOICE = {"options": ["Paris", "Rome", "Oslo"], "correctAnswer": "Rome"}
PAIRS = {"left": ["1", "2"], "right": ["one", "two"], "correctAnswer": ["1 = one", "2 = two"]}
TWO = raw.points(["1", "2"])


pytestmark = pytest.mark.one_database


def questions(**changed):
    """Raw questions q_1 to q_6; ``q_1={…}`` changes one, ``q_1=None`` removes it."""
    stored = {
        "q_1": raw.question("multiple-choice-single-answer", CHOICE, title="The capital of Italy?"),
        "q_2": raw.question("true-false", {"correctAnswer": "true"}, title="Leaves are green."),
        "q_3": raw.question("single-line-text", {"correctAnswer": ["dog"]}, title=f"Solve {FORMULA % 'x^2'}."),
        "q_4": raw.question("examplary.expansion.matching", PAIRS),
        "q_5": raw.question(
            "examplary.expansion.fill-in-blank", {"text": "The ___ barks.", "correctAnswer": ["dog"]}, title="Animals"
        ),
        "q_6": raw.question("essay", title="Why?", scoring=TWO),
    }
    merged = {name: question | (changed.get(name, {}) or {}) for name, question in stored.items()}
    return [question | {"id": name} for name, question in merged.items() if changed.get(name, {}) is not None]


@pytest.fixture
def exam(make_exam):
    return make_exam(questions=questions())


@pytest.fixture
def launch(make_launch, exam):
    return make_launch()


@pytest.fixture
def save(services, launch, exam):
    def change(*operations, seen_revision):
        return services.exam_changes.save(launch, exam, operations, seen_revision)

    return change


@pytest.fixture
def revise(services, launch, exam, store):
    """Change the exam in Examplary and use the version: ``revise(name="Plants", q_1={…})``."""

    def use(order=None, **fields):
        changed = {name: fields.pop(name) for name in list(fields) if name.startswith("q_")}
        new = questions(**changed)
        if order:
            new.sort(key=lambda question: order.index(question["id"]))
        generation = services.generations.edit(launch, exam, f"form {exam.revision} {now()}")
        store.exams[exam.examplary_exam_id] |= {"questions": new} | fields
        services.generations.use_version(generation)
        db.session.expire_all()
        services.collector.advance(generation.id)
        db.session.expire_all()
        assert generation.state == "ready"

    return use


def value(services, exam):
    return services.exam_reader.value(exam)


def question(services, exam, number):
    return next(question for question in value(services, exam).questions if question.id == f"q_{number}")


@pytest.mark.parametrize(
    "operation",
    [
        SetText("q_1", "title", 0, "What is it?"),
        SetText("q_1", "option", 0, "Paree"),
        SetCorrect("q_1", (2,)),
        SetShuffle("q_1", True),
        SetPoints("q_1", Decimal(5)),
        SetTruth("q_2", False),
        SetAnswers("q_3", 0, ("cat",)),
        SetPairs("q_4", (1, 0)),
        SetAnswers("q_5", 0, ("cat",)),
        SetDuration(30),
        SetTitle("Mine"),
        LeaveOut("q_1"),
        Move("q_1", "q_4"),
    ],
)
def test_changes_without_a_conflict_with_the_new_version_are_saved(services, exam, save, revise, operation):
    revise(q_6={"title": "Why not?"}, q_2={"title": "Leaves are red."})
    assert save(operation, seen_revision=0) == exam.revision
    assert operation in [change.operation for change in changes_in_force(revisions(exam))]
    assert question(services, exam, 6).title.plain_text() == "Why not?"


@pytest.mark.parametrize(
    ("changed", "operation"),
    [
        ({"q_2": {"title": "Theirs"}}, SetText("q_2", "title", 0, "Mine")),
        ({"q_1": {"settings": CHOICE | {"options": ["Lyon", "Rome", "Oslo"]}}}, SetText("q_1", "option", 0, "Mine")),
        ({"q_1": {"settings": CHOICE | {"correctAnswer": "Oslo"}}}, SetCorrect("q_1", (0,))),
        ({"q_2": {"settings": {"correctAnswer": "false"}}, "name": "Plants"}, SetTitle("Mine")),
        ({"q_3": {"settings": {"correctAnswer": ["wolf"]}}}, SetAnswers("q_3", 0, ("cat",))),
        ({"q_6": {"scoring": raw.points(["1", "3"])}}, SetPoints("q_6", Decimal(9))),
    ],
)
def test_conflicts_are_resolved_by_the_teacher(services, exam, save, revise, changed, operation):
    revise(**changed)
    before = value(services, exam)
    with pytest.raises(ExamChangedElsewhere) as error:
        save(operation, LeaveOut("q_4"), seen_revision=0)
    (conflict,) = error.value.conflicts
    assert (conflict.mine.operation, conflict.theirs, error.value.inapplicable) == (operation, None, ())
    assert [change.operation for change in error.value.changes] == [operation, LeaveOut("q_4")]
    assert value(services, exam) == before
    save(operation, LeaveOut("q_4"), seen_revision=exam.revision)
    assert operation in [change.operation for change in changes_in_force(revisions(exam))]


@pytest.mark.parametrize(
    ("changed", "operation", "code"),
    [
        ({"q_2": None}, SetText("q_2", "title", 0, "Mine"), "change.question-gone"),
        ({"q_2": None}, LeaveOut("q_2"), "change.question-gone"),
        ({"q_2": None}, Move("q_1", "q_2"), "change.place-gone"),
        (
            {"q_1": {"settings": CHOICE | {"options": ["Paris", "Rome"]}}},
            SetText("q_1", "option", 2, "Mine"),
            "change.changed-there",
        ),
        (
            {"q_1": {"settings": CHOICE | {"options": ["Rome", "Paris", "Oslo"]}}},
            SetCorrect("q_1", (0,)),
            "change.changed-there",
        ),
        (
            {"q_4": {"settings": PAIRS | {"right": ["two", "one"]}}},
            SetPairs("q_4", (1, 0)),
            "change.changed-there",
        ),
        ({"q_3": {"title": f"Solve {FORMULA % 'y^3'}."}}, SetText("q_3", "title", 0, "Do ⟦1⟧"), "change.changed-there"),
        ({"q_2": {"type": "essay", "settings": {}}}, SetTruth("q_2", False), "change.other-kind"),
        (
            {"q_1": {"settings": CHOICE | {"options": ["Mine", "Rome", "Oslo"]}}},
            SetText("q_1", "option", 2, "Mine"),
            "change.same-text",
        ),
    ],
)
def test_changes_that_no_longer_fit_are_reported_with_their_text(
    services, exam, save, revise, changed, operation, code
):
    revise(**changed)
    before = value(services, exam)
    with pytest.raises(ExamChangedElsewhere) as error:
        save(operation, SetTitle("Also mine"), seen_revision=0)
    (note,) = error.value.inapplicable
    assert (note.change.operation, note.remark.code, error.value.conflicts) == (operation, code, ())
    assert [change.operation for change in error.value.changes] == [SetTitle("Also mine")]
    assert value(services, exam) == before


def test_equal_changes_are_no_conflict(services, exam, save, revise):
    revise(q_2={"title": "Same"}, name="Plants")
    save(SetText("q_2", "title", 0, " Same\r\n".strip(" ")), SetTitle("Plants"), seen_revision=0)
    assert (exam.title, question(services, exam, 2).title.plain_text()) == ("Plants", "Same")


def test_a_new_order_and_a_move_are_both_kept(services, exam, save, revise):
    revise(order=["q_6", "q_5", "q_4", "q_3", "q_2", "q_1"])
    save(Move("q_6", "q_1"), seen_revision=0)
    assert [question.id for question in value(services, exam).questions] == ["q_5", "q_4", "q_3", "q_2", "q_1", "q_6"]


def test_a_change_of_another_tab_that_was_kept_is_no_conflict_with_its_own_page(services, exam, save, revise):
    seen_revision = save(SetPoints("q_1", Decimal(4)), seen_revision=0)
    revise(name="Plants")
    save(SetPoints("q_1", Decimal(5)), seen_revision=seen_revision)
    assert question(services, exam, 1).points == 5
    with pytest.raises(ExamChangedElsewhere) as error:
        save(SetPoints("q_1", Decimal(6)), seen_revision=0)
    assert error.value.conflicts[0].theirs.operation == SetPoints("q_1", Decimal(5))


def test_a_change_that_never_fitted_is_refused_as_on_its_own_page(exam, save, revise):
    revise(q_2={"title": "Theirs"})
    with pytest.raises(ChangeRefused) as error:
        save(SetPoints("q_2", Decimal(-1)), SetText("q_2", "title", 0, "Mine"), seen_revision=0)
    assert [note.remark.code for note in error.value.notes] == ["change.points-negative"]


def test_pages_of_several_versions_ago_are_compared_with_their_own(services, exam, save, revise):
    revise(q_2={"title": "Second"})
    seen_revision = exam.revision
    revise(q_2={"title": "Second"}, q_6={"title": "Third"})
    with pytest.raises(ExamChangedElsewhere):
        save(SetText("q_2", "title", 0, "Mine"), seen_revision=0)
    save(SetText("q_2", "title", 0, "Mine"), seen_revision=seen_revision)
    assert question(services, exam, 2).title.plain_text() == "Mine"
    assert services.exam_reader.original_at(exam, 0).questions[1].title.plain_text() == "Leaves are green."


def test_a_page_whose_version_is_no_longer_kept_overwrites_nothing(services, exam, save, revise):
    revise(q_2={"title": "Theirs"})
    db.session.query(ExamChange).update({"replaced": None})
    db.session.commit()
    with pytest.raises(ExamChangedElsewhere) as error:
        save(SetText("q_2", "title", 0, "Mine"), SetPoints("q_2", Decimal(9)), seen_revision=0)
    assert len(error.value.conflicts) == 2
    assert question(services, exam, 2).title.plain_text() == "Theirs"


def test_a_version_that_comes_while_a_change_is_saved_is_not_overwritten(
    app, services, exam, launch, store, monkeypatch
):
    generation = services.generations.edit(launch, exam)
    store.exams[exam.examplary_exam_id] |= {"questions": questions(q_2={"title": "Theirs"})}
    write = services.exam_changes._write
    generation_id = generation.id
    calls = []

    def collect():
        with app.app_context():
            services.generations.use_version(db.session.get(Generation, generation_id))
            services.collector.advance(generation_id)

    def meanwhile(*args):
        if not calls:
            calls.append(1)
            thread = threading.Thread(target=collect)
            thread.start()
            thread.join()
        return write(*args)

    monkeypatch.setattr(services.exam_changes, "_write", meanwhile)
    with pytest.raises(ExamChangedElsewhere):
        services.exam_changes.save(launch, exam, [SetText("q_2", "title", 0, "Mine")], 0)
    assert calls
    assert question(services, exam, 2).title.plain_text() == "Theirs"


class TestKeptChanges:
    def test_each_can_be_undone_by_itself(self, services, exam, launch, save, revise):
        save(LeaveOut("q_1"), seen_revision=0)
        save(SetPoints("q_2", Decimal(7)), SetTitle("Mine"), seen_revision=1)
        save(SetText("q_6", "title", 0, "Mine"), seen_revision=2)
        revise(q_6={"title": "Theirs"})
        counting = in_force(revisions(exam))
        assert [[change.operation for change in revision.changes] for revision in counting] == [
            [LeaveOut("q_1")],
            [SetPoints("q_2", Decimal(7)), SetTitle("Mine")],
        ]
        assert [revision.number for revision in revisions(exam)] == list(range(1, exam.revision + 1))
        services.exam_changes.undo(launch, exam, counting[0].number)
        assert (exam.question_count, question(services, exam, 2).points, exam.title) == (6, 7, "Mine")
        services.exam_changes.undo(launch, exam, counting[1].number)
        assert (exam.title, in_force(revisions(exam))) == ("Cells", [])

    def test_a_version_without_changes_to_keep_leaves_nothing_to_undo(self, exam, revise):
        revise(name="Plants")
        assert (exam.revision, in_force(revisions(exam))) == (1, [])


class TestDroppedChanges:
    def test_the_text_is_kept_and_can_be_used(self, services, exam, launch, save, revise):
        save(SetText("q_2", "title", 0, "An earlier one"), seen_revision=0)
        save(SetText("q_2", "title", 0, "Mine"), SetAnswers("q_3", 0, ("x" * 80, "y")), seen_revision=1)
        revise(q_2={"title": "Theirs"}, q_3=None)
        text, answers = notes_of(exam).dropped
        assert (text.text, text.name, text.may_choose) == ("Mine", "Leaves are green.", True)
        assert (answers.text, answers.may_choose) == ("x" * 80 + "\ny", False)
        services.exam_changes.save(launch, exam, [text.change.operation], exam.revision)
        assert question(services, exam, 2).title.plain_text() == "Mine"

    def test_a_key_is_kept_in_words(self, exam, save, revise):
        save(SetCorrect("q_1", (2,)), SetPairs("q_4", (1, 0)), seen_revision=0)
        revise(q_1=None, q_4=None)
        assert [dropped.text for dropped in notes_of(exam).dropped] == ["Oslo", "1 = two\n2 = one"]

    def test_chips_that_changed_their_meaning_are_not_used(self, exam, save, revise):
        save(SetText("q_3", "title", 0, "Please solve ⟦1⟧"), seen_revision=0)
        revise(q_3={"title": f"Solve {FORMULA % 'y^3'}."})
        (dropped,) = notes_of(exam).dropped
        assert (dropped.text, dropped.may_choose) == ("Please solve ⟦1⟧", False)

    def test_they_stay_until_they_are_read(self, services, exam, launch, save, revise):
        save(SetText("q_2", "title", 0, "Mine"), SetPoints("q_6", Decimal(9)), TakeBack("q_1"), seen_revision=0)
        revise(q_2={"title": "Theirs"}, q_6={"scoring": raw.points(["1", "3"])})
        changed = {"q_2": {"title": "Theirs again"}, "q_6": {"scoring": raw.points(["1", "3"])}}
        revise(**changed)
        assert [(change.text, change.may_choose) for change in notes_of(exam).dropped] == [("Mine", True), ("", True)]
        revise(**changed)
        notes = notes_of(exam)
        assert (notes.unchanged, notes.differences, len(notes.dropped)) == (True, (), 2)
        services.exam_changes.save(launch, exam, [SetPoints("q_6", Decimal(8))], exam.revision)
        revise(**changed | {"q_2": None})
        assert [(change.text, change.may_choose) for change in notes_of(exam).dropped] == [("Mine", False)]

    def test_nothing_changed_is_said_in_place_of_an_earlier_version(self, exam, revise):
        revise(name="Plants")
        assert notes_of(exam).differences
        revise(name="Plants")
        assert notes_of(exam) is None

    def test_notes_of_an_earlier_release_are_read(self, exam):
        exam.version_notes = {"differences": [], "dropped": [[3, ["did.points", "x", "", []], ["y", "z", "", []]]]}
        assert notes_of(exam).dropped == ()


def test_replaced_snapshots_are_forgotten_once_no_page_can_be_based_on_them(app, exam, revise, services):
    revise(name="Plants")
    services.retention.apply()
    assert services.exam_reader.original_at(exam, 0).title == "Cells"
    db.session.query(ExamChange).update({"created_at": exam.created_at.replace(year=2000)})
    db.session.commit()
    services.retention.apply()
    assert services.exam_reader.original_at(exam, 0) is None
