"""The key of a question, for teachers: the answers by the letters that students see, and how to mark."""

from __future__ import annotations

from collections.abc import Iterator

from lti_tool import exam as exams
from lti_tool.exam import RichText
from lti_tool.exam.value import value
from lti_tool.formats.paper.student import in_neutral_order
from lti_tool.formats.planning.options import option_letter
from lti_tool.formats.text.phrases import phrase


@value
class KeyLine:
    """One line of a key: a label, such as a letter or a criterion, and the answer, or how to mark it."""

    label: str
    text: RichText
    is_marking: bool = False


def key_lines(question: exams.Question, language: str | None) -> tuple[KeyLine, ...]:
    """Return the key, the model answer and the criteria; nothing where the exam has none."""
    return (*_answers(question, language), *_marking(question, language))


def _answers(question: exams.Question, language: str | None) -> Iterator[KeyLine]:
    match question:
        case exams.Choice():
            for index in question.correct or ():
                yield KeyLine(option_letter(index), question.options[index])
        case exams.TrueFalse() if question.correct is not None:
            name = "true" if question.correct else "false"
            yield _plain(option_letter(0 if question.correct else 1), phrase(name, language))
        case exams.ShortText() if question.accepted:
            yield _plain("", " / ".join(question.accepted))
        case exams.DateYear() if question.correct is not None:
            yield _plain("", question.correct)
        case exams.Ordering() if question.keyed:
            yield from _order(question)
        case exams.FillInBlank():
            for number, accepted in enumerate(question.answers or (), 1):
                yield _plain(str(number), " / ".join(accepted))
        case exams.Matching():
            yield from _pairs(question)
        case exams.SentenceAnalysis():
            for words, name in question.segments:
                yield _plain(words, name)
            if question.finite_verb:
                yield _plain(phrase("finite_verb", language), question.finite_verb)


def _plain(label: str, text: str) -> KeyLine:
    return KeyLine(label, RichText.plain(text))


def _order(question: exams.Ordering) -> Iterator[KeyLine]:
    order = in_neutral_order(question.id, question.options)
    for number, option in enumerate(question.options):
        yield KeyLine(f"{number + 1}. {option_letter(order.index(number))}", option)


def _pairs(question: exams.Matching) -> Iterator[KeyLine]:
    order = in_neutral_order(question.id, question.right)
    for left, right in question.pairs or ():
        yield KeyLine(f"{left + 1}. {option_letter(order.index(right))}", question.right[right])


def _marking(question: exams.Question, language: str | None) -> Iterator[KeyLine]:
    if not question.rubric.model_answer.is_empty:
        yield KeyLine(phrase("model_answer", language), question.rubric.model_answer, is_marking=True)
    for criterion in question.rubric.criteria:
        levels = "; ".join(f"{level.title} ({level.points.normalize():f})" for level in criterion.levels)
        label = phrase("labelled", language, label=phrase("criterion", language), text=criterion.title)
        yield KeyLine(label, RichText.plain(levels), is_marking=True)
