"""The elements of each of Moodle's question types, beside the question's text."""

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
from lti_tool.exam.richtext import Element, Node
from lti_tool.formats.moodle_xml.cloze import escape_wildcards
from lti_tool.formats.moodle_xml.elements import COMBINED_FEEDBACK, TextElements, answer, cdata, flag, html, plain_name
from lti_tool.formats.moodle_xml.fractions import ALL, NONE, WRONG, shares
from lti_tool.formats.planning.dropdowns import Dropdown
from lti_tool.formats.planning.grading_notes import grading_notes
from lti_tool.formats.planning.options import directed_nodes, option_nodes
from lti_tool.formats.planning.plain_labels import plain_label
from lti_tool.formats.planning.plan import ItemKind, Plan
from lti_tool.formats.planning.stem import to_blocks, with_direction
from lti_tool.formats.text.phrases import phrase

_NO_UNITS = (
    "<unitgradingtype>0</unitgradingtype><unitpenalty>0.1</unitpenalty><showunits>3</showunits><unitsleft>0</unitsleft>"
)


class QuestionBodies:
    """The elements of one question."""

    def __init__(self, exam: Exam, texts: TextElements) -> None:
        self._exam = exam
        self._texts = texts

    def choice(self, question: Choice) -> str:
        """Return the options of a multiple choice question with their fractions."""
        fractions = _fractions(question)
        options = (
            answer(fraction, self._texts.text(option_nodes(question, index, self._exam)))
            for index, fraction in enumerate(fractions)
        )
        return (
            f"{flag('single', on=not question.multiple)}{flag('shuffleanswers', on=question.shuffle)}"
            "<answernumbering>abc</answernumbering><showstandardinstruction>1</showstandardinstruction>"
            f"{COMBINED_FEEDBACK}<shownumcorrect/>{''.join(options)}"
        )

    def true_false(self, question: TrueFalse) -> str:
        """Return the two answers; Moodle shows them in the language of the site."""
        correct = "true" if question.correct else "false"
        return "".join(
            answer(ALL if word == correct else NONE, cdata(word), html_text=False) for word in ("true", "false")
        )

    def short_answer(self, accepted: tuple[str, ...], *, ignore_case: bool = True) -> str:
        """Return the accepted texts."""
        texts = (answer(ALL, cdata(escape_wildcards(text)), html_text=False) for text in accepted)
        return f"<usecase>{0 if ignore_case else 1}</usecase>{''.join(texts)}"

    def year(self, question: DateYear) -> str:
        """Return a number without tolerance: leading zeros make no difference."""
        number = str(int(question.correct or "0"))
        return answer(ALL, cdata(number), "<tolerance>0</tolerance>", html_text=False) + _NO_UNITS

    def matching(self, question: Matching) -> str:
        """Return the pairs, then the distractors. Moodle merges right sides with the same text."""
        labels = [plain_label(text) or "" for text in question.right]
        pairs = question.pairs or ()
        subquestions = [
            _subquestion(self._texts.text(directed_nodes(question.left[left], self._exam)), labels[right])
            for left, right in pairs
        ]
        matched = {labels[right] for _, right in pairs}
        subquestions += [_subquestion(cdata(""), label) for label in dict.fromkeys(labels) if label not in matched]
        shuffle = flag("shuffleanswers", on=question.shuffle)
        return f"{shuffle}{COMBINED_FEEDBACK}<shownumcorrect/>{''.join(subquestions)}"

    def ordering(self, question: Ordering) -> str:
        """Return the items in the correct order; all points or none, as in Examplary."""
        items = (
            answer(str(place), self._texts.text(directed_nodes(option, self._exam)))
            for place, option in enumerate(question.options, 1)
        )
        return (
            "<layouttype>VERTICAL</layouttype><selecttype>ALL</selecttype><selectcount>0</selectcount>"
            "<gradingtype>ALL_OR_NOTHING</gradingtype><showgrading>SHOW</showgrading>"
            f"<numberingstyle>none</numberingstyle>{COMBINED_FEEDBACK}<shownumcorrect>1</shownumcorrect>{''.join(items)}"
        )

    def dropdowns(self, dropdowns: Sequence[Dropdown]) -> str:
        """Return the choices of a gapselect question, in the order in which ``[[1]]``, ``[[2]]`` refer to them."""
        words = (
            f"<selectoption>{cdata(plain_name(choice))}<group>{group}</group></selectoption>"
            for choice, group in grouped_choices(dropdowns)
        )
        return f"<shuffleanswers>0</shuffleanswers>{COMBINED_FEEDBACK}<shownumcorrect/>{''.join(words)}"

    def essay(self, plan: Plan) -> str:
        """Return the response settings of an essay, and the information for graders."""
        question = plan.question
        return (
            f"{_response(question, plan.kind)}{html('graderinfo', self._texts.text(self._notes(question)))}"
            '<responsetemplate format="html"><text></text></responsetemplate>'
        )

    def _notes(self, question: Question) -> tuple[Node, ...]:
        """Return the notes for graders; the model answer with its pictures and formulas."""
        model_answer = question.rubric.model_answer
        lines = grading_notes(question, self._exam.language, model_answer=False).splitlines()
        blocks: list[Node] = [_paragraph(line) for line in lines]
        if not model_answer.is_empty:
            heading = Element("strong", (), (phrase("model_answer", self._exam.language),))
            blocks += [Element("p", (), (heading,)), *to_blocks(model_answer)]
        return tuple([with_direction(block, self._exam) for block in blocks])


