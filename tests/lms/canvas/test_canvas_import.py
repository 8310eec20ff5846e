"""Imports into the sandbox's Canvas over HTTP: one quiz, whatever Canvas does."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lti_tool.lms.account_access import Transfer
from lti_tool.lms.canvas import api_errors, scopes
from lti_tool.lms.canvas.migration_progress import BUILDING_NEW_QUIZ, IN_QUEUE, NO_ANSWER, TAKES_LONG
from lti_tool.lms.canvas.start_migration import CHECKING
from lti_tool.lms.canvas.teacher_questions import IS_CLASSIC
from lti_tool.lms.direct_import import AccountRefused, DirectImportError, Imported, Pending, TeacherQuestion
from sandbox.faults import Fault
from tests.lms.canvas.conftest import EVERY_SCOPE, LOCAL

MIGRATIONS = "/api/v1/courses/{id}/content_migrations"
CREATE, SHOW = f"POST {MIGRATIONS}", f"GET {MIGRATIONS}/{{id}}"
PROGRESS, UPLOAD = "GET /api/v1/progress/{id}", "POST /files_api"


def values(choice):
    return [answer.value for answer in choice.choices]


def test_an_exam_becomes_an_unpublished_quiz(canvas, new_import, exam):
    talk = new_import()
    result = talk.run()
    (quiz,) = canvas.quizzes
    assert (result.outcome, result.quiz_name) == ("unpublished", exam.title)
    assert result.quiz_url == f"{canvas.base_url}/courses/1/quizzes/{quiz.ident}"
    assert (quiz.kind, quiz.published, len(quiz.quiz.questions)) == ("classic", False, 12)
    assert (result.quiz_data["quiz"], result.quiz_data["question_count"]) == (str(quiz.ident), 12)
    assert len(result.quiz_data["questions"]) == 12
    (migration,) = canvas.course.migrations
    assert migration.settings == {"overwrite_quizzes": False, "question_bank_name": exam.title}
    assert migration.file_name == "Cells-canvas-qti-import-12345.zip"
    assert "token" not in str(talk.progress)


@pytest.mark.parametrize("manner", ["201", "201_location", "303"])
def test_every_form_of_upload(canvas, new_import, manner):
    canvas.behaviour.upload = manner
    assert new_import().run().outcome == "unpublished"
    assert len(canvas.quizzes) == 1


def test_the_required_scopes_are_enough(canvas, new_import):
    canvas.account = canvas.access(scopes.REQUIRED)
    assert new_import().run().outcome == "unpublished"
    assert canvas.calls("GET /api/v1/courses/{id}/features/enabled") == 0


@pytest.mark.parametrize("manner", ["features", "all", "progress"])
def test_optional_requests_may_be_refused(canvas, new_import, manner):
    canvas.behaviour.features_refused = manner == "features"
    canvas.behaviour.has_progress_url = manner != "progress"
    if manner == "all":
        for path in ("permissions", "features/enabled", "all_quizzes", "content_migrations"):
            canvas.lms.faults.script(
                f"GET /api/v1/courses/{{id}}/{path}",
                *[Fault(status=403, body='{"status":"unauthorized","errors":[{"message":"nee"}]}')] * 5,
            )
    assert new_import().run().outcome == "unpublished"
    assert len(canvas.quizzes) == 1


def test_ids_beyond_two_to_the_53(canvas, new_import):
    canvas.course.first_id = 2**60 + 1
    result = new_import().run()
    assert result.quiz_url.endswith(f"/{2**60 + 1}")


class TestLostAnswers:
    """The hard case: Canvas has acted, and its answer is lost."""

    @pytest.mark.parametrize("endpoint", [CREATE, UPLOAD])
    @pytest.mark.parametrize("times", [1, 2])
    def test_with_an_upload_there_is_one_quiz(self, canvas, new_import, endpoint, times):
        canvas.lms.faults.script(endpoint, *[Fault(lost=True)] * times)
        talk = new_import()
        for _ in range(times):
            try:
                talk.run()
            except DirectImportError:
                continue
        assert isinstance(talk.run(), Imported)
        assert len(canvas.quizzes) == 1
        files = [migration for migration in canvas.course.migrations if migration.data is not None]
        assert len(files) == 1

    def test_an_upload_that_never_arrives_is_sent_to_a_new_migration(self, canvas, new_import):
        canvas.lms.faults.script(UPLOAD, Fault(html=True))
        talk = new_import()
        with pytest.raises(api_errors.CanvasUnreachable):
            talk.run()
        assert talk.run().outcome == "unpublished"
        assert (len(canvas.course.migrations), len(canvas.quizzes)) == (2, 1)
        assert CHECKING in talk.notes

    def test_a_file_that_arrives_after_we_gave_it_up_is_not_imported_twice(self, canvas, new_import):
        canvas.lms.faults.script(UPLOAD, Fault(html=True))
        talk = new_import()
        with pytest.raises(api_errors.CanvasUnreachable):
            talk.run()
        first, keep = canvas.course.migrations[0], talk.keep

        def arrives_late(progress):
            keep(progress)
            if progress["phase"] == "starting":
                first.data = talk.package(progress["copy"])
                first.state = "queued"

        talk.keep = arrives_late
        assert talk.run().outcome == "unpublished"
        assert len(canvas.quizzes) == 1

    def test_even_if_both_are_imported_there_is_one_quiz(self, canvas, new_import):
        """The second one overwrites the first, because both have the identifiers of this import."""

        class FirstArrivesNow:
            def exchange(self, request, limits):
                first = canvas.course.migrations[0]
                if len(canvas.course.migrations) == 2:
                    first.data = talk.package(talk.import_id)
                    first.state = "queued"
                return LOCAL.exchange(request, limits)

        canvas.lms.faults.script(UPLOAD, Fault(html=True))
        talk = new_import(public_http=FirstArrivesNow())
        with pytest.raises(api_errors.CanvasUnreachable):
            talk.run()
        assert talk.run().outcome == "unpublished"
        assert [migration.state for migration in canvas.course.migrations] == ["completed"] * 2
        assert len(canvas.quizzes) == 1

    def test_with_a_link_the_migration_is_found_by_its_file(self, canvas, new_import, link):
        canvas.lms.faults.script(CREATE, Fault(lost=True))
        talk = new_import(package_link=link)
        with pytest.raises(api_errors.CanvasUnreachable):
            talk.run()
        (migration,) = canvas.course.migrations
        migration.data = talk.package(talk.import_id)
        assert talk.run().outcome == "unpublished"
        assert (len(canvas.course.migrations), len(canvas.quizzes)) == (1, 1)

    def test_with_a_link_and_no_migration_it_is_sent_again(self, canvas, new_import, link):
        canvas.lms.faults.script(CREATE, Fault(html=True))
        talk = new_import(package_link=link)
        with pytest.raises(api_errors.CanvasUnreachable):
            talk.run()
        for _ in range(5):
            talk.step()
        assert len(canvas.course.migrations) == 1
        assert canvas.course.migrations[0].settings["overwrite_quizzes"] is True

    @pytest.mark.parametrize("listed", [True, False])
    def test_the_teacher_is_asked_where_the_quiz_is_ambiguous(self, canvas, new_import, link, listed):
        granted = (*scopes.REQUIRED, *([scopes.LIST_MIGRATIONS] if listed else []))
        canvas.account = canvas.access(granted, transfer=Transfer.LINK)
        canvas.lms.faults.script(CREATE, Fault(lost=True))
        talk = new_import(package_link=link)
        with pytest.raises(api_errors.CanvasUnreachable):
            talk.run()
        question = talk.run()
        assert (question.code, values(question)) == ("canvas.not_known", ["again", "there"])
        assert len(canvas.course.migrations) == 1
        result = talk.decide("there")
        assert (result.outcome, len(canvas.course.migrations)) == ("elsewhere", 1)

    @pytest.fixture
    def link(self, canvas):
        canvas.account = canvas.access(transfer=Transfer.LINK)
        return lambda copy, name: f"https://tool.example/packages/secret-{copy}/{name}"


class TestRefusals:
    def test_nothing_was_made_when_the_request_was_refused(self, canvas, new_import):
        canvas.lms.faults.script(CREATE, Fault(status=429))
        talk = new_import()
        with pytest.raises(api_errors.CanvasBusy):
            talk.run()
        assert talk.progress["phase"] == "ready"
        assert talk.run().outcome == "unpublished"
        assert canvas.course.migrations[-1].settings["overwrite_quizzes"] is False

    @pytest.mark.parametrize("denial", [401, 403])
    @pytest.mark.parametrize("language", ["en", "nl"])
    def test_a_missing_permission(self, canvas, new_import, denial, language):
        canvas.behaviour.may_add = False
        canvas.behaviour.denial = denial
        canvas.behaviour.language = language
        with pytest.raises(api_errors.CanvasPermissionMissing):
            new_import().run()
        canvas.account = canvas.access(scopes.REQUIRED)
        with pytest.raises(api_errors.CanvasPermissionMissing):
            new_import().run()
        assert canvas.course.migrations == []

    @pytest.mark.parametrize(
        ("state", "error"), [("completed", api_errors.CanvasPermissionMissing), ("deleted", api_errors.CourseGone)]
    )
    def test_a_course_that_has_ended_or_was_deleted(self, canvas, new_import, state, error):
        canvas.behaviour.state = state
        with pytest.raises(error):
            new_import().run()

    @pytest.mark.parametrize("problem", ["expired", "revoked", "gone"])
    def test_a_refused_token_ends_the_import(self, canvas, new_import, problem):
        canvas.lms.canvas_tokens.spoil(problem)
        with pytest.raises(AccountRefused):
            new_import().run()

    def test_a_token_that_is_refused_in_the_middle_does_not_end_the_import(self, canvas, new_import):
        talk = new_import()
        talk.step()
        canvas.lms.canvas_tokens.spoil("revoked")
        with pytest.raises(AccountRefused):
            talk.step()
        canvas.lms.canvas_tokens.spoil("")
        assert talk.run().outcome == "unpublished"
        assert len(canvas.quizzes) == 1

    def test_a_token_without_the_scopes(self, canvas, new_import):
        canvas.lms.canvas_tokens.spoil("insufficient")
        with pytest.raises(api_errors.ScopeMissing):
            new_import().run()

    def test_a_full_course_ends_the_import(self, canvas, new_import):
        canvas.behaviour.quota_bytes = 100
        with pytest.raises(api_errors.QuotaExceeded):
            new_import().run()

    @pytest.mark.parametrize("manner", ["403", "foreign"])
    def test_a_refused_upload_makes_no_quiz(self, canvas, new_import, manner):
        canvas.behaviour.upload = manner
        with pytest.raises(api_errors.UploadRefused):
            new_import().run()
        assert canvas.quizzes == []

    @pytest.mark.parametrize("status", [403, 429])
    def test_the_rate_limit_while_it_is_followed(self, canvas, new_import, status):
        talk = new_import()
        talk.step()
        canvas.behaviour.throttled = 3
        canvas.behaviour.throttle_status = status
        step = talk.step()
        assert isinstance(step, Pending)
        assert (step.seconds, step.note) == (30.0, NO_ANSWER)
        assert talk.run().outcome == "unpublished"


class TestFollowing:
    @pytest.mark.parametrize("endpoint", [SHOW, PROGRESS])
    @pytest.mark.parametrize("fault", [Fault(html=True), Fault(lost=True), Fault(text="<html>"), Fault(status=503)])
    def test_no_failure_of_canvas_ends_it(self, canvas, new_import, endpoint, fault):
        talk = new_import()
        talk.step()
        canvas.lms.faults.script(endpoint, *[fault] * 20)
        assert talk.run().outcome == "unpublished"
        assert len(canvas.course.migrations) == 1

    def test_it_looks_often_at_first_and_rarely_later(self, canvas, new_import):
        canvas.behaviour.queue_polls = 100
        talk = new_import()
        talk.run()
        assert talk.pauses[:9] == [1.0, 1.0, 1.0, 1.0, 2.0, 2.0, 5.0, 5.0, 10.0]
        assert set(talk.pauses[9:20]) == {15.0}
        assert 270 <= sum(pause for pause in talk.pauses if pause < 300) <= 330
        assert talk.notes[5:30] == [IN_QUEUE] * 25

    def test_a_long_import_is_reported(self, canvas, new_import):
        canvas.behaviour.polls = 70
        talk = new_import()
        talk.run()
        assert talk.notes[-1] == TAKES_LONG

    @pytest.mark.parametrize(("ending", "lines"), [("failed", 1), ("failed_silently", 0), ("blocked", 1)])
    def test_a_failed_migration_shows_canvass_words(self, canvas, new_import, ending, lines):
        canvas.behaviour.ending = ending
        with pytest.raises(api_errors.MigrationFailed) as failure:
            new_import().run()
        assert len(failure.value.lines) == lines
        assert all(line.message and line.link.startswith(canvas.base_url) for line in failure.value.lines)

    def test_warnings_come_with_the_quiz(self, canvas, new_import):
        canvas.behaviour.ending = "warnings"
        result = new_import().run()
        assert result.has_warnings
        assert result.lines[0].message.startswith("Import Error: Quiz Question")

    def test_a_migration_without_a_quiz(self, canvas, new_import):
        canvas.behaviour.ending = "no_quiz"
        with pytest.raises(api_errors.NoQuiz):
            new_import().run()

    def test_two_quizzes_of_the_same_title_are_ambiguous(self, canvas, new_import):
        canvas.behaviour.ending = "two_quizzes"
        result = new_import().run()
        assert (result.outcome, result.quiz_url) == ("elsewhere", f"{canvas.base_url}/courses/1/quizzes")
        assert result.quiz_data == {}

    def test_without_the_list_of_quizzes_the_place_is_named(self, canvas, new_import):
        canvas.account = canvas.access(scopes.REQUIRED)
        canvas.behaviour.quizzes_tab = False
        assert new_import().run().outcome == "elsewhere"
        assert len(canvas.quizzes) == 1

    def test_a_migration_that_canvas_forgot(self, canvas, new_import):
        talk = new_import()
        talk.step()
        canvas.course.migrations.clear()
        with pytest.raises(api_errors.MigrationGone):
            talk.run()


class TestSendingAgain:
    def test_the_same_exam_replaces_its_quiz(self, canvas, imported):
        first, result = imported
        (quiz,) = canvas.quizzes
        second = first.again("import-2", result)
        question = second.run()
        assert values(question) == [f"replace:{quiz.ident}", "new:classic"]
        assert question.choices[0].link == result.quiz_url
        replaced = second.decide(f"replace:{quiz.ident}")
        assert (replaced.outcome, replaced.quiz_url) == ("replaced", result.quiz_url)
        assert canvas.quizzes == [quiz]
        assert canvas.course.migrations[-1].settings["overwrite_quizzes"] is True
        assert len(quiz.quiz.questions) == 12

    def test_a_new_quiz_is_made_beside_the_old_one(self, canvas, imported):
        first, result = imported
        second = first.again("import-2", result)
        second.run()
        added = second.decide("new:classic")
        assert added.outcome == "unpublished"
        assert len(canvas.quizzes) == 2
        assert added.quiz_url != result.quiz_url
        assert canvas.course.migrations[-1].settings["overwrite_quizzes"] is False

    def test_the_second_can_be_replaced_too(self, canvas, imported):
        """Each quiz has identifiers of its own: replacing one never changes the other."""
        first, result = imported
        second = first.again("import-2", result)
        second.run()
        added = second.decide("new:classic")
        untouched, other = canvas.quizzes
        untouched.quiz = replace(untouched.quiz, title="Untouched")
        third = second.again("import-3", added)
        third.run()
        assert third.decide(f"replace:{other.ident}").outcome == "replaced"
        assert (untouched.quiz.title, len(canvas.quizzes)) == ("Untouched", 2)

    def test_more_questions_may_come_but_none_may_go(self, canvas, new_import, exam):
        shorter = replace(exam, questions=exam.questions[:-2])
        first = new_import(exam=shorter)
        result = first.run()
        longer = first.again("import-2", result)
        longer.exam = exam
        question = longer.run()
        assert values(question)[0].startswith("replace:")
        replaced = longer.decide(values(question)[0])
        assert (replaced.outcome, replaced.quiz_data["question_count"]) == ("replaced", 12)
        back = longer.again("import-3", replaced)
        back.exam = shorter
        question = back.run()
        assert values(question) == ["new:classic"]
        assert "no longer has all of its questions" in question.sentence

    @pytest.mark.parametrize("change", ["published", "questions"])
    def test_a_quiz_that_students_or_teachers_changed_is_not_replaced(self, canvas, imported, change):
        first, result = imported
        (quiz,) = canvas.quizzes
        if change == "published":
            quiz.published = True
        else:
            quiz.set_questions(quiz.numbered_questions[1:])
        question = first.again("import-2", result).run()
        assert values(question) == ["new:classic"]
        assert ("published" in question.sentence) is (change == "published")

    def test_a_quiz_that_is_published_while_the_teacher_decides(self, canvas, imported):
        first, result = imported
        (quiz,) = canvas.quizzes
        second = first.again("import-2", result)
        second.run()
        quiz.published = True
        question = second.decide(f"replace:{quiz.ident}")
        assert isinstance(question, TeacherQuestion)
        assert len(canvas.course.migrations) == 1

    @pytest.mark.parametrize("change", ["deleted", "renamed", "elsewhere"])
    def test_a_quiz_that_is_not_there_any_more_is_no_question(self, canvas, imported, change):
        first, result = imported
        (quiz,) = canvas.quizzes
        if change == "deleted":
            quiz.deleted = True
        elif change == "renamed":
            quiz.quiz = replace(quiz.quiz, title="Other")
        else:
            result = replace(result, quiz_data={**result.quiz_data, "course": "2"})
        assert first.again("import-2", result).run().outcome == "unpublished"

    def test_questions_that_canvas_keeps_are_named(self, canvas, imported):
        first, result = imported
        (quiz,) = canvas.quizzes
        second = first.again("import-2", result)
        second.run()
        second.decision = f"replace:{quiz.ident}"
        second.progress = {}
        second.step()
        quiz.set_questions([*quiz.numbered_questions, ("added", quiz.quiz.questions[0])])
        assert second.run().outcome == "replaced_with_more"


class TestNewQuizzes:
    @pytest.mark.parametrize("missing", ["", scopes.READ_ASSIGNMENT])
    def test_a_course_without_classic_quizzes_gets_a_new_quiz(self, canvas, new_import, missing):
        canvas.account = canvas.access(scope for scope in EVERY_SCOPE if scope != missing)
        canvas.behaviour.features = ("quizzes_next", "new_quizzes_by_default")
        talk = new_import()
        result = talk.run()
        (quiz,) = canvas.quizzes
        assert (quiz.kind, result.outcome, result.quiz_data["engine"]) == ("new", "unpublished", "new")
        assert result.quiz_url.endswith(f"/assignments/{quiz.assignment_id}")
        assert canvas.course.migrations[0].settings["import_quizzes_next"] is True
        assert (BUILDING_NEW_QUIZ in talk.notes) is bool(missing)

    def test_with_both_the_teacher_chooses(self, canvas, new_import):
        canvas.behaviour.features = ("quizzes_next",)
        for engine in ("new", "classic"):
            talk = new_import(import_id=f"{engine}-import-1")
            question = talk.run()
            assert values(question) == ["new:new", "new:classic"]
            assert talk.decide(f"new:{engine}").outcome == "unpublished"
            assert canvas.quizzes[-1].kind == engine

    def test_a_new_quiz_is_not_replaced_and_the_page_gives_the_reason(self, canvas, new_import):
        canvas.behaviour.features = ("quizzes_next", "new_quizzes_by_default")
        first = new_import()
        second = first.again("import-2", first.run())
        question = second.run()
        assert values(question) == ["new:new"]
        assert "can't replace" in question.sentence
        assert second.decide("new:new").outcome == "unpublished"
        assert len(canvas.quizzes) == 2

    @pytest.mark.parametrize(
        ("kind", "features", "made"),
        [
            ("new", ("quizzes_next",), "new"),
            ("classic", ("quizzes_next",), "classic"),
            ("classic", (), "classic"),
            ("new", ("quizzes_next", "new_quizzes_by_default"), "new"),
        ],
    )
    def test_a_kind_that_is_demanded_is_made_without_asking(self, canvas, new_import, kind, features, made):
        canvas.behaviour.features = features
        assert new_import(quiz_kind=kind).run().outcome == "unpublished"
        assert [quiz.kind for quiz in canvas.quizzes] == [made]

    @pytest.mark.parametrize(
        ("kind", "features", "error"),
        [
            ("new", (), api_errors.NewQuizzesMissing),
            ("classic", ("quizzes_next", "new_quizzes_by_default"), api_errors.ClassicQuizzesMissing),
        ],
    )
    def test_a_course_without_the_demanded_kind_gets_no_quiz(self, canvas, new_import, kind, features, error):
        canvas.behaviour.features = features
        with pytest.raises(error):
            new_import(quiz_kind=kind).run()
        assert canvas.course.migrations == []

    def test_new_quizzes_are_not_guessed(self, canvas, new_import):
        canvas.behaviour.features = ("quizzes_next",)
        canvas.account = canvas.access(scopes.REQUIRED)
        with pytest.raises(api_errors.QuizKindsUnknown):
            new_import(quiz_kind="new").run()
        assert new_import(quiz_kind="classic").run().outcome == "unpublished"

    def test_a_classic_quiz_is_not_replaced_where_new_quizzes_are_demanded(self, canvas, new_import):
        canvas.behaviour.features = ("quizzes_next",)
        first = new_import(quiz_kind="classic")
        second = first.again("import-2", first.run(), quiz_kind="new")
        question = second.run()
        assert (values(question), question.sentence) == (["new:new"], IS_CLASSIC)
        # As if the teacher had decided before the administrator did.
        (quiz,) = canvas.quizzes
        assert second.decide(f"replace:{quiz.ident}").sentence == IS_CLASSIC
        assert second.decide("new:new").outcome == "unpublished"
        assert [quiz.kind for quiz in canvas.quizzes] == ["classic", "new"]

    def test_without_the_scope_the_place_is_named(self, canvas, new_import):
        canvas.behaviour.features = ("quizzes_next", "new_quizzes_by_default")
        canvas.account = canvas.access((*scopes.REQUIRED, scopes.READ_FEATURES))
        assert new_import().run().outcome == "elsewhere"
        assert [quiz.kind for quiz in canvas.quizzes] == ["new"]


class TestPlaces:
    def test_the_module_and_the_group_that_the_teacher_came_from(self, canvas, new_import):
        grant = {
            "base_url": canvas.base_url,
            "course": "1",
            "user": "103",
            "placement": "",
            "module": "12",
            "group": "2",
        }
        talk = new_import(grant=grant, options=frozenset({"module", "group"}))
        assert {option.name: option.ticked for option in talk.direct.options(grant, frozenset())} == {
            "module": True,
            "group": True,
        }
        talk.run()
        (quiz,) = canvas.quizzes
        assert canvas.course.modules[1].quizzes == [quiz.ident]
        assert quiz.group_id == 2

    def test_the_teacher_chooses_a_place_after_the_engine(self, canvas, new_import):
        canvas.behaviour.features = ("quizzes_next",)
        talk = new_import(options=frozenset({"place"}))
        assert [option.name for option in talk.direct.options({}, frozenset(EVERY_SCOPE))] == ["place"]
        assert values(talk.run()) == ["new:new", "new:classic"]
        question = talk.decide("new:classic")
        assert values(question) == ["new:classic,module:11", "new:classic,module:12", "new:classic,module:"]
        assert [answer.facts.get("name") for answer in question.choices] == ["Week 1", "Week 2", None]
        question = talk.decide("new:classic,module:12")
        assert [value.rpartition(",")[2] for value in values(question)] == ["group:1", "group:2", "group:"]
        assert talk.decide(values(question)[1]).outcome == "unpublished"
        (quiz,) = canvas.quizzes
        assert (canvas.course.modules[1].quizzes, quiz.group_id) == ([quiz.ident], 2)

    def test_without_the_scopes_the_teacher_is_not_asked(self, canvas, new_import):
        canvas.account = canvas.access(scopes.REQUIRED)
        talk = new_import(options=frozenset({"place"}))
        assert talk.direct.options({}, frozenset(scopes.REQUIRED)) == ()
        assert talk.run().outcome == "unpublished"

    def test_an_unticked_place_is_not_used(self, canvas, new_import):
        grant = {"base_url": canvas.base_url, "course": "1", "user": "103", "placement": "", "module": "12"}
        new_import(grant=grant).run()
        assert canvas.course.modules[1].quizzes == []
