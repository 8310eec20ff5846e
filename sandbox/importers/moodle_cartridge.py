"""Moodle 4.5's restore of a Common Cartridge: ``read(bytes) -> MoodleRestore``, with its quirks.

* Only 1.0 and 1.1 are recognised, by a namespace in the first 1024 bytes of ``imsmanifest.xml``.
* 1.0: every answer gets the whole mark. 1.1: a multiple response has right answers only in ``case="Yes"``.
* A true/false label named other than ``true`` or ``false`` ends the restore with a PHP exception.
* Texts are damaged by the import (see :mod:`moodle_cartridge_text`); a fill-in never looks at capitals, nor at ``0``.
* ``cc_weighting`` is the question's default mark, but its slot in the quiz stays 1; the sum of marks is always 4.
* A ``<`` in the title of the whole cartridge, or a title that makes the bank's name longer than 255, ends the restore.

See docs/reference/moodle.md#common-cartridge.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from posixpath import dirname

from lxml import etree

from sandbox.importers import html, qti12, safe_xml
from sandbox.importers.archive import Archive, ImportRefused, read_archive
from sandbox.importers.content_package import ContentPackage, PackageResource, read_package
from sandbox.importers.moodle_cartridge_text import FILE_BASE, question_text, text_to_html, unescaped
from sandbox.importers.moodle_correct_response import correct_response
from sandbox.importers.moodle_model import MoodleAnswer, MoodleQuestion
from sandbox.importers.qti12 import Qti12Item, number

HEAD_BYTES = 1024
MAX_POINTS = 99
MAX_CATEGORY_NAME_LENGTH = 255
"""Characters of the column in Moodle's database."""
SUM_GRADES = 4.0
"""Written into every restored quiz, whatever its questions."""
FORMATS = {
    b"http://www.imsglobal.org/xsd/imscc/imscp_v1p1": "imscc1",
    b"http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1": "imscc11",
}
TYPES = {
    "cc.multiple_choice": "multichoice",
    "cc.multiple_response": "multichoice",
    "cc.true_false": "truefalse",
    "cc.fib": "shortanswer",
    "cc.pattern_match": "shortanswer",
    "cc.essay": "essay",
}


@dataclass(frozen=True, slots=True)
class RestoredQuiz:
    """A Quiz activity. ``slot_marks`` are the marks its questions have in it, ``grade`` its highest grade."""

    name: str
    questions: tuple[MoodleQuestion, ...]
    sum_grades: float
    attempts_allowed: int
    time_limit_seconds: int
    grade: float = 10.0

    @property
    def slot_marks(self) -> tuple[float, ...]:
        """The mark of each slot: always 1, regardless of the question's mark."""
        return tuple(1.0 for _ in self.questions)

    @property
    def grade_for_all_right(self) -> float:
        """The grade for a perfect attempt: too high or too low until a teacher changes the marks."""
        return sum(self.slot_marks) / self.sum_grades * self.grade


@dataclass(frozen=True, slots=True)
class MoodleRestore:
    """The outcome of one restore; ``categories`` maps the bank's categories to their questions."""

    format: str
    course_name: str
    quizzes: tuple[RestoredQuiz, ...]
    categories: dict[str, tuple[MoodleQuestion, ...]]


def read(data: bytes) -> MoodleRestore:
    """What Moodle restores of a cartridge. Raises ImportRefused where Moodle stops."""
    archive = read_archive(data)
    version = detect_format(archive)
    package = read_package(archive)
    manifest = safe_xml.parse_recovering(archive.files["imsmanifest.xml"])
    titles = {
        safe_xml.attribute(item, "identifierref"): safe_xml.text_of(safe_xml.child(item, "title")).strip()
        for item in safe_xml.descendants(manifest, "item")
    }
    course_name = _course_name(manifest)
    quizzes, categories = [], {}
    for name, assessment, folder, is_bank in _assessments(package, titles):
        questions = tuple(_read_question(item, version, folder) for item in assessment.items if _qtype(item))
        categories[_category_name(name)] = questions
        if not is_bank:
            quizzes.append(_quiz(name, assessment, questions))
    return MoodleRestore(version, course_name, tuple(quizzes), categories)


def _course_name(manifest: etree._Element) -> str:
    string = next(safe_xml.descendants(manifest, "string", "langstring"), None)
    name = unescaped(safe_xml.text_of(string).strip())
    if "<" in name:
        raise ImportRefused("base_setting_exception: error/setting_invalid_text")
    return name


def _category_name(quiz_name: str) -> str:
    name = f"Quiz Bank '{quiz_name}'"
    if len(name) > MAX_CATEGORY_NAME_LENGTH:
        raise ImportRefused("Error writing to database: Data too long for column 'name'")
    return name


def detect_format(archive: Archive) -> str:
    """``imscc1`` or ``imscc11``. Raises ImportRefused for all else, as Moodle's "invalid backup file" page."""
    head = (archive.get("imsmanifest.xml") or b"")[:HEAD_BYTES]
    for namespace, version in FORMATS.items():
        if b'xmlns="' + namespace + b'"' in head:
            return version
    raise ImportRefused("unable_to_find_conversion_path: detected_format unknown")


