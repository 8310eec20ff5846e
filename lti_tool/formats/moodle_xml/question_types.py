"""What each of Moodle's question types has beside its text."""

from __future__ import annotations

from collections.abc import Sequence

from lti_tool.exam.model import (
    Choice,
    DateYear,
    Exam,
    Formula,
    LongText,
    Matching,
    Ordering,
    Question,
    ShortText,
    TrueFalse,
    Upload,
    VoiceRecording,
)
from lti_tool.exam.richtext import Element, Node, Text
from lti_tool.formats.moodle_xml.cloze import literal
from lti_tool.formats.moodle_xml.elements import COMBINED_FEEDBACK, Texts, answer, cdata, flag, html, named
from lti_tool.formats.moodle_xml.fractions import ALL, NONE, WRONG, shares
from lti_tool.formats.planning.dropdowns import Dropdown
from lti_tool.formats.planning.grading_notes import grading_notes
from lti_tool.formats.planning.options import directed_nodes, option_nodes
from lti_tool.formats.planning.plain_labels import plain_label
from lti_tool.formats.planning.plan import ItemKind, Plan
from lti_tool.formats.planning.stem import to_blocks, with_direction
from lti_tool.formats.writing.phrases import phrase

_NO_UNITS = (
    "<unitgradingtype>0</unitgradingtype><unitpenalty>0.1</unitpenalty><showunits>3</showunits><unitsleft>0</unitsleft>"
)


class Bodies:
    """Writes for one exam."""

    def __init__(self, exam: Exam, texts: Texts) -> None:
        self._exam, self._texts = exam, texts

    def choice(self, question: Choice) -> str:
        """Return a multichoice question's options and what each earns."""
        fractions = _fractions(question)
        options = (
            answer(fraction, self._texts.of(option_nodes(question, index, self._exam)))
            for index, fraction in enumerate(fractions)
        )
        return (
            f"{flag('single', on=not question.multiple)}{flag('shuffleanswers', on=question.shuffle)}"
            "<answernumbering>abc</answernumbering><showstandardinstruction>1</showstandardinstruction>"
            f"{COMBINED_FEEDBACK}<shownumcorrect/>{''.join(options)}"
        )

    def true_false(self, question: TrueFalse) -> str:
        """Return the two answers; Moodle shows them in the language of the site."""
        right = "true" if question.correct else "false"
        return "".join(
            answer(ALL if word == right else NONE, cdata(word), html_text=False) for word in ("true", "false")
        )

    def short_answer(self, accepted: tuple[str, ...], *, ignore_case: bool = True) -> str:
        """Return the accepted texts."""
        texts = (answer(ALL, cdata(literal(text)), html_text=False) for text in accepted)
        return f"<usecase>{0 if ignore_case else 1}</usecase>{''.join(texts)}"

    def year(self, question: DateYear) -> str:
        """Return a number without tolerance, so that leading zeros make no difference."""
        number = str(int(question.correct or "0"))
        return answer(ALL, cdata(number), "<tolerance>0</tolerance>", html_text=False) + _NO_UNITS

    def matching(self, question: Matching) -> str:
        """Return the pairs, then what belongs to nothing. Moodle puts right sides that read the same together."""
        names = [plain_label(text) or "" for text in question.right]
        pairs = question.pairs or ()
        parts = [self._pair(self._texts.of(directed_nodes(question.left[a], self._exam)), names[b]) for a, b in pairs]
        used = {names[b] for _, b in pairs}
        parts += [self._pair(cdata(""), name) for name in dict.fromkeys(names) if name not in used]
        return f"{flag('shuffleanswers', on=question.shuffle)}{COMBINED_FEEDBACK}<shownumcorrect/>{''.join(parts)}"

    def ordering(self, question: Ordering) -> str:
        """Return the items in their right order; all or nothing, as Examplary marks."""
        items = (
            answer(str(place), self._texts.of(directed_nodes(option, self._exam)))
            for place, option in enumerate(question.options, 1)
        )
        return (
            "<layouttype>VERTICAL</layouttype><selecttype>ALL</selecttype><selectcount>0</selectcount>"
            "<gradingtype>ALL_OR_NOTHING</gradingtype><showgrading>SHOW</showgrading>"
            f"<numberingstyle>none</numberingstyle>{COMBINED_FEEDBACK}<shownumcorrect>1</shownumcorrect>{''.join(items)}"
        )

    def menus(self, found: Sequence[Dropdown]) -> str:
        """Return the words of a gapselect question, in the order in which ``[[1]]``, ``[[2]]`` name them."""
        words = (
            f"<selectoption>{cdata(named(name))}<group>{group}</group></selectoption>"
            for name, group in words_of(found)
        )
        return f"<shuffleanswers>0</shuffleanswers>{COMBINED_FEEDBACK}<shownumcorrect/>{''.join(words)}"

    def essay(self, found: Plan) -> str:
        """Return an essay: how students answer, and what the graders should know."""
        question = found.question
        return (
            f"{_response(question, found.kind)}{html('graderinfo', self._texts.of(self._notes(question)))}"
            '<responsetemplate format="html"><text></text></responsetemplate>'
        )

    def _pair(self, content: str, name: str) -> str:
        return html("subquestion", f"{content}<answer>{cdata(name)}</answer>")

    def _notes(self, question: Question) -> tuple[Node, ...]:
        """Return the notes for graders; the model answer with its pictures and formulas."""
        model = question.rubric.model_answer
        lines = grading_notes(question, self._exam.language, model_answer=False).splitlines()
        found: list[Node] = [_paragraph(line) for line in lines]
        if not model.is_empty:
            heading = Element("strong", (), (Text(phrase("model_answer", self._exam.language)),))
            found += [Element("p", (), (heading,)), *to_blocks(model)]
        return tuple([with_direction(block, self._exam) for block in found])


