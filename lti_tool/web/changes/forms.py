"""The form in which a teacher changes a question: its fields, and the operations that a submitted form asks for.

A form shows the exam at one revision. Only a value that differs from that revision becomes an operation, so that a form
that was open for a long time changes nothing that its teacher did not touch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation

from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from lti_tool import exam as exams
from lti_tool.errors import N_
from lti_tool.exam.changes import (
    Change,
    ChipKind,
    Note,
    Operation,
    Part,
    SetAnswers,
    SetCorrect,
    SetDate,
    SetIgnoreCase,
    SetPairs,
    SetPoints,
    SetShuffle,
    SetText,
    SetTruth,
    Target,
    editable,
    edited,
    parts,
    same_text,
    with_labels,
    without_labels,
)
from lti_tool.exam.changes import part as part_of
from lti_tool.exam.remark import Remark
from lti_tool.exam.richtext import Blank
from lti_tool.web.locale import field_number

NO_NUMBER = Remark("change.no-number", N_("Enter a number, such as 2 or 0.5."))
NO_WHOLE_NUMBER = Remark("change.no-whole-number", N_("Enter a whole number of minutes, or leave it empty."))

_CHIPS: Mapping[ChipKind, str] = {
    ChipKind.FORMULA: N_("formula"),
    ChipKind.PICTURE: N_("picture"),
    ChipKind.TABLE: N_("table"),
    ChipKind.FILE: N_("file"),
    ChipKind.BLANK: N_("blank"),
    ChipKind.LINE: N_("line"),
    ChipKind.SYMBOL: N_("symbol"),
}
_LABELS: Mapping[str, str] = {
    "title": N_("Question"),
    "description": N_("Text below the question"),
    "body": N_("Text with blanks"),
    "option": N_("Answer %(number)s"),
    "left": N_("Left item %(number)s"),
    "right": N_("Right item %(number)s"),
    "model_answer": N_("Model answer"),
}
_LETTERS = 26
MAX_NUMBER_LENGTH = 40
"""Characters that are read from a number field."""
NO_INDEX = -1
"""Placeholder for an index that the form lacks. It fits no question, so :class:`SetPairs` with it is refused."""


@dataclass(slots=True)
class TextField:
    """A text of the question. Its chips have labels in ``text``; ``markers`` are all the chips that belong there."""

    name: str
    label: str
    text: str
    markers: str
    error: Remark | None = None

    @property
    def rows(self) -> int:
        """Lines of the field."""
        return min(14, max(1, sum(1 + len(line) // 70 for line in self.text.split("\n"))))


@dataclass(frozen=True, slots=True)
class BlankField:
    """The accepted answers of a blank; ``chip`` is the blank in the text, empty if it has no chip of its own."""

    name: str
    chip: str


@dataclass(slots=True)
class QuestionForm:
    """The form of one question at the revision ``seen``; ``values`` are what the fields other than texts show."""

    question: exams.Question
    seen: int
    texts: list[TextField]
    blanks: list[BlankField]
    values: MultiDict[str, str]
    errors: dict[str, Remark] = field(default_factory=dict)

    @property
    def first_error(self) -> str:
        """The name of the first field with an error; empty if there is none."""
        names = [*(text.name for text in self.texts if text.error), *self.errors]
        return names[0] if names else ""


class QuestionChanges:
    """The form of a question at one revision, and what a submitted one changes."""

    def __init__(
        self, original: exams.Question, question: exams.Question, changes: Sequence[Change], seen: int
    ) -> None:
        self._original = original
        self._question = question
        self._seen = seen
        self._texts = _stored_texts(original.id, changes)

    def form(self, submitted: MultiDict[str, str] | None = None, notes: Sequence[Note] = ()) -> QuestionForm:
        """Return the form: as the exam is, or as it was submitted, with the reasons why it was not saved."""
        by_target = {note.change.operation.target: note.remark for note in notes}
        values = self._submitted_values(submitted) if submitted is not None else self._values()
        texts = [self._text_field(part, submitted, by_target) for part in parts(self._original)]
        errors = {name: remark for target, remark in by_target.items() if (name := _field_of(target))}
        return QuestionForm(self._question, self._seen, texts, self._blanks(), values, errors)

    def operations(self, submitted: MultiDict[str, str]) -> tuple[list[Operation], dict[str, Remark]]:
        """Return what the submitted form changes, and the fields that can't be read."""
        errors: dict[str, Remark] = {}
        operations: list[Operation] = [*self._text_operations(submitted), *self._key_operations(submitted)]
        if (typed := submitted.get("points")) is not None and typed.strip() != field_number(self._question.points):
            points = parse_number(typed)
            if points is None:
                errors["points"] = NO_NUMBER
            else:
                operations.append(SetPoints(self._original.id, points))
        shuffle = getattr(self._question, "shuffle", None)
        if shuffle is not None and "has_shuffle" in submitted and ("shuffle" in submitted) != shuffle:
            operations.append(SetShuffle(self._original.id, not shuffle))
        return operations, errors

    def _submitted_values(self, submitted: MultiDict[str, str]) -> MultiDict[str, str]:
        """Return the submitted values; the small form on a question's card has the points only."""
        if "has_key" in submitted:
            return submitted
        values = self._values()
        if "points" in submitted:
            values["points"] = submitted["points"]
        return values

    def _shown(self, part: Part) -> str:
        return self._texts.get((part.name, part.index), editable(part.text).text)

    def _text_field(
        self, part: Part, submitted: MultiDict[str, str] | None, errors: Mapping[Target, Remark]
    ) -> TextField:
        name, editable_text = field_name(part.name, part.index), editable(part.text)
        labels = {chip.number: f"{gettext(_CHIPS[chip.kind])} {chip.hint}" for chip in editable_text.chips}
        text = self._shown(part)
        if submitted is not None and name in submitted:
            text = without_labels(submitted[name])
        return TextField(
            name=name,
            label=_label(self._original, part),
            text=with_labels(text, lambda number: labels.get(number, "")),
            markers=with_labels("".join(chip.marker for chip in editable_text.chips), labels.__getitem__),
            error=errors.get((self._original.id, part.name, part.index)),
        )

    def _text_operations(self, submitted: MultiDict[str, str]) -> list[Operation]:
        operations: list[Operation] = []
        for part in parts(self._original):
            typed = submitted.get(field_name(part.name, part.index))
            if typed is not None and not same_text(typed, self._shown(part)):
                operations.append(SetText(self._original.id, part.name, part.index, without_labels(typed)))
        return operations

    def _values(self) -> MultiDict[str, str]:
        """Return what the fields other than texts show."""
        values: MultiDict[str, str] = MultiDict({"points": field_number(self._question.points)})
        if getattr(self._question, "shuffle", False):
            values["shuffle"] = "1"
        question = self._question
        if isinstance(question, exams.FillInBlank):
            question = self._with_original_blanks(question)
        for name, content in _key_values(question):
            values.add(name, content)
        return values

    def _with_original_blanks(self, question: exams.FillInBlank) -> exams.FillInBlank:
        """Return the question with its answers in the order of the original blanks, by which operations count."""
        body = part_of(self._original, "body", 0)
        if body is None or question.answers is None:
            return question
        text = edited(body, self._shown(Part("body", 0, body)))
        order = [node.index for node in text.walk() if isinstance(node, Blank)]
        answers = dict(zip(order, question.answers, strict=True))
        return replace(question, answers=tuple(answers[index] for index in sorted(answers)))

    def _blanks(self) -> list[BlankField]:
        """Return a field for the accepted answers of each blank, or of a short text."""
        if isinstance(self._original, exams.ShortText):
            return [BlankField("answers-0", "")]
        if not isinstance(self._original, exams.FillInBlank):
            return []
        chips = {chip.node: chip.number for chip in editable(self._original.body).chips}
        names = [(f"answers-{blank}", chips.get(Blank(blank))) for blank in range(self._original.blanks)]
        return [
            BlankField(name, f"⟦{number}: {gettext(_CHIPS[ChipKind.BLANK])}⟧" if number else "")
            for name, number in names
        ]

    def _key_operations(self, submitted: MultiDict[str, str]) -> list[Operation]:
        """Return the operation on the key, if the form has other values than the exam."""
        if not submitted.get("has_key"):
            return []
        operations = _submitted_key(self._original.id, self._question, submitted)
        before = _submitted_key(self._original.id, self._question, self._values())
        return [operation for operation in operations if operation not in before]


