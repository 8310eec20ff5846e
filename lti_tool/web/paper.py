"""An exam for people without an LMS: preview as students see it, print, plain text, answer sheet."""

from __future__ import annotations

from functools import partial
from math import ceil

from babel import Locale
from flask import Blueprint, make_response, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from lti_tool import exam as exams
from lti_tool.formats.paper import exam_as_text, key_lines, option_letter, student_questions
from lti_tool.formats.text.phrases import phrase, phrase_language, points_phrase
from lti_tool.languages import primary_subtag
from lti_tool.lms.teacher_choices import TeacherChoice
from lti_tool.models import Exam
from lti_tool.security.headers import PagePolicy
from lti_tool.services.launches.permissions import Action
from lti_tool.services.platform_settings import require_choice
from lti_tool.web.current_launch import (
    current_launch,
    load_current_launch,
    require_same_origin,
    require_teacher,
    services,
    set_policy,
)
from lti_tool.web.rich_text import media_of

bp = Blueprint("paper", __name__, url_prefix="/l/<token>/exams/<exam_id>")
bp.url_value_preprocessor(load_current_launch)
bp.before_request(require_same_origin)
bp.before_request(require_teacher)

PER_PAGE = 200
"""Questions of one page: a printer takes more, but a browser needs seconds for a thousand formulas."""


@bp.get("/preview")
def preview(exam_id: str) -> AnyResponse:
    """Show the exam as students see it. The page is made from values that have no key."""
    return _page("paper/preview.html", exam_id, with_keys=False)


@bp.get("/print")
def print_exam(exam_id: str) -> AnyResponse:
    """Show the exam to print, with the keys if the address says so."""
    return _page("paper/print.html", exam_id, with_keys="keys" in request.args)


@bp.get("/answer-sheet")
def answer_sheet(exam_id: str) -> AnyResponse:
    """Show a sheet for the answers: a box for each option, a line for each word, nothing of the questions."""
    return _page("paper/answer_sheet.html", exam_id, with_keys=False)


@bp.get("/text")
def text(exam_id: str) -> AnyResponse:
    """Show the exam as plain text to copy."""
    row, value = _exam(exam_id)
    with_keys = "keys" in request.args
    content = exam_as_text(value, with_keys=with_keys)
    return _response("paper/text.html", row, exam=value, content=content, with_keys=with_keys)


def _page(template: str, exam_id: str, *, with_keys: bool) -> AnyResponse:
    row, value = _exam(exam_id)
    pages = max(1, ceil(len(value.questions) / PER_PAGE))
    page = min(max(request.args.get("page", 1, type=int), 1), pages)
    part = slice((page - 1) * PER_PAGE, page * PER_PAGE)
    keys = {question.id: key_lines(question, value.language) for question in value.questions[part]} if with_keys else {}
    return _response(
        template,
        row,
        exam=value,
        questions=student_questions(value)[part],
        keys=keys,
        with_keys=with_keys,
        page=page,
        pages=pages,
        letter=option_letter,
        media=media_of(row),
        say=partial(phrase, language=value.language),
        points_in_words=partial(points_phrase, language=value.language),
        phrase_attributes=_phrase_attributes(value),
    )


def _phrase_attributes(exam: exams.Exam) -> Markup:
    """Return the ``lang`` and ``dir`` of our own words on paper; nothing if they are in the language of the exam."""
    language = phrase_language(exam.language)
    if exam.language and primary_subtag(exam.language) == language:
        return Markup("")
    return Markup('lang="{}" dir="{}"').format(language, Locale(language).text_direction)


def _response(template: str, row: Exam, **values: object) -> AnyResponse:
    set_policy(PagePolicy(frame_ancestors=current_launch().frame_ancestors, data_images=True))
    back = url_for("exams.show", exam_id=row.id)
    return make_response(render_template(template, row=row, back=back, **values))


def _exam(exam_id: str) -> tuple[Exam, exams.Exam]:
    row = services().access.exam(current_launch().launch, exam_id, Action.SEE)
    if request.endpoint != "paper.preview":
        require_choice(current_launch().launch, TeacherChoice.PRINT)
    return row, services().exam_reader.value(row)
