"""Moodle 4.5's import of a Moodle XML file: ``read(bytes) -> MoodleImport``.

See docs/reference/moodle.md#moodle-xml-import and docs/reference/importers.md#moodle-xml. With Moodle's defaults:
"Match grades: error if grade not listed" and "Stop on error: yes", so one bad question rejects the whole file.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import replace
from urllib.parse import unquote

from lxml import etree

from sandbox.importers import moodle_question_types, safe_xml
from sandbox.importers.archive import ImportRefused
from sandbox.importers.moodle_correct_response import correct_response
from sandbox.importers.moodle_model import MoodleImport, MoodleQuestion, QuestionFile
from sandbox.importers.moodle_question_types import QuestionRefused

NOT_A_STRING = "Invalid XML file - string expected (use CDATA?)"
NOTHING_IMPORTED = (
    "Error(s) found parsing the import file. No questions have been imported. "
    "To import any good questions try again setting 'Stop on error' to 'No'"
)
NO_QUESTIONS = "There are no questions in the import file"
BAD_GRADES = "Grades ({grades}) do not match grade options - question '{name}' skipped."
GRADES = (1, 0.9, 0.8333333, 0.8, 0.75, 0.7, 0.6666667, 0.6, 0.5, 0.4, 0.3333333, 0.3, 0.25, 0.2, 0.1666667)
SMALL_GRADES = (0.1428571, 0.125, 0.1111111, 0.1, 0.05, 0)
GRADE_OPTIONS = tuple(sign * grade for sign in (1, -1) for grade in (*GRADES, *SMALL_GRADES))
GRADE_TOLERANCE = 0.00001
GRADED = frozenset({"multichoice", "shortanswer", "numerical"})
PLUGIN_FILE = re.compile(r"@@PLUGINFILE@@/([^\"'<>\s]+)")


def read(data: bytes) -> MoodleImport:
    """What Moodle's question bank holds after importing this file, or the messages with which it refuses all of it."""
    try:
        quiz = safe_xml.parse(data)
    except ImportRefused:
        return MoodleImport(messages=(NOT_A_STRING, NOTHING_IMPORTED))
    return _import(list(safe_xml.children(quiz, "question")))


def _import(elements: list[etree._Element]) -> MoodleImport:
    messages: list[str] = []
    questions: list[MoodleQuestion] = []
    category = None
    for element in elements:
        if element.get("type") == "category":
            category = _text(safe_xml.child(element, "category"))
            continue
        try:
            questions.append(_read_question(element))
        except QuestionRefused as refusal:
            messages.append(str(refusal))
    if messages:
        return MoodleImport(messages=(*messages, NOTHING_IMPORTED))
    if not questions:
        return MoodleImport(messages=(NO_QUESTIONS,))
    if complaints := tuple(complaint for question in questions if (complaint := _bad_grades(question))):
        return MoodleImport(messages=complaints)
    return MoodleImport(tuple(questions), category=category)


def _bad_grades(question: MoodleQuestion) -> str | None:
    if question.qtype not in GRADED:
        return None
    bad = [answer.fraction for answer in question.answers if not _is_grade(answer.fraction)]
    grades = ", ".join(format(fraction, ".14g") for fraction in bad)
    return BAD_GRADES.format(grades=grades, name=question.name) if bad else None


def _is_grade(fraction: float) -> bool:
    return any(abs(fraction - option) < GRADE_TOLERANCE for option in GRADE_OPTIONS)


def _read_question(element: etree._Element) -> MoodleQuestion:
    _check_strings(element)
    kind = safe_xml.attribute(element, "type")
    reader = moodle_question_types.READERS.get(kind)
    if reader is None:
        raise QuestionRefused(f"Question type {kind} is not supported by XML import")
    question = _with_files(reader(_common(element), element), element)
    correct, mark = correct_response(question)
    return replace(question, correct=correct, mark_for_correct=mark)


def _check_strings(element: etree._Element) -> None:
    if any(len(text) for text in safe_xml.descendants(element, "text")):
        raise QuestionRefused(NOT_A_STRING)


def _text(element: etree._Element | None) -> str:
    return safe_xml.text_of(safe_xml.child(element, "text")).strip()


def _common(element: etree._Element) -> MoodleQuestion:
    text = _text(safe_xml.child(element, "questiontext"))
    tags = safe_xml.children(safe_xml.child(element, "tags"), "tag")
    return MoodleQuestion(
        qtype=safe_xml.attribute(element, "type"),
        name=_text(safe_xml.child(element, "name")) or text[:80],
        text=text,
        default_mark=moodle_question_types.float_of(element, "defaultgrade", 1.0),
        penalty=moodle_question_types.float_of(element, "penalty", 0.3333333),
        general_feedback=_text(safe_xml.child(element, "generalfeedback")),
        idnumber=safe_xml.text_of(safe_xml.child(element, "idnumber")).strip() or None,
        tags=tuple(_text(tag) for tag in tags),
        hints=len(list(safe_xml.children(element, "hint"))),
    )


def _with_files(question: MoodleQuestion, element: etree._Element) -> MoodleQuestion:
    files = [
        QuestionFile(_area(holder, question.qtype), safe_xml.attribute(file, "name"), _content(file))
        for file in safe_xml.descendants(element, "file")
        if (holder := file.getparent()) is not None
    ]
    missing: list[str] = []
    for text in safe_xml.descendants(element, "text"):
        holder = text.getparent()
        file_names = {safe_xml.attribute(file, "name") for file in safe_xml.children(holder, "file")}
        shown_names = {unquote(name) for name in PLUGIN_FILE.findall(safe_xml.text_of(text))}
        missing += sorted(shown_names - file_names)
    return replace(question, files=tuple(files), missing_files=tuple(missing))


def _area(holder: etree._Element, qtype: str) -> str:
    name = safe_xml.local(holder)
    if name == "question":
        return f"qtype_{qtype}/bgimage"
    return f"question/{name}"


def _content(element: etree._Element) -> bytes:
    try:
        return base64.b64decode(safe_xml.text_of(element), validate=False)
    except binascii.Error:
        return b""
