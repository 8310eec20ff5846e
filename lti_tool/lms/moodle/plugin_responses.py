"""Parse the plugin's responses; fields outside the protocol are ignored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lti_tool.errors import N_
from lti_tool.lms.direct_import import (
    ACTIONS,
    OUTCOMES,
    AnswerChoice,
    DirectImportError,
    Imported,
    ImportLine,
    ImportOrder,
    TeacherQuestion,
)
from lti_tool.lms.moodle import plugin_errors
from lti_tool.lms.moodle import response_fields as fields
from lti_tool.lms.moodle.sections import section_question
from lti_tool.lti.service_errors import ServiceError, ServiceRefused, ServiceUnreachable, ServiceUnreadable

Json = Mapping[str, object]

BUSY_SECONDS = 30.0

BY_CODE: Mapping[str, type[DirectImportError]] = {
    "service_off": plugin_errors.ServiceOff,
    "token_invalid": plugin_errors.ServiceOff,
    "handle_invalid": plugin_errors.HandleRefused,
    "handle_elsewhere": plugin_errors.HandleRefused,
    "handle_expired": plugin_errors.HandleExpired,
    "course_not_allowed": plugin_errors.CourseClosed,
    "course_closed": plugin_errors.CourseClosed,
    "course_gone": plugin_errors.CourseClosed,
    "user_inactive": plugin_errors.CourseClosed,
    "too_large": plugin_errors.TooLargeForMoodle,
}
BY_STATUS: Mapping[int, type[DirectImportError]] = {
    404: plugin_errors.PluginMissing,
    405: plugin_errors.PluginMissing,
    413: plugin_errors.TooLargeForMoodle,
}
"""For responses of Moodle itself or the web server, before the plugin was reached."""

BY_COLLEAGUE = N_("%(who)s sent this exam to this course before. Update that quiz, or make a new one?")
BY_SOMEONE = N_("Someone else sent this exam to this course before. Update that quiz, or make a new one?")
CHANGED = N_(
    "The quiz “%(quiz)s” was changed in Moodle after it was sent. Update it, which replaces those changes, or make a "
    "new one?"
)
CHANGED_QUESTIONS = N_(
    "The quiz “%(quiz)s” was changed in Moodle after it was sent (%(changes)s). Update it, which replaces those "
    "changes, or make a new one?"
)
ATTEMPTED = N_(
    "Students have already attempted the quiz “%(quiz)s”, so its questions can't be changed. Make a new quiz as well?"
)
COPIED = N_("This course has a quiz of this exam that came with a copy. Update that one, or make a new one?")
UPDATE = N_("Update the quiz “%(quiz)s”")
ADOPT = N_("Update the copied quiz “%(quiz)s”")
NEW = N_("Make a new quiz")


def read_quiz(body: object, issuer: str) -> Imported:
    """Return what was made; raise :class:`ServiceUnreadable`."""
    document = fields.mapping(body)
    quiz, outcome = fields.mapping(document.get("quiz")), fields.text(document, "result")
    url = fields.own_address(quiz, "url", issuer)
    if not url or outcome not in OUTCOMES:
        raise ServiceUnreadable("the plugin's response has no quiz")
    if outcome == "updated" and fields.integer(quiz, "attempts"):
        outcome = "updated_attempted"
    notices = {
        fields.integer(notice, "number"): fields.text(notice, "message")
        for notice in fields.mappings(document.get("notices"))
    }
    return Imported(
        outcome=outcome,
        quiz_name=fields.text(quiz, "name")[:255],
        quiz_url=url,
        questions_url=fields.own_address(quiz, "questions_url", issuer),
        lines=(*_lines(document, notices, issuer), *_removed(document)),
    )


def _lines(document: Json, notices: Mapping[int, str], issuer: str) -> Iterator[ImportLine]:
    for question in fields.mappings(document.get("questions")):
        number = fields.integer(question, "number")
        mark = question.get("mark")
        action = fields.text(question, "action")
        yield ImportLine(
            number=number,
            name=fields.text(question, "name"),
            action=action if action in ACTIONS else "",
            points=float(mark) if isinstance(mark, int | float) else None,
            link=fields.own_address(question, "edit_url", issuer),
            message=notices.get(number, ""),
        )


def _removed(document: Json) -> Iterator[ImportLine]:
    for question in fields.mappings(document.get("removed")):
        yield ImportLine(number=0, name=fields.text(question, "name"), action="removed")


def read_refusal(error: ServiceRefused, order: ImportOrder) -> TeacherQuestion:
    """Return the question that a refusal asks; raise the error that it is otherwise."""
    status, document = error.facts["answer"], fields.mapping(error.document)
    problem = fields.mapping(document.get("error"))
    code = fields.text(problem, "code")
    if code == "section_gone" and (question := section_question(problem)) is not None:
        return question
    if status == 409 and (choices := tuple(_choices(problem, order))):
        sentence, facts = _question(code, problem)
        return TeacherQuestion(code=code, sentence=sentence, choices=choices, facts=facts)
    raise _error(int(str(status)), code, problem, document, error.detail) from error


def _error(status: int, code: str, problem: Json, document: Json, detail: str) -> DirectImportError:
    if code in BY_CODE:
        return BY_CODE[code](detail)
    if code == "permission_missing":
        return plugin_errors.MoodlePermissionMissing(
            detail, capabilities=fields.joined_names(problem.get("capabilities"))
        )
    if code == "import_failed":
        return plugin_errors.QuestionsRefused(detail, lines=tuple(_refused_questions(problem)))
    if not code and (status in BY_STATUS or fields.text(document, "reason").startswith("No handler found")):
        return BY_STATUS.get(status, plugin_errors.PluginMissing)(detail)
    return plugin_errors.MoodleRequestRefused(detail, answer=f"{status} {code}".strip())


def _refused_questions(problem: Json) -> Iterator[ImportLine]:
    for question in fields.mappings(problem.get("questions")):
        yield ImportLine(
            fields.integer(question, "number"), fields.text(question, "name"), message=fields.text(question, "message")
        )


def read_unavailable(error: ServiceUnreachable) -> ServiceError | DirectImportError:
    """Return the error of a failed exchange: the plugin's own, or ``error`` itself, which is worth a retry."""
    problem = fields.mapping(fields.mapping(error.document).get("error"))
    code = fields.text(problem, "code")
    if code == "internal":
        return plugin_errors.MoodleFailed(error.detail, reference=fields.text(problem, "reference") or "-")
    if code == "busy" or error.answer == 503:
        return plugin_errors.MoodleBusy(error.detail, retry_after=error.retry_after or BUSY_SECONDS)
    return error


