"""What arrives of one question, as a student sees it and as the system marks it, read from each format's package."""

import re
from dataclasses import dataclass, replace
from io import BytesIO
from posixpath import dirname, join, normpath
from urllib.parse import unquote
from zipfile import ZipFile

from lxml import etree
from lxml import html as lxml_html

from lti_tool.formats.check import xml as read
from sandbox.importers import canvas_classic, moodle_cartridge, moodle_xml, new_quizzes

INVISIBLE = re.compile(r"[\s\u2060\u200b\ufeff\u2066-\u2069]+")
WIDE = str.maketrans("＜＞＆", "<>&")


@dataclass(frozen=True)
class Arrived:
    """One item. ``form`` is the importer's own word; of what is right only that is set which the form has.

    ``chosen`` are places in ``options``; all else are texts as they are seen.
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
    """A text without what is not seen, and without what stands around mathematics."""
    text = re.sub(r"\\[()\[\]]", "", text) if "\\" in text else text
    text = text.replace("\\lt", "<").replace("\\gt", ">")
    return INVISIBLE.sub("", text.translate(WIDE))


def seen(html, files):
    """HTML as it is seen. ``files`` finds a file of the package by its address."""
    root = lxml_html.fragment_fromstring(html, create_parent="div")
    for one in list(root.iter("img", "a", "object")):
        if one.get("class") == "equation_image":
            _instead(one, one.get("data-equation-content"))
        elif one.tag == "img" or one.tag == "object":
            _instead(one, _named(files(one.get("src") or one.get("data"))))
        elif not one.get("href", "").startswith("http"):
            _instead(one, _named(files(one.get("href"))))
    return bare(root.text_content())


def _instead(element, text):
    for child in list(element):
        element.remove(child)
    element.text = text


def _named(data):
    return "⟦missing⟧" if data is None else f"⟦{data.decode().removeprefix('file ')}⟧"


def _package(data):
    with ZipFile(BytesIO(data)) as zipped:
        return {name: zipped.read(name) for name in zipped.namelist()}


def canvas(data):
    found = canvas_classic.read(data)
    assert (found.errors, found.unsupported, found.warnings, found.missing_files) == ((), (), (), ())
    (quiz,) = found.quizzes
    held = _package(data)

    def file(address):
        path = unquote(unquote(address)).partition("$IMS-CC-FILEBASE$")[2].lstrip("/")
        return held.get(path) or held.get(f"web_resources/{path}")

    return [_canvas(one, lambda html: seen(html, file)) for one in quiz.questions]


def _canvas(one, look):
    options = tuple(look(answer.html) if answer.html else bare(answer.text) for answer in one.answers)
    arrived = Arrived(one.type, look(one.text), one.points or 0.0, options)
    match one.type:
        case "multiple_choice_question" | "multiple_answers_question" | "true_false_question":
            return replace(arrived, chosen=_where(answer.weight for answer in one.answers))
        case "short_answer_question":
            return replace(arrived, typed=(options,))
        case "fill_in_multiple_blanks_question":
            names = tuple(dict.fromkeys(answer.blank for answer in one.answers))
            assert all(one.text.count(f"[{name}]") == 1 for name in names)
            found = [[answer.text for answer in one.answers if answer.blank == name] for name in names]
            return replace(arrived, typed=_bare(found))
        case "matching_question":
            rights = tuple(map(bare, one.matches))
            if all(answer.text.isdigit() and answer.html is None for answer in one.answers):
                return replace(arrived, options=rights, order=tuple(bare(answer.right) for answer in one.answers))
            pairs = tuple((left, bare(answer.right)) for left, answer in zip(options, one.answers, strict=True))
            return replace(arrived, options=rights, pairs=pairs)
    return arrived


def _where(marks):
    return tuple(place for place, mark in enumerate(marks) if mark)


def _bare(found):
    return tuple(tuple(map(bare, texts)) for texts in found)


def moodle(data):
    found = moodle_xml.read(data)
    assert found.imported, found.messages
    return [_moodle(one) for one in found.questions if one.qtype != "category"]


def _moodle(one):
    held = {file.name: file.content for file in one.files}
    assert one.missing_files == ()

    def file(address):
        return held.get(unquote(address.rpartition("/")[2]))

    return _in_moodle(one, lambda html: seen(html, file))


def restored(data):
    """What Moodle restores of a cartridge."""
    (quiz,) = moodle_cartridge.read(data).quizzes
    held = _package(data)
    assert not any(one.missing_files for one in quiz.questions)

    def file(address):
        return held.get(unquote(address).removeprefix("$@FILEPHP@$/"))

    return [_in_moodle(one, lambda html: seen(html, file)) for one in quiz.questions]


def _in_moodle(one, look):
    options = tuple(look(answer.text) for answer in one.answers)
    arrived = Arrived(one.qtype, look(one.text), one.default_mark, options)
    match one.qtype:
        case "multichoice" | "truefalse":
            return replace(arrived, chosen=_where(answer.fraction > 0 for answer in one.answers))
        case "shortanswer" | "numerical":
            return replace(arrived, typed=_bare([[_pattern(answer.text) for answer in one.answers]]))
        case "multianswer":
            return replace(
                arrived, typed=_bare([[_pattern(answer.text) for answer in gap.answers] for gap in one.cloze])
            )
        case "match":
            pairs = tuple((look(left), bare(right)) for left, right in one.subquestions)
            found = tuple(pair for pair in pairs if pair[0])
            return replace(arrived, options=tuple(right for _, right in pairs), pairs=found)
        case "ordering":
            return replace(arrived, order=options)
    return arrived


def _pattern(text):
    """What a pattern without signs that stand for others means."""
    assert not re.search(r"(?<!\\)\*", text)
    return text.replace("\\*", "*")


def new(data):
    """What New Quizzes' reader makes of a package."""
    (quiz,) = new_quizzes.read(data)
    held = _package(data)

    def file(address):
        return held.get(unquote(address.replace("%24", "$")).partition("$IMS-CC-FILEBASE$")[2].lstrip("/"))

    found = []
    for one in quiz.items:
        assert one.error is None
        found.append(_new(one, lambda html: seen(html or "", file)))
    return found


