"""What the common profile can hold of a question, and how one becomes several. Facts: qti-targets §2, moodle-live."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal

from lti_tool.exam.model import Choice, Exam, FillInBlank, Matching, SentenceAnalysis
from lti_tool.exam.remark import Remark
from lti_tool.exam.richtext import Attachment, Element, Image, Node, PageClipping, RichText
from lti_tool.formats.common_cartridge import remarks
from lti_tool.formats.common_cartridge.html import REFERENCE
from lti_tool.formats.planning import remarks as shared_remarks
from lti_tool.formats.planning.dropdowns import dropdowns
from lti_tool.formats.planning.lettered_options import lettered_choice, lettered_matching
from lti_tool.formats.planning.plan import ItemKind, Plan, essay_plan

FORMS = frozenset({ItemKind.SINGLE, ItemKind.MULTIPLE, ItemKind.TRUE_FALSE, ItemKind.SHORT_ANSWER, ItemKind.ESSAY}) | {
    *(ItemKind.BLANKS, ItemKind.DROPDOWNS, ItemKind.MATCHING),
}
"""Blanks, menus and pairs become an item each."""

MOST_POINTS = 99
MOST_PARTS = 20
"""Each part is an item with the whole text in it; of more parts the students write an essay."""

_MEDIA = (Image, Attachment, PageClipping)
_ZERO = "0"
"""PHP holds this text to be none, so Moodle leaves it out of the accepted ones."""


_ANYTHING = "*"
"""Stands for any text in Moodle's accepted answers; other systems compare it as it is, so it cannot be escaped."""


def fitted(found: Plan, exam: Exam) -> Plan:  # noqa: PLR0911 -- a table of types
    """Return the plan, or another where the profile cannot hold the answers."""
    match found.question:
        case FillInBlank(answers=answers) if found.kind is ItemKind.BLANKS and answers is not None:
            if (misread := _misread(text for accepted in answers for text in accepted)) is not None:
                return essay_plan(found, exam.language).with_remarks(misread)
            return _each(found, len(answers), exam)
        case Matching(left=left, right=right) as question if found.kind is ItemKind.MATCHING:
            if len(right) < 2:
                return essay_plan(found, exam.language)
            each = _each(found, len(left), exam)
            letters = each.kind is ItemKind.MATCHING and _have_media(right)
            return lettered_matching(each, question, exam.language) if letters else each
        case SentenceAnalysis() as question if found.kind is ItemKind.DROPDOWNS:
            return _each(found, len(dropdowns(question)), exam)
        case Choice(options=options) as question if found.kind in (ItemKind.SINGLE, ItemKind.MULTIPLE):
            return lettered_choice(found, question, exam.language) if _have_media(options) else found
        case _ if found.kind is ItemKind.SHORT_ANSWER and (misread := _misread(found.accepted)) is not None:
            return essay_plan(found, exam.language).with_remarks(misread)
    return found


def _misread(accepted: Iterable[str]) -> Remark | None:
    """Return why Moodle would not take one of these answers."""
    for text in accepted:
        if text == _ZERO:
            return remarks.ANSWER_ZERO
        if REFERENCE.search(text):
            return remarks.ANSWER_REFERENCE
        if _ANYTHING in text:
            return remarks.ANSWER_STAR
    return None


def _each(found: Plan, count: int, exam: Exam) -> Plan:
    """Return a plan of ``count`` items; only blanks may make a question weigh more than the teacher meant."""
    if count > MOST_PARTS:
        return essay_plan(found, exam.language)
    if found.kind is not ItemKind.BLANKS and 0 < whole_points(found.question.points) < count:
        return essay_plan(found, exam.language).with_remarks(remarks.TOO_FEW_POINTS.with_facts(count=count))
    return found.with_remarks(remarks.PART_EACH.with_facts(count=count) if count > 1 else shared_remarks.BLANK_BELOW)


def _have_media(texts: Sequence[RichText]) -> bool:
    """Tell whether answers show files, which Moodle finds in a question's text only."""
    return any(_is_media(node) for text in texts for node in text.nodes)


def _is_media(node: Node) -> bool:
    return isinstance(node, _MEDIA) or (isinstance(node, Element) and any(map(_is_media, node.children)))


def whole_points(points: Decimal) -> int:
    """Return points as a cartridge holds them: whole, at most 99, and never none where there were some."""
    rounded = int(points.to_integral_value(ROUND_HALF_UP))
    return min(max(rounded, 1 if points > 0 else 0), MOST_POINTS)


def weights(points: Decimal, count: int) -> list[int]:
    """Return whole points for each part, at least 1 if the question has any."""
    if points == 0:
        return [0] * count
    total = max(int(points.to_integral_value(ROUND_HALF_UP)), count)
    each, rest = divmod(total, count)
    return [min(each + (place < rest), MOST_POINTS) for place in range(count)]