def _question(code: str, problem: Json) -> tuple[str, Mapping[str, str]]:
    quiz = fields.mapping(problem.get("quiz"))
    name, who = fields.text(quiz, "name"), fields.text(fields.mapping(quiz.get("sent")), "by")
    if code == "quiz_of_colleague":
        return (BY_COLLEAGUE, {"who": who}) if who else (BY_SOMEONE, {})
    if code == "quiz_changed":
        changes = fields.joined_names([change.get("name") for change in fields.mappings(problem.get("changes"))])
        return (CHANGED_QUESTIONS, {"quiz": name, "changes": changes}) if changes else (CHANGED, {"quiz": name})
    if code == "quiz_has_attempts":
        return ATTEMPTED, {"quiz": name}
    if code == "quiz_copied":
        return COPIED, {}
    return "%(message)s", {"message": fields.text(problem, "message")}


def _choices(problem: Json, order: ImportOrder) -> Iterator[AnswerChoice]:
    """Yield the choices that we know; making a new quiz changes nothing else, so it comes last."""
    names = problem.get("choices")
    offered = [name for name in names if isinstance(name, str)] if isinstance(names, list) else []
    quiz = fields.mapping(problem.get("quiz"))
    if "update" in offered and fields.integer(quiz, "cmid"):
        yield _choice("update", UPDATE, quiz, order)
    if "adopt" in offered:
        for copy in fields.mappings(problem.get("copies")):
            if fields.integer(copy, "cmid"):
                yield _choice("adopt", ADOPT, copy, order)
    if "new" in offered:
        yield AnswerChoice("new", NEW)


def _choice(mode: str, text: str, quiz: Json, order: ImportOrder) -> AnswerChoice:
    link = fields.own_address(quiz, "url", order.issuer)
    return AnswerChoice(f"{mode}:{fields.integer(quiz, 'cmid')}", text, {"quiz": fields.text(quiz, "name")}, link)