def _assessments(
    package: ContentPackage, titles: dict[str, str]
) -> Iterator[tuple[str, qti12.Qti12Assessment, str, bool]]:
    for resource in package.of_type("imsqti_xmlv1p2"):
        for assessment in _documents(package, resource):
            name = unescaped(titles.get(resource.ident) or assessment.title or resource.ident)
            yield name, assessment, dirname(resource.href), "question-bank" in resource.type


def _documents(package: ContentPackage, resource: PackageResource) -> tuple[qti12.Qti12Assessment, ...]:
    data = package.archive.get(resource.href)
    return () if data is None else qti12.read_assessments(safe_xml.parse(data))


def _quiz(name: str, assessment: qti12.Qti12Assessment, questions: tuple[MoodleQuestion, ...]) -> RestoredQuiz:
    attempts = number(assessment.metadata.get("cc_maxattempts", ""))
    minutes = number(assessment.metadata.get("qmd_timelimit", ""))
    return RestoredQuiz(
        name=name,
        questions=questions,
        sum_grades=SUM_GRADES,
        attempts_allowed=int(attempts or 0),
        time_limit_seconds=int((minutes or 0) * 60),
    )


def _profile(item: Qti12Item) -> str:
    return item.metadata.get("cc_profile", "").rpartition(".v")[0]


def _qtype(item: Qti12Item) -> str | None:
    return TYPES.get(_profile(item))


def _read_question(item: Qti12Item, version: str, folder: str) -> MoodleQuestion:
    base = MoodleQuestion(
        qtype=_qtype(item) or "",
        name=unescaped(item.title),
        text="" if item.stem is None else question_text(item.stem.text, folder),
        default_mark=_default_mark(item),
    )
    question = _with_answers(base, item)
    if version == "imscc1":
        question = replace(question, answers=tuple(replace(answer, fraction=1.0) for answer in question.answers))
    correct, mark = correct_response(question)
    missing = tuple(answer.text for answer in question.answers if FILE_BASE in answer.text)
    return replace(question, correct=correct, mark_for_correct=mark, missing_files=missing)


def _default_mark(item: Qti12Item) -> float:
    weight = number(item.metadata.get("cc_weighting", ""))
    return float(int(weight)) if weight is not None and 0 <= weight <= MAX_POINTS else 1.0


def _with_answers(base: MoodleQuestion, item: Qti12Item) -> MoodleQuestion:
    profile = _profile(item)
    if profile == "cc.essay":
        return replace(base, options={"responseformat": "editor"})
    if profile == "cc.true_false":
        return replace(base, answers=_true_false(item))
    if profile in ("cc.fib", "cc.pattern_match"):
        # a pattern's fraction is written as 100 where 1 is meant: a hundred times the mark
        fraction = 100.0 if profile == "cc.pattern_match" else 1.0
        case = _use_case(item) if profile == "cc.pattern_match" else "0"
        return replace(base, answers=_typed(item, fraction), options={"usecase": case})
    single = profile == "cc.multiple_choice"
    answers = _choices(item, _right_idents(item, strict=not single))
    return replace(base, answers=answers, options={"single": str(int(single)), "shuffleanswers": "0"})


def _right_idents(item: Qti12Item, *, strict: bool) -> list[str]:
    return [
        test.value
        for condition in item.conditions
        if condition.score == 100
        for test in condition.equal()
        if not strict or test.case == "Yes"
    ]


def _choices(item: Qti12Item, right: list[str]) -> tuple[MoodleAnswer, ...]:
    fraction = round(1 / len(right), 7) if right else 0.0
    return tuple(
        MoodleAnswer(
            html.plain(text_to_html(unescaped(label.material.text))),
            fraction if label.ident in right else 0.0,
            _feedback(item, label.ident),
        )
        for response in item.responses
        for label in response.labels
    )


def _feedback(item: Qti12Item, ident: str) -> str:
    feedback = item.feedback.get(f"{ident}_fb")
    return feedback.text if feedback else ""


def _true_false(item: Qti12Item) -> tuple[MoodleAnswer, ...]:
    idents = [label.ident for response in item.responses for label in response.labels]
    if sorted(idents) != ["false", "true"]:
        raise ImportRefused('Exception: cc.true_false wants labels named "true" and "false"')
    right = _right_idents(item, strict=False)
    return tuple(MoodleAnswer(word.capitalize(), float(word in right)) for word in ("true", "false"))


def _typed(item: Qti12Item, fraction: float) -> tuple[MoodleAnswer, ...]:
    names = ("varequal", "varsubstring")
    tests = (test for condition in item.conditions if condition.score == 100 for test in condition.tests)
    values = (test.value for test in tests if test.name in names and not test.negated)
    return tuple(MoodleAnswer(unescaped(value), fraction) for value in values if value not in ("", "0"))


def _use_case(item: Qti12Item) -> str:
    return str(int(any(test.case == "Yes" for condition in item.conditions for test in condition.tests)))
