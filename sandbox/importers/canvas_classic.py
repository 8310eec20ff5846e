"""Canvas Classic's import of a package: ``read(bytes) -> ClassicImport``.

See docs/reference/importers.md#canvas-classic and docs/reference/lms-behaviour.md#canvas-content-migration. Question
banks are left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from lxml import etree

from sandbox.importers import classic_qti12, classic_qti21, html, qti12, safe_xml
from sandbox.importers.archive import ImportRefused, read_archive
from sandbox.importers.classic_model import NO_TYPE, TOO_LONG, ClassicImport, ClassicQuestion, ClassicQuiz
from sandbox.importers.content_package import ContentPackage, PackageResource, read_package

MAX_CHARACTERS = 16 * 1024


def read(data: bytes) -> ClassicImport:
    """What Canvas Classic holds after importing this zip or .imscc.

    Raises ImportRefused where Canvas doesn't recognise the package. A package that Canvas accepts without importing
    anything (QTI 2.2, QTI 3) gives no quizzes and no error, as in Canvas.
    """
    package = read_package(read_archive(data))
    raw = _read_quizzes(package)
    quizzes = tuple(replace(quiz, questions=tuple(map(_shorten, quiz.questions))) for quiz in raw)
    files = _course_files(package)
    return ClassicImport(
        package_type=package.kind,
        quizzes=quizzes,
        files=files,
        missing_files=_missing(raw, set(package.archive.files)),
        warnings=tuple(_too_long(quiz.questions) for quiz in raw if _too_long(quiz.questions)),
        media={name: package.archive.files[name] for name in files},
    )


def _read_quizzes(package: ContentPackage) -> tuple[ClassicQuiz, ...]:
    if package.kind == "canvas_cartridge":
        return tuple(_read_canvas_assessments(package))
    if package.kind == "common_cartridge":
        return tuple(_read_profile_assessments(package))
    if package.qti2:
        return tuple(_read_qti21(package))
    return tuple(
        quiz
        for resource in package.of_type("imsqti_xmlv1p2", "ims_qtiasiv1p2")
        for quiz in _read_qti12(package, resource.href, cartridge=False)
    )


def _read_canvas_assessments(package: ContentPackage) -> Iterable[ClassicQuiz]:
    for resource in package.of_type("imsqti_xmlv1p2/imscc_xmlv1p"):
        own = f"non_cc_assessments/{resource.ident}.xml.qti"
        name = own if package.archive.get(own) is not None else resource.href
        yield from _read_qti12(package, name, cartridge=True)


def _read_profile_assessments(package: ContentPackage) -> Iterable[ClassicQuiz]:
    for resource in package.of_type("imsqti_xmlv1p"):
        if "assessment" in resource.type:
            yield from _read_qti12(package, resource.href, cartridge=False)


def _read_qti12(package: ContentPackage, name: str, *, cartridge: bool) -> Iterable[ClassicQuiz]:
    data = package.archive.get(name)
    if data is None:
        return
    root, damage = safe_xml.parse_recovering(data), safe_xml.find_damage(data)
    for assessment in qti12.read_assessments(root):
        items = assessment.items if damage is None else assessment.items[: damage.items_before]
        questions = [classic_qti12.read_question(item, cartridge=cartridge) for item in items]
        if damage is not None and damage.items_before < len(assessment.items):
            questions.append(_broken(assessment.items[damage.items_before]))
        yield _quiz(package, assessment, tuple(questions))


def _broken(item: qti12.Qti12Item) -> ClassicQuestion:
    # the item in which the XML breaks arrives as an error, and the items after it do not arrive
    ident = item.ident.split("<", 1)[0].replace(" ", "_")
    return ClassicQuestion(type="Error", name="", ident=ident, text="", error=NO_TYPE)


def _quiz(
    package: ContentPackage, assessment: qti12.Qti12Assessment, questions: tuple[ClassicQuestion, ...]
) -> ClassicQuiz:
    quiz = ClassicQuiz(assessment.ident, assessment.title, questions)
    meta = package.archive.get(f"{assessment.ident}/assessment_meta.xml")
    return quiz if meta is None else _with_meta(quiz, safe_xml.parse_recovering(meta))


def _with_meta(quiz: ClassicQuiz, meta: etree._Element) -> ClassicQuiz:
    metadata = {safe_xml.local(element): safe_xml.text_of(element) for element in meta.iterchildren("*")}
    minutes, attempts = (qti12.number(metadata.get(key, "")) for key in ("time_limit", "allowed_attempts"))
    return replace(
        quiz,
        title=metadata.get("title") or quiz.title,
        description=html.sanitize(metadata.get("description", "")),
        type=metadata.get("quiz_type"),
        points_possible=qti12.number(metadata.get("points_possible", "")),
        time_limit=None if minutes is None else int(minutes),
        allowed_attempts=None if attempts is None else int(attempts),
        scoring_policy=metadata.get("scoring_policy"),
        shuffle_answers=_flag(metadata.get("shuffle_answers")),
        show_correct_answers=_flag(metadata.get("show_correct_answers")),
        available=_flag(metadata.get("available")),
    )


def _flag(text: str | None) -> bool | None:
    return None if text is None else text.strip() == "true"


def _read_qti21(package: ContentPackage) -> Iterable[ClassicQuiz]:
    items = {item.href: item for item in package.of_type("imsqti_item_xmlv2p0", "imsqti_item_xmlv2p1")}
    for test in package.of_type("imsqti_assessment_xmlv2p1", "imsqti_test_xmlv2p1"):
        data = package.archive.get(test.href)
        if data is not None:
            yield _read_test(package, safe_xml.parse_recovering(data), items)


def _read_test(package: ContentPackage, test: etree._Element, items: dict[str, PackageResource]) -> ClassicQuiz:
    part = safe_xml.child(test, "testPart")
    if part is None:
        raise ImportRefused("Instructure doesn't support QTI importing from this source.")
    control = safe_xml.child(part, "itemSessionControl")
    limit = qti12.number(safe_xml.attribute(safe_xml.child(test, "timeLimits"), "maxTime"))
    attempts = qti12.number(safe_xml.attribute(control, "maxAttempts"))
    questions = (
        question
        for element in safe_xml.descendants(part, "assessmentSection", "assessmentItemRef")
        if (question := _read_test_part(package, element, items)) is not None
    )
    return ClassicQuiz(
        safe_xml.attribute(test, "identifier"),
        safe_xml.attribute(test, "title"),
        tuple(questions),
        time_limit=None if limit is None else int(limit / 60),
        allowed_attempts=None if attempts is None else int(attempts),
        show_correct_answers=_flag(control.get("showSolution")) if control is not None else None,
    )


def _read_test_part(
    package: ContentPackage, element: etree._Element, items: dict[str, PackageResource]
) -> ClassicQuestion | None:
    if safe_xml.local(element) == "assessmentSection":
        title = safe_xml.attribute(element, "title")
        is_visible = safe_xml.attribute(element, "visible") == "true"
        return ClassicQuestion("text_only_question", title, "", title, points=None) if is_visible else None
    href = safe_xml.attribute(element, "href")
    data = package.archive.get(href)
    # a reference is followed only to an item that the manifest lists under the same name
    if data is None or href not in items:
        return None
    weight = safe_xml.child(element, "weight")
    return classic_qti21.read_question(
        safe_xml.parse_recovering(data),
        interaction=items[href].interaction,
        weight=None if weight is None else safe_xml.attribute(weight, "value"),
    )


def _shorten(question: ClassicQuestion) -> ClassicQuestion:
    return replace(question, text=TOO_LONG) if _is_too_long(question) else question


def _is_too_long(question: ClassicQuestion) -> bool:
    return len(question.text) > MAX_CHARACTERS


def _too_long(questions: tuple[ClassicQuestion, ...]) -> str:
    names = [question.name for question in questions if _is_too_long(question)]
    return "\n".join(f'The question text for the question "{name}" was too long.' for name in names)


def _course_files(package: ContentPackage) -> tuple[str, ...]:
    """Files that become course files: web content; in QTI 2.1 only files that an item's resource lists.

    In Canvas's own cartridge: everything in ``web_resources`` (webcontent_converter.rb).
    """
    if package.qti2:
        listed = [name for item in package.of_type("imsqti_item") for name in item.files if name != item.href]
    else:
        listed = [name for resource in package.of_type("webcontent") for name in resource.files]
    if package.kind == "canvas_cartridge":
        listed = [name for name in listed if name.startswith("web_resources/")]
    return tuple(name for name in dict.fromkeys(listed) if package.archive.get(name) is not None)


def _missing(quizzes: tuple[ClassicQuiz, ...], package_names: set[str]) -> tuple[str, ...]:
    texts = (
        text.replace("%24IMS-CC-FILEBASE%24", html.FILEBASE)
        for quiz in quizzes
        for question in quiz.questions
        for text in (question.text, *(answer.html or "" for answer in question.answers))
    )
    paths = dict.fromkeys(name for text in texts for name in html.package_files(text))
    return tuple(name for name in paths if name not in package_names and f"web_resources/{name}" not in package_names)