def field_name(part: str, index: int) -> str:
    """Return the name of the field of a text."""
    return f"text-{part}-{index}"


def parse_number(typed: str) -> Decimal | None:
    """Return a number as people write it, with a point or a comma; ``None`` if it isn't one.

    Both are decimal separators: "1,000" is 1, and the page then shows "1".
    """
    text = typed.strip().replace(",", ".").replace("٫", ".").replace("\N{MINUS SIGN}", "-")
    if not text or len(text) > MAX_NUMBER_LENGTH or any(character.isspace() or character == "_" for character in text):
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    if not number.is_finite() or abs(number.adjusted()) >= MAX_NUMBER_LENGTH:
        return None
    plain = format(number, "f")
    return Decimal(plain.rstrip("0").rstrip(".")) if "." in plain else number


def _stored_texts(question: str, changes: Sequence[Change]) -> dict[tuple[str, int], str]:
    return {
        (change.operation.part, change.operation.index): change.operation.text
        for change in changes
        if isinstance(change.operation, SetText) and change.operation.question == question
    }


def _label(question: exams.Question, part: Part) -> str:
    number = (
        chr(ord("A") + part.index) if isinstance(question, exams.Choice) and part.index < _LETTERS else part.index + 1
    )
    name = "title" if part.name == "description" and question.title.is_empty else part.name
    return str(gettext(_LABELS[name], number=number))


