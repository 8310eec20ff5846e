"""Read each format's package back: every question as students see it and as the LMS marks it."""

import re
from dataclasses import dataclass, replace
from hashlib import sha256
from io import BytesIO
from posixpath import dirname, join, normpath
from urllib.parse import unquote
from zipfile import ZipFile

from lxml import etree
from lxml import html as lxml_html

from lti_tool.formats.check import xml
from sandbox.importers import canvas_classic, moodle_cartridge, moodle_xml, new_quizzes

INVISIBLE = re.compile(r"[\s\u2060\u200b\ufeff\u2066-\u2069]+")
WIDE = str.maketrans("＜＞＆", "<>&")


@dataclass(frozen=True)
class Arrived:
    """An item after the import. ``form`` is the importer's name for its type.

    Only the key of that form is set. ``chosen`` holds indexes into ``options``; the rest is visible text.
    """

    form: str
    text: str
    points: float
    options: tuple[str, ...] = ()
    chosen: tuple[int, ...] | None = None
    order: tuple[str, ...] | None = None
    typed: tuple[tuple[str, ...], ...] | None = None
    pairs: tuple[tuple[str, str], ...] | None = None

    @property
    def is_marked_by_hand(self):
        return self.chosen is self.order is self.typed is self.pairs is None


def bare(text):
    """Remove invisible characters and the delimiters of mathematics."""
    text = re.sub(r"\\[()\[\]]", "", text) if "\\" in text else text
    return INVISIBLE.sub("", text.translate(WIDE))


def visible(html, files):
    """The visible text of HTML. ``files`` finds a file of the package by its address."""
    root = lxml_html.fragment_fromstring(html, create_parent="div")
    for element in list(root.iter("img", "a", "object")):
        if element.get("class") == "equation_image":
            _instead(element, element.get("data-equation-content"))
        elif element.tag == "img" or element.tag == "object":
            _instead(element, _named(files(element.get("src") or element.get("data"))))
        elif not element.get("href", "").startswith("http"):
            _instead(element, _named(files(element.get("href"))))
    return bare(root.text_content())


def _instead(element, text):
    for child in list(element):
        element.remove(child)
    element.text = text


def _named(data):
    if data is None:
        return "⟦missing⟧"
    return f"⟦{data[5:].decode() if data.startswith(b'file ') else sha256(data).hexdigest()}⟧"


def _package(data):
    with ZipFile(BytesIO(data)) as zipped:
        return {name: zipped.read(name) for name in zipped.namelist()}


def canvas(data):
    package = canvas_classic.read(data)
    assert (package.errors, package.unsupported, package.warnings, package.missing_files) == ((), (), (), ())
    (quiz,) = package.quizzes
    files = _package(data)

    def file(address):
        path = unquote(unquote(address)).partition("$IMS-CC-FILEBASE$")[2].lstrip("/")
        return files.get(path) or files.get(f"web_resources/{path}")

    return [_canvas(question, lambda html: visible(html, file)) for question in quiz.questions]


def _canvas(question, look):
    options = tuple(look(answer.html) if answer.html else bare(answer.text) for answer in question.answers)
    arrived = Arrived(question.type, look(question.text), question.points or 0.0, options)
    match question.type:
        case "multiple_choice_question" | "multiple_answers_question" | "true_false_question":
            return replace(arrived, chosen=_where(answer.weight for answer in question.answers))
        case "short_answer_question":
            return replace(arrived, typed=(options,))
        case "fill_in_multiple_blanks_question":
            names = tuple(dict.fromkeys(answer.blank for answer in question.answers))
            assert all(question.text.count(f"[{name}]") == 1 for name in names)
            texts = [[answer.text for answer in question.answers if answer.blank == name] for name in names]
            return replace(arrived, typed=_bare(texts))
        case "matching_question":
            rights = tuple(map(bare, question.matches))
            if all(answer.text.isdigit() and answer.html is None for answer in question.answers):
                return replace(arrived, options=rights, order=tuple(bare(answer.right) for answer in question.answers))
            pairs = tuple(
                (option, bare(answer.right)) for option, answer in zip(options, question.answers, strict=True)
            )
            return replace(arrived, options=rights, pairs=pairs)
    return arrived


def _where(marks):
    return tuple(place for place, mark in enumerate(marks) if mark)


def _bare(answers):
    return tuple(tuple(map(bare, texts)) for texts in answers)


def moodle(data):
    quiz = moodle_xml.read(data)
    assert quiz.imported, quiz.messages
    return [_moodle(question) for question in quiz.questions if question.qtype != "category"]


def _moodle(question):
    files = {file.name: file.content for file in question.files}
    assert question.missing_files == ()

    def file(address):
        return files.get(unquote(address.rpartition("/")[2]))

    return _in_moodle(question, lambda html: visible(html, file))


def restored(data):
    """The questions that Moodle restores from a cartridge."""
    (quiz,) = moodle_cartridge.read(data).quizzes
    files = _package(data)
    assert not any(question.missing_files for question in quiz.questions)

    def file(address):
        return files.get(unquote(address).removeprefix("$@FILEPHP@$/"))

    return [_in_moodle(question, lambda html: visible(html, file)) for question in quiz.questions]


