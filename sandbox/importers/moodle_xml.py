"""Moodle 4.5's import of a Moodle XML file: ``read(bytes) -> MoodleImport``.

Facts: moodle-live (imports), qti-targets §3, accepted moodle-all. With Moodle's defaults: "Match grades: error if
grade not listed" and "Stop on error: yes", so one bad question keeps out the whole file.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import replace
from urllib.parse import unquote

from lxml import etree

from sandbox.importers import moodle_types
from sandbox.importers import safe_xml as safexml
from sandbox.importers.archive import ImportRefused
from sandbox.importers.moodle_correct import correct_response
from sandbox.importers.moodle_types import QuestionRefused
from sandbox.importers.moodle_values import File, MoodleImport, Question

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
        quiz = safexml.parse(data)
    except ImportRefused:
        return MoodleImport(messages=(NOT_A_STRING, NOTHING_IMPORTED))
    return _import(list(safexml.children(quiz, "question")))


def _import(elements: list[etree._Element]) -> MoodleImport:
    messages: list[str] = []
    questions: list[Question] = []
    category = None
    for element in elements:
        if element.get("type") == "category":
            category = _text(safexml.child(element, "category"))
            continue
        try:
            questions.append(_read_question(element))
        except QuestionRefused as refusal:
            messages.append(str(refusal))
    if messages:
        return MoodleImport(messages=(*messages, NOTHING_IMPORTED))
    if not questions:
        return MoodleImport(messages=(NO_QUESTIONS,))
    if complaints := tuple(complaint for each in questions if (complaint := _bad_grades(each))):
        return MoodleImport(messages=complaints)
    return MoodleImport(tuple(questions), category=category)


def _bad_grades(question: Question) -> str | None:
    if question.qtype not in GRADED:
        return None
    bad = [answer.fraction for answer in question.answers if not _is_grade(answer.fraction)]
    grades = ", ".join(format(fraction, ".14g") for fraction in bad)
    return BAD_GRADES.format(grades=grades, name=question.name) if bad else None


def _is_grade(fraction: float) -> bool:
    return any(abs(fraction - option) < GRADE_TOLERANCE for option in GRADE_OPTIONS)


def _read_question(element: etree._Element) -> Question:
    _check_strings(element)
    kind = safexml.attribute(element, "type")
    reader = moodle_types.READERS.get(kind)
    if reader is None:
        raise QuestionRefused(f"Question type {kind} is not supported by XML import")
    question = _with_files(reader(_common(element), element), element)
    correct, mark = correct_response(question)
    return replace(question, correct=correct, mark_for_correct=mark)


def _check_strings(element: etree._Element) -> None:
    if any(len(text) for text in safexml.descendants(element, "text")):
        raise QuestionRefused(NOT_A_STRING)


def _text(element: etree._Element | None) -> str:
    return safexml.text_of(safexml.child(element, "text")).strip()


def _common(element: etree._Element) -> Question:
    text = _text(safexml.child(element, "questiontext"))
    tags = safexml.children(safexml.child(element, "tags"), "tag")
    return Question(
        qtype=safexml.attribute(element, "type"),
        name=_text(safexml.child(element, "name")) or text[:80],
        text=text,
        default_mark=moodle_types.float_of(element, "defaultgrade", 1.0),
        penalty=moodle_types.float_of(element, "penalty", 0.3333333),
        general_feedback=_text(safexml.child(element, "generalfeedback")),
        idnumber=safexml.text_of(safexml.child(element, "idnumber")).strip() or None,
        tags=tuple(_text(tag) for tag in tags),
        hints=len(list(safexml.children(element, "hint"))),
    )


def _with_files(question: Question, element: etree._Element) -> Question:
    files = [
        File(_area(holder, question.qtype), safexml.attribute(each, "name"), _content(each))
        for each in safexml.descendants(element, "file")
        if (holder := each.getparent()) is not None
    ]
    missing: list[str] = []
    for text in safexml.descendants(element, "text"):
        holder = text.getparent()
        own = {safexml.attribute(each, "name") for each in safexml.children(holder, "file")}
        wanted = {unquote(name) for name in PLUGIN_FILE.findall(safexml.text_of(text))}
        missing += sorted(wanted - own)
    return replace(question, files=tuple(files), missing_files=tuple(missing))


def _area(holder: etree._Element, qtype: str) -> str:
    name = safexml.local(holder)
    if name == "question":
        return f"qtype_{qtype}/bgimage"
    return f"question/{name}"


def _content(element: etree._Element) -> bytes:
    try:
        return base64.b64decode(safexml.text_of(element), validate=False)
    except binascii.Error:
        return b""