def _new(one, look):
    options = {answer.ident: look(answer.body) for answer in one.answers}
    text = look(one.body or "".join(piece.text for piece in one.stem))
    arrived = Arrived(one.kind, text, float(one.points or 0), tuple(options.values()))
    match one.kind:
        case "ChoiceInteraction":
            return replace(arrived, chosen=tuple(list(options).index(scoring.value) for scoring in one.scoring))
        case "OrderingInteraction":
            return replace(arrived, order=tuple(options[scoring.value] for scoring in one.scoring))
        case "FillBlankInteraction":
            found = {}
            for scoring in one.scoring:
                found.setdefault(scoring.parent or scoring.ident, []).append(scoring.value)
            return replace(arrived, typed=_bare(found.values()))
        case "MatchInteraction":
            left = {question.ident: look(question.body) for question in one.questions}
            return replace(arrived, pairs=tuple((left[score.ident], look(score.value)) for score in one.scoring))
    return arrived


def qti(data):
    """What stands in a package of QTI 2.1 or 3.0."""
    held = _package(data)
    test = etree.fromstring(held["assessment.xml"])
    found = []
    for reference in read.descendants(test, "assessmentItemRef"):
        path = reference.get("href")
        found.append(_qti(etree.fromstring(held[path]), path, held))
    return found


def _qti(root, path, held):
    beside = [normpath(join(dirname(path), one.get("href"))) for one in read.descendants(root, "assessmentStimulusRef")]
    texts = [_look(read.child(etree.fromstring(held[one]), "stimulusBody"), one, held) for one in beside]
    item = _item(root, lambda element: _look(element, path, held))
    return replace(item, text="".join([*texts, item.text]))


def _look(element, path, held):
    """An element as it is seen."""

    def file(address):
        return held.get(normpath(join(dirname(path), unquote(address))))

    copy = etree.fromstring(etree.tostring(element))
    for one in list(copy.iter()):
        name = read.name(one)
        if name == "math":
            _instead(one, "⟪⟫")
        elif name == "rubricBlock":
            _instead(one, "")
        elif name in {"img", "object"}:
            _instead(one, _named(file(one.get("src") or one.get("data"))))
        elif name == "a" and not one.get("href", "").startswith("http"):
            _instead(one, _named(file(one.get("href"))))
    return bare("".join(copy.itertext()))


def _item(root, look):
    body = read.child(root, "itemBody")
    form = "+".join(sorted({read.name(one) for one in body.iter() if read.name(one).endswith("Interaction")}))
    choices = {one.get("identifier"): look(one) for one in read.descendants(body, *CHOICES)}
    scores = [one for one in read.children(root, "outcomeDeclaration") if one.get("identifier") == "SCORE"]
    points = float(read.get(scores[0], "normalMaximum")) if scores else 0.0
    arrived = Arrived(form, look(body), points, tuple(choices.values()))
    declared = list(read.children(root, "responseDeclaration"))
    right = [
        value.text
        for one in declared
        if (correct := read.child(one, "correctResponse")) is not None
        for value in read.descendants(correct, "value")
    ]
    match form:
        case _ if not right:
            return arrived
        case "choiceInteraction":
            return replace(arrived, chosen=tuple(list(choices).index(one) for one in right))
        case "orderInteraction":
            return replace(arrived, order=tuple(choices[one] for one in right))
        case "matchInteraction":
            return replace(arrived, pairs=tuple(tuple(choices[side] for side in one.split()) for one in right))
        case "textEntryInteraction":
            return replace(arrived, typed=_bare(map(_accepted, declared)))
    return arrived


CHOICES = ("simpleChoice", "simpleAssociableChoice")


def _accepted(declared):
    """All texts that earn all points, the one that is shown as right first."""
    shown = [value.text for value in read.descendants(read.child(declared, "correctResponse"), "value")]
    entries = [
        (read.get(one, "mapKey"), read.get(one, "mappedValue")) for one in read.descendants(declared, "mapEntry")
    ]
    most = max((float(value) for _, value in entries), default=0.0)
    return dict.fromkeys(shown + [key for key, value in entries if float(value) == most])


ARRIVE = {
    "canvas-qti": (canvas, new),
    "moodle-xml": (moodle,),
    "common-cartridge": (restored, canvas),
    "qti21": (qti,),
    "qti30": (qti,),
}
