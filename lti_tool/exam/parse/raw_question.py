"""One raw question while it is read: its texts, its settings, and the flaws found so far."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import TypedDict

from lti_tool.exam.errors import QuestionTooLarge
from lti_tool.exam.html.replacements import has_media_player
from lti_tool.exam.html.sanitise import remove_forbidden_characters
from lti_tool.exam.html.tree import parse_any_html, parse_rich_text, parse_simple_html
from lti_tool.exam.model import Question
from lti_tool.exam.parse.fallback_ids import content_digest
from lti_tool.exam.parse.json_values import as_line, as_list, as_object, as_text
from lti_tool.exam.parse.parser_remarks import ID_MISSING, PLAYER_LINKED, STEM_EMPTY
from lti_tool.exam.parse.scoring import parse_points, parse_rubric
from lti_tool.exam.remark import Remark
from lti_tool.exam.richtext import EMPTY, Image, Math, RichText
from lti_tool.exam.scoring import NO_POINTS, NO_RUBRIC, Rubric
from lti_tool.exam.visible_text import without_invisible_characters

LONGEST_TEXT = 200_000
"""Characters of one text, with its markup."""

LONGEST_ANSWER = 1_000
"""Characters of an accepted answer. Nobody types more of them alike; with 16 KB Canvas has no room for it either."""

_MARKUP = re.compile(r"[<&$]|\\[(\[]")
_LONE_TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9]*\s*/?>")
"""Nothing but a tag, such as ``<br>``: what the question asks about, for as markup it would be seen by nobody."""


_WRITTEN = re.compile(
    r"<(?:h[1-6]|[uo]l|li|table|t[rdh]|a|form|input|button|select|option|script|style|title|head|body|html|link|meta"
    r"|header|footer|main|nav|section|article|video|audio|iframe)\b",
    re.IGNORECASE,
)
"""Markup that nobody puts around an answer, so that it is the answer."""


class CommonFields(TypedDict):
    """The fields that every question has."""

    id: str
    number: int
    type_id: str
    title: RichText
    description: RichText
    points: Decimal
    rubric: Rubric
    tags: tuple[str, ...]
    flaws: tuple[Remark, ...]


_OWN_PREFIXES = ("examplary.default.", "examplary.expansion.")
_NOT_SCORED = frozenset({"paragraph", "exam-intro", "exam-outro"})
"""Texts that ask nothing."""


class RawQuestion:
    """Reads a raw question, step by step: its texts, its scoring, then what is special to its type.

    ``kind`` is the short name of its type; ``question`` is what was read. :meth:`base` takes all flaws along.
    """

    question: Question

    def __init__(self, raw: object, number: int) -> None:
        self.raw, self.number = as_object(raw), number
        self.settings = as_object(self.raw.get("settings"))
        self.type_id = as_line(self.raw.get("type"), 200)
        self.kind = _short_name(self.type_id)
        self.is_readable = isinstance(raw, dict)
        self.is_scored = self.is_readable and self.kind not in _NOT_SCORED
        self.flaws: list[Remark] = []
        self._common: list[Remark] = []

    def flaw(self, remark: Remark, **facts: str | int) -> None:
        """Note what had to be mended, once."""
        remark = remark.with_facts(**facts) if facts else remark
        if remark not in self.flaws:
            self.flaws.append(remark)

    def raw_text(self, value: object) -> str:
        """Return a text as it stands; raise :class:`QuestionTooLarge` if no LMS could take it."""
        found = value if isinstance(value, str) else as_text(value)
        if len(found) > LONGEST_TEXT:
            raise QuestionTooLarge(number=self.number, limit=LONGEST_TEXT)
        return found

    def rich(self, value: object) -> RichText:
        """Return a text as a sanitised tree."""
        return self._tree(self.raw_text(value))

    def chosen(self, value: object) -> RichText:
        """Return a text to choose or to put in order. A tag alone is shown as it stands."""
        found = self.raw_text(value)
        if "<" in found and _LONE_TAG.fullmatch(lone := found.strip()):
            return RichText.plain(lone)
        return self._tree(found)

    def answer(self, value: object) -> str:
        """Return an accepted answer as a student would type it; empty if nobody could type it the same way.

        That is so of mathematics, which Examplary keeps as LaTeX, of pictures, and of what is too long.
        """
        found = without_invisible_characters(self.raw_text(value))
        if not _MARKUP.search(found) or _LONE_TAG.fullmatch(found.strip()):
            return _typed(" ".join(remove_forbidden_characters(found).split()))
        rich = parse_rich_text(found)
        return (
            ""
            if any(isinstance(node, Math | Image) for node in rich.walk())
            else _typed(without_invisible_characters(rich.plain_text()))
        )

    def answers(self, value: object) -> tuple[str, ...]:
        """Return what counts as an accepted answer: its text, and its markup where that may be what is to be typed."""
        written = _typed(
            " ".join(without_invisible_characters(remove_forbidden_characters(self.raw_text(value))).split())
        )
        return tuple(dict.fromkeys((self.answer(value), *((written,) if _WRITTEN.search(written) else ()))))

    def read_texts(self) -> None:
        """Read title and description."""
        self._title, self._description = self.rich(self.raw.get("title")), self.rich(self.raw.get("description"))
        if self._title.is_empty and self._description.is_empty:
            self.flaw(STEM_EMPTY)

    def read_scoring(self) -> None:
        """Read points and rubric, and the identifier; what flaws there are so far come after those of the type."""
        self._rubric, self._points = self._scoring() if self.is_scored else (NO_RUBRIC, NO_POINTS)
        self._ident = self._id()
        self._common, self.flaws = self.flaws, self._common

    def base(self) -> CommonFields:
        """Return the common fields."""
        tags = as_list(self.raw.get("tags"))
        flaws = self.flaws + [flaw for flaw in self._common if flaw not in self.flaws]
        return CommonFields(
            id=self._ident,
            number=self.number,
            type_id=self.type_id,
            title=self._title,
            description=self._description,
            points=self._points,
            rubric=self._rubric,
            tags=tuple(filter(None, [as_line(one, 100) for one in tags])) if tags else (),
            flaws=tuple(flaws),
        )

    def _tree(self, html: str) -> RichText:
        simple = parse_simple_html(html)
        if simple is not None:
            return simple
        if has_media_player(html):
            self.flaw(PLAYER_LINKED)
        return parse_any_html(html)

    def _scoring(self) -> tuple[Rubric, Decimal]:
        scoring = as_object(self.raw.get("scoring"))
        answer = scoring.get("modelAnswer") or self.settings.get("modelAnswer")
        rubric = parse_rubric(scoring, self.settings, self.rich(answer) if answer else EMPTY)
        points, mended = parse_points(rubric)
        if mended is not None:
            self.flaw(mended)
        return rubric, points

    def _id(self) -> str:
        found = as_line(self.raw.get("id"), 200)
        if not found:
            self.flaw(ID_MISSING)
        return found or f"question-{content_digest(self.raw)}"


def _typed(answer: str) -> str:
    return answer if len(answer) <= LONGEST_ANSWER else ""


@lru_cache(maxsize=64)
def _short_name(type_id: str) -> str:
    """Return the name of a type without Examplary's own prefixes, which the API leaves away for some and not others."""
    name = type_id.lower().replace("_", "-")
    for prefix in _OWN_PREFIXES:
        name = name.removeprefix(prefix)
    return name
