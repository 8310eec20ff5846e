"""One reader for each question type of Moodle XML (question/format/xml and the qtypes' own import methods)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from lxml import etree

from sandbox.importers import safe_xml
from sandbox.importers.moodle_cloze import read_cloze
from sandbox.importers.moodle_correct_response import RIGHT
from sandbox.importers.moodle_model import MoodleAnswer, MoodleQuestion
from sandbox.importers.qti12 import number

COMBINED = ("correctfeedback", "partiallycorrectfeedback", "incorrectfeedback")
LAYOUTS = {"VERTICAL": "0", "HORIZONTAL": "1"}
SELECTIONS = {"ALL": "0", "RANDOM": "1", "CONTIGUOUS": "2"}
GRADINGS = {
    "ALL_OR_NOTHING": "-1",
    "ABSOLUTE_POSITION": "0",
    "RELATIVE_NEXT_EXCLUDE_LAST": "1",
    "RELATIVE_NEXT_INCLUDE_LAST": "2",
    "RELATIVE_ONE_PREVIOUS_AND_NEXT": "3",
    "RELATIVE_ALL_PREVIOUS_AND_NEXT": "4",
    "LONGEST_ORDERED_SUBSET": "5",
    "LONGEST_CONTIGUOUS_SUBSET": "6",
    "RELATIVE_TO_CORRECT": "7",
}
ESSAY_DEFAULTS = {
    "responseformat": "editor",
    "responserequired": "1",
    "responsefieldlines": "15",
    "minwordlimit": "",
    "maxwordlimit": "",
    "attachments": "0",
    "attachmentsrequired": "0",
    "filetypeslist": "",
}


class QuestionRefused(Exception):
    """Moodle cannot read this question; the message is Moodle's own."""


def float_of(element: etree._Element, name: str, default: float) -> float:
    """A number in a child element, or the default."""
    value = number(safe_xml.text_of(safe_xml.child(element, name)).strip())
    return default if value is None else value


def text_in(element: etree._Element | None, *path: str) -> str:
    """The ``text`` under a path of children."""
    return safe_xml.text_of(safe_xml.child(element, *path, "text")).strip()


def value_of(element: etree._Element, name: str, default: str = "") -> str:
    """The text of a child element, or the default if there is no such child."""
    value = safe_xml.child(element, name)
    return default if value is None else safe_xml.text_of(value).strip()


def _flag(text: str) -> str:
    return "1" if text.lower() in ("true", "1", "yes") else "0"


def _answers(element: etree._Element) -> tuple[MoodleAnswer, ...]:
    return tuple(
        MoodleAnswer(
            text_in(answer),
            round((number(safe_xml.attribute(answer, "fraction", "0")) or 0.0) / 100, 7),
            text_in(answer, "feedback"),
        )
        for answer in safe_xml.children(element, "answer")
    )


def _combined(element: etree._Element) -> dict[str, str]:
    return {name: text_in(element, name) for name in COMBINED}


def _description(base: MoodleQuestion, _element: etree._Element) -> MoodleQuestion:
    return replace(base, default_mark=0.0, penalty=0.0)


def _multichoice(base: MoodleQuestion, element: etree._Element) -> MoodleQuestion:
    options = {
        "single": _flag(value_of(element, "single", "true")),
        "shuffleanswers": _flag(value_of(element, "shuffleanswers")),
        "answernumbering": value_of(element, "answernumbering", "abc"),
        "showstandardinstruction": value_of(element, "showstandardinstruction", "1"),
    }
    return replace(base, answers=_answers(element), options=options | _combined(element))


def _truefalse(base: MoodleQuestion, element: etree._Element) -> MoodleQuestion:
    answer_by_word = {answer.text.lower(): answer for answer in _answers(element)}
    answers = tuple(
        replace(answer_by_word.get(word, MoodleAnswer(word, 0.0)), text=word.capitalize()) for word in ("true", "false")
    )
    options = {"showstandardinstruction": value_of(element, "showstandardinstruction", "0")}
    return replace(base, penalty=1.0, answers=answers, options=options)


def _shortanswer(base: MoodleQuestion, element: etree._Element) -> MoodleQuestion:
    options = {"usecase": _flag(value_of(element, "usecase"))}
    return replace(base, answers=_answers(element), options=options)