def _in_moodle(question, look):
    read = bare if question.qtype in {"shortanswer", "numerical"} else look
    options = tuple(read(answer.text) for answer in question.answers)
    arrived = Arrived(question.qtype, look(question.text), question.default_mark, options)
    match question.qtype:
        case "multichoice" | "truefalse":
            return replace(arrived, chosen=_where(answer.fraction > 0 for answer in question.answers))
        case "shortanswer" | "numerical":
            return replace(arrived, typed=_bare([[_pattern(answer.text) for answer in question.answers]]))
        case "multianswer":
            return replace(
                arrived, typed=_bare([[_pattern(answer.text) for answer in gap.answers] for gap in question.cloze])
            )
        case "match":
            pairs = tuple((look(prompt), bare(right)) for prompt, right in question.subquestions)
            filled = tuple(pair for pair in pairs if pair[0])
            return replace(arrived, options=tuple(right for _, right in pairs), pairs=filled)
        case "ordering":
            return replace(arrived, order=options)
    return arrived


def _pattern(text):
    """The literal text of a pattern without wildcards."""
    assert not re.search(r"(?<!\\)\*", text)
    return text.replace("\\*", "*")


def new(data):
    """The items that New Quizzes imports from a package."""
    (quiz,) = new_quizzes.read(data)
    files = _package(data)

    def file(address):
        return files.get(unquote(address.replace("%24", "$")).partition("$IMS-CC-FILEBASE$")[2].lstrip("/"))

    items = []
    for item in quiz.items:
        assert item.error is None
        items.append(_new(item, lambda html: visible(html or "", file)))
    return items


def _new(item, look):
    read = bare if item.kind == "FillBlankInteraction" else look
    options = {answer.ident: read(answer.body or "") for answer in item.answers}
    text = look(item.body or "".join(piece.text for piece in item.stem))
    arrived = Arrived(item.kind, text, float(item.points or 0), tuple(options.values()))
    match item.kind:
        case "ChoiceInteraction":
            return replace(arrived, chosen=tuple(list(options).index(scoring.value) for scoring in item.scoring))
        case "OrderingInteraction":
            return replace(arrived, order=tuple(options[scoring.value] for scoring in item.scoring))
        case "FillBlankInteraction":
            answers = {}
            for scoring in item.scoring:
                answers.setdefault(scoring.parent or scoring.ident, []).append(scoring.value)
            return replace(arrived, typed=_bare(answers.values()))
        case "MatchInteraction":
            prompts = {question.ident: look(question.body) for question in item.questions}
            return replace(arrived, pairs=tuple((prompts[score.ident], look(score.value)) for score in item.scoring))
    return arrived


def qti(data):
    """The items of a QTI 2.1 or 3.0 package."""
    files = _package(data)
    test = etree.fromstring(files["assessment.xml"])
    items = []
    for reference in xml.descendants(test, "assessmentItemRef"):
        path = reference.get("href")
        items.append(_qti(etree.fromstring(files[path]), path, files))
    return items


def _qti(root, path, files):
    references = xml.descendants(root, "assessmentStimulusRef")
    stimuli = [normpath(join(dirname(path), reference.get("href"))) for reference in references]
    texts = [_look(xml.child(etree.fromstring(files[name]), "stimulusBody"), name, files) for name in stimuli]
    item = _item(root, lambda element: _look(element, path, files))
    return replace(item, text="".join([*texts, item.text]))


def _look(element, path, files):
    """The visible text of an element."""

    def file(address):
        return files.get(normpath(join(dirname(path), unquote(address))))

    copy = etree.fromstring(etree.tostring(element))
    for child in list(copy.iter()):
        name = xml.name(child)
        if name == "math":
            _instead(child, "⟪⟫")
        elif name == "rubricBlock":
            _instead(child, "")
        elif name in {"img", "object"}:
            _instead(child, _named(file(child.get("src") or child.get("data"))))
        elif name == "a" and not child.get("href", "").startswith("http"):
            _instead(child, _named(file(child.get("href"))))
    return bare("".join(copy.itertext()))


def _item(root, look):
    body = xml.child(root, "itemBody")
    form = "+".join(sorted({xml.name(element) for element in body.iter() if xml.name(element).endswith("Interaction")}))
    choices = {choice.get("identifier"): look(choice) for choice in xml.descendants(body, *CHOICES)}
    scores = [
        declaration
        for declaration in xml.children(root, "outcomeDeclaration")
        if declaration.get("identifier") == "SCORE"
    ]
    points = float(xml.get(scores[0], "normalMaximum") or 0) if scores else 0.0
    arrived = Arrived(form, look(body), points, tuple(choices.values()))
    declared = list(xml.children(root, "responseDeclaration"))
    right = [
        value.text
        for declaration in declared
        if (correct := xml.child(declaration, "correctResponse")) is not None
        for value in xml.descendants(correct, "value")
    ]
    match form:
        case _ if not right:
            return arrived
        case "choiceInteraction":
            return replace(arrived, chosen=tuple(list(choices).index(ident) for ident in right))
        case "orderInteraction":
            return replace(arrived, order=tuple(choices[ident] for ident in right))
        case "matchInteraction":
            return replace(arrived, pairs=tuple(tuple(choices[side] for side in pair.split()) for pair in right))
        case "textEntryInteraction":
            return replace(arrived, typed=_bare(map(_accepted, declared)))
    return arrived


CHOICES = ("simpleChoice", "simpleAssociableChoice")


def _accepted(declared):
    """All texts that earn full points, the correct response first; spaces around a mapped text make no other answer."""
    correct = [value.text for value in xml.descendants(xml.child(declared, "correctResponse"), "value")]
    entries = [
        (xml.get(entry, "mapKey").strip(), xml.get(entry, "mappedValue"))
        for entry in xml.descendants(declared, "mapEntry")
    ]
    most = max((float(value) for _, value in entries), default=0.0)
    return dict.fromkeys(correct + [key for key, value in entries if float(value) == most])


ARRIVE = {
    "canvas-qti": (canvas, new),
    "moodle-xml": (moodle,),
    "common-cartridge": (restored, canvas),
    "qti21": (qti,),
    "qti30": (qti,),
}