def words_of(found: Sequence[Dropdown]) -> list[tuple[str, int]]:
    """Return every word of the menus with its group: names of parts, and words that may be the finite verb."""
    return list(dict.fromkeys((name, 1 if menu.words else 2) for menu in found for name in menu.options))


def _paragraph(text: str) -> Element:
    return Element("p", (), (Text(text),))


def _fractions(question: Choice) -> list[str]:
    right = question.correct or ()
    parts = dict(zip(right, shares(len(right)), strict=True)) if right else {}
    wrong = WRONG if question.multiple else NONE
    return [parts.get(index, wrong) for index in range(len(question.options))]


def _response(question: Question, form: ItemKind) -> str:
    match question:
        case Upload(extensions=extensions) if form is ItemKind.UPLOAD:
            return _settings("noinline", 10, required=0, files=1, files_required=1) + _types(extensions)
        case VoiceRecording():
            return _settings("editorfilepicker", 10, required=0, files=1, files_required=0) + _types(())
        case LongText(min_words=least, max_words=most):
            limits = f"<minwordlimit>{least}</minwordlimit>" if least else ""
            limits += f"<maxwordlimit>{most}</maxwordlimit>" if most else ""
            return _settings("editor", 15) + limits + _types(())
        case ShortText() | DateYear() | TrueFalse():
            return _settings("plain", 2) + _types(())
        case Formula():
            return _settings("editor", 5) + _types(())
    return _settings("editor", 15) + _types(())


def _settings(form: str, lines: int, *, required: int = 1, files: int = 0, files_required: int = 0) -> str:
    return (
        f"<responseformat>{form}</responseformat><responserequired>{required}</responserequired>"
        f"<responsefieldlines>{lines}</responsefieldlines><attachments>{files}</attachments>"
        f"<attachmentsrequired>{files_required}</attachmentsrequired><maxbytes>0</maxbytes>"
    )


def _types(extensions: tuple[str, ...]) -> str:
    return f"<filetypeslist>{','.join(f'.{one}' for one in extensions)}</filetypeslist>"
