"""Limits of the common profile, and questions that become several items.

See docs/reference/importers.md#common-cartridge and docs/reference/moodle.md#common-cartridge.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal

from lti_tool.exam.model import Choice, Exam, FillInBlank, Matching, Question, SentenceAnalysis
from lti_tool.exam.remark import Remark
from lti_tool.exam.richtext import Attachment, Element, Image, Node, PageClipping, RichText
from lti_tool.formats.common_cartridge import remarks
from lti_tool.formats.common_cartridge.html import REFERENCE
from lti_tool.formats.planning import remarks as shared_remarks
from lti_tool.formats.planning.dropdowns import dropdowns
from lti_tool.formats.planning.lettered_options import lettered_choice, lettered_matching
from lti_tool.formats.planning.plan import ItemKind, Plan, essay_plan, plan_question

ITEM_KINDS = frozenset(
    {ItemKind.SINGLE, ItemKind.MULTIPLE, ItemKind.TRUE_FALSE, ItemKind.SHORT_ANSWER, ItemKind.ESSAY}
    | {ItemKind.BLANKS, ItemKind.DROPDOWNS, ItemKind.MATCHING}
)
"""Each blank, dropdown and pair becomes an item."""

MAX_POINTS = 99
MAX_PARTS = 20
"""Each part is an item that repeats the whole text; a question of more parts becomes an essay."""

_MEDIA = (Image, Attachment, PageClipping)
_ZERO = "0"
"""False in PHP, so Moodle ignores it among the accepted answers."""

_WILDCARD = "*"
"""Matches any text in Moodle's accepted answers; other systems compare it literally, so it cannot be escaped."""


def profile_plan(question: Question, exam: Exam) -> Plan:
    """Return the plan of a question."""
    return fit_to_profile(plan_question(question, exam, ITEM_KINDS), exam)


def fit_to_profile(plan: Plan, exam: Exam) -> Plan:
    """Return the plan, or another one if the profile has no place for the answers."""
    match plan.question:
        case FillInBlank(answers=answers) if plan.kind is ItemKind.BLANKS and answers is not None:
            if (misread := _misread(text for accepted in answers for text in accepted)) is not None:
                return essay_plan(plan, exam.language).with_remarks(misread)
            return _as_parts(plan, len(answers), exam)
        case Matching(left=left, right=right) as question if plan.kind is ItemKind.MATCHING:
            if len(right) < 2:
                return essay_plan(plan, exam.language)
            parts_plan = _as_parts(plan, len(left), exam)
            needs_letters = parts_plan.kind is ItemKind.MATCHING and _have_media(right)
            return lettered_matching(parts_plan, question, exam.language) if needs_letters else parts_plan
        case SentenceAnalysis() as question if plan.kind is ItemKind.DROPDOWNS:
            return _as_parts(plan, len(dropdowns(question)), exam)
        case Choice(options=options) as question if plan.kind in (ItemKind.SINGLE, ItemKind.MULTIPLE):
            return lettered_choice(plan, question, exam.language) if _have_media(options) else plan
        case _ if plan.kind is ItemKind.SHORT_ANSWER and (misread := _misread(plan.accepted)) is not None:
            return essay_plan(plan, exam.language).with_remarks(misread)
    return plan


def _misread(accepted: Iterable[str]) -> Remark | None:
    """Return the remark about an answer that Moodle would misread, if there is one."""
    for text in accepted:
        if text == _ZERO:
            return remarks.ANSWER_ZERO
        if REFERENCE.search(text):
            return remarks.ANSWER_REFERENCE
        if _WILDCARD in text:
            return remarks.ANSWER_STAR
    return None


def _as_parts(plan: Plan, count: int, exam: Exam) -> Plan:
    """Return a plan of ``count`` items; only blanks may make a question worth more than the teacher intended."""
    if count > MAX_PARTS:
        return essay_plan(plan, exam.language)
    if plan.kind is not ItemKind.BLANKS and 0 < whole_points(plan.question.points) < count:
        return essay_plan(plan, exam.language).with_remarks(remarks.TOO_FEW_POINTS.with_facts(count=count))
    return plan.with_remarks(remarks.PART_EACH.with_facts(count=count) if count > 1 else shared_remarks.BLANK_BELOW)


def _have_media(texts: Sequence[RichText]) -> bool:
    """Return whether answers contain files, which Moodle finds in a question's text only."""
    return any(_is_media(node) for text in texts for node in text.nodes)


def _is_media(node: Node) -> bool:
    return isinstance(node, _MEDIA) or (isinstance(node, Element) and any(map(_is_media, node.children)))


def whole_points(points: Decimal) -> int:
    """Return points as a cartridge stores them: whole, at most 99, and not zero unless they were."""
    return sum(part_weights(points, 1))


def part_weights(points: Decimal, count: int) -> list[int]:
    """Return whole points for each part, at least 1 if the question has any and at most 99."""
    if points == 0:
        return [0] * count
    total = max(int(points.to_integral_value(ROUND_HALF_UP)), count)
    share, rest = divmod(total, count)
    return [min(share + (index < rest), MAX_POINTS) for index in range(count)]