def _field_of(target: Target) -> str:
    _, name, place = target
    if name in _LABELS:
        return ""
    return f"answers-{place}" if name == "answers" else name


def _key_values(question: exams.Question) -> list[tuple[str, str]]:
    """Return the fields of a question's key, and what they show."""
    match question:
        case exams.Choice(correct=correct):
            return [("key", str(index)) for index in correct or ()]
        case exams.TrueFalse(correct=bool(truth)):
            return [("key", "true" if truth else "false")]
        case exams.DateYear(correct=str(text)):
            return [("key", text)]
        case exams.Matching(pairs=tuple(pairs)):
            return [(f"pair-{left}", str(right)) for left, right in pairs]
        case exams.ShortText(accepted=accepted):
            return [("answers-0", "\n".join(accepted or ()))]
        case exams.FillInBlank(answers=answers, ignore_case=ignore):
            lines = [(f"answers-{blank}", "\n".join(accepted)) for blank, accepted in enumerate(answers or ())]
            return [*lines, *([("ignore_case", "1")] if ignore else [])]
    return []


def _submitted_key(identifier: str, question: exams.Question, values: MultiDict[str, str]) -> list[Operation]:
    """Return the operations that set the key as ``values`` have it."""
    match question:
        case exams.Choice():
            indexes = [_index(value) for value in values.getlist("key")]
            return [SetCorrect(identifier, tuple(sorted(index for index in indexes if index != NO_INDEX)))]
        case exams.TrueFalse():
            return [SetTruth(identifier, values["key"] == "true")] if values.get("key") else []
        case exams.DateYear():
            return [SetDate(identifier, values.get("key", "").strip()[:MAX_NUMBER_LENGTH])] if "key" in values else []
        case exams.Matching(left=left):
            right = tuple(_index(values.get(f"pair-{index}", "")) for index in range(len(left)))
            return [SetPairs(identifier, right)] if any(index != NO_INDEX for index in right) else []
        case exams.ShortText():
            return [SetAnswers(identifier, 0, _lines(values.get("answers-0", "")))]
        case exams.FillInBlank(blanks=blanks):
            names = [(blank, f"answers-{blank}") for blank in range(blanks)]
            answers = [SetAnswers(identifier, blank, _lines(values[name])) for blank, name in names if name in values]
            return [*answers, SetIgnoreCase(identifier, "ignore_case" in values)]
    return []


def _index(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= len("9999") else NO_INDEX


def _lines(text: str) -> tuple[str, ...]:
    """Return the lines without repeated blanks; each line once, and no empty ones."""
    return tuple(dict.fromkeys(answer for line in text.splitlines() if (answer := " ".join(line.split()))))