def grouped_choices(dropdowns: Sequence[Dropdown]) -> list[tuple[str, int]]:
    """Return every choice of the dropdowns with its group, each once."""
    return list(
        dict.fromkeys((choice, choice_group(dropdown)) for dropdown in dropdowns for choice in dropdown.options)
    )


def choice_group(dropdown: Dropdown) -> int:
    """Return the group of a dropdown's choices: 1 for names of parts, 2 for words that may be the finite verb."""
    return 1 if dropdown.words else 2


def _subquestion(content: str, label: str) -> str:
    return html("subquestion", f"{content}<answer>{cdata(label)}</answer>")


def _paragraph(text: str) -> Element:
    return Element("p", (), (text,))


def _fractions(question: Choice) -> list[str]:
    correct = question.correct or ()
    fractions = dict(zip(correct, shares(len(correct)), strict=True)) if correct else {}
    wrong = WRONG if question.multiple else NONE
    return [fractions.get(index, wrong) for index in range(len(question.options))]


def _response(question: Question, kind: ItemKind) -> str:
    match question:
        case Upload(extensions=extensions) if kind is ItemKind.UPLOAD:
            return _settings("noinline", 10, required=0, files=1, files_required=1) + _types(extensions)
        case VoiceRecording():
            return _settings("editorfilepicker", 10, required=0, files=1, files_required=0) + _types(())
        case LongText(min_words=min_words, max_words=max_words):
            limits = f"<minwordlimit>{min_words}</minwordlimit>" if min_words else ""
            limits += f"<maxwordlimit>{max_words}</maxwordlimit>" if max_words else ""
            return _settings("editor", 15) + limits + _types(())
        case ShortText() | DateYear() | TrueFalse():
            return _settings("plain", 2) + _types(())
        case Formula():
            return _settings("editor", 5) + _types(())
    return _settings("editor", 15) + _types(())


def _settings(response_format: str, lines: int, *, required: int = 1, files: int = 0, files_required: int = 0) -> str:
    return (
        f"<responseformat>{response_format}</responseformat><responserequired>{required}</responserequired>"
        f"<responsefieldlines>{lines}</responsefieldlines><attachments>{files}</attachments>"
        f"<attachmentsrequired>{files_required}</attachmentsrequired><maxbytes>0</maxbytes>"
    )


def _types(extensions: tuple[str, ...]) -> str:
    return f"<filetypeslist>{','.join(f'.{extension}' for extension in extensions)}</filetypeslist>"