def _numerical(base: MoodleQuestion, element: etree._Element) -> MoodleQuestion:
    tolerances = [value_of(answer, "tolerance", "0") for answer in safe_xml.children(element, "answer")]
    pairs = zip(_answers(element), tolerances, strict=True)
    options = {
        "unitgradingtype": value_of(element, "unitgradingtype", "0"),
        "showunits": value_of(element, "showunits", "3"),
    }
    answers = tuple(replace(answer, tolerance=tolerance) for answer, tolerance in pairs)
    return replace(base, answers=answers, options=options)


def _essay(base: MoodleQuestion, element: etree._Element) -> MoodleQuestion:
    options = {name: value_of(element, name, default) for name, default in ESSAY_DEFAULTS.items()}
    notes = {name: text_in(element, name) for name in ("graderinfo", "responsetemplate")}
    return replace(base, options=options | notes)


def _matching(base: MoodleQuestion, element: etree._Element) -> MoodleQuestion:
    subquestions = safe_xml.children(element, "subquestion")
    pairs = tuple((text_in(subquestion), text_in(subquestion, "answer")) for subquestion in subquestions)
    options = {"shuffleanswers": _flag(value_of(element, "shuffleanswers"))}
    return replace(base, qtype="match", subquestions=pairs, options=options | _combined(element))


def _ordering(base: MoodleQuestion, element: etree._Element) -> MoodleQuestion:
    answers = tuple(replace(answer, fraction=float(place)) for place, answer in enumerate(_answers(element), 1))
    options = {
        "layouttype": LAYOUTS.get(value_of(element, "layouttype"), "0"),
        "selecttype": SELECTIONS.get(value_of(element, "selecttype"), "0"),
        "gradingtype": GRADINGS.get(value_of(element, "gradingtype"), "0"),
    }
    return replace(base, answers=answers, options=options | _combined(element))


def _gaps(base: MoodleQuestion, element: etree._Element) -> MoodleQuestion:
    words = safe_xml.descendants(element, "selectoption", "dragbox")
    answers = tuple(MoodleAnswer(text_in(word), 0.0, group=value_of(word, "group", "1")) for word in words)
    return replace(base, answers=answers, options=_shuffle_setting(element) | _combined(element))


def _shuffle_setting(element: etree._Element) -> dict[str, str]:
    # In the types with words or markers to drag, an empty <shuffleanswers/> means yes.
    setting = safe_xml.child(element, "shuffleanswers")
    text = safe_xml.text_of(setting).strip()
    return {"shuffleanswers": "0" if setting is None else _flag(text or "1")}


def _cloze(base: MoodleQuestion, _element: etree._Element) -> MoodleQuestion:
    text, gaps = read_cloze(base.text)
    complaint = ""
    if not gaps:
        complaint = "The question text must contain at least one embedded answer."
    elif any(max((answer.fraction for answer in gap.answers), default=0.0) < RIGHT for gap in gaps):
        complaint = "One of the answers should have a score of 100% so that it is possible to get full marks."
    if complaint:
        raise QuestionRefused(f"Invalid embedded answers (Cloze) question ({complaint}).")
    mark = sum(gap.mark for gap in gaps)
    return replace(base, qtype="multianswer", text=text, default_mark=mark, cloze=gaps)


def _ddmarker(base: MoodleQuestion, element: etree._Element) -> MoodleQuestion:
    markers = {
        value_of(marker, "no"): safe_xml.text_of(safe_xml.child(marker, "text")).strip()
        for marker in safe_xml.children(element, "drag")
    }
    zones = tuple(
        (f"{value_of(zone, 'shape')} {value_of(zone, 'coords')}", markers.get(value_of(zone, "choice"), ""))
        for zone in safe_xml.children(element, "drop")
    )
    return replace(base, subquestions=zones, options=_shuffle_setting(element) | _combined(element))


READERS: dict[str, Callable[[MoodleQuestion, etree._Element], MoodleQuestion]] = {
    "description": _description,
    "multichoice": _multichoice,
    "truefalse": _truefalse,
    "shortanswer": _shortanswer,
    "numerical": _numerical,
    "essay": _essay,
    "matching": _matching,
    "match": _matching,
    "ordering": _ordering,
    "gapselect": _gaps,
    "ddwtos": _gaps,
    "cloze": _cloze,
    "multianswer": _cloze,
    "ddmarker": _ddmarker,
}
