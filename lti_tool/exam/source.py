"""One raw question while it is read: its texts, its settings, and the flaws found so far."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import TypedDict

from lti_tool.exam.errors import QuestionTooLarge
from lti_tool.exam.flaws import ID_MISSING, PLAYER_LINKED, STEM_EMPTY
from lti_tool.exam.html import parse_rich_text
from lti_tool.exam.identity import digest
from lti_tool.exam.loose import items, line, mapping, text
from lti_tool.exam.mending import has_player
from lti_tool.exam.parse_scoring import parse_points, parse_rubric
from lti_tool.exam.remark import Remark
from lti_tool.exam.richtext import Image, Math, RichText
from lti_tool.exam.sanitise import characters
from lti_tool.exam.scoring import NO_POINTS, Rubric
from lti_tool.exam.visible import seen

LONGEST_TEXT = 200_000
"""Characters of one text, with its markup."""


_MARKUP = re.compile(r"[<&$]|\\[(\[]")
_LONE_TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9]*\s*/?>")
"""Nothing but a tag, such as ``<br>``: what the question asks about, for as markup it would be seen by nobody."""


_WRITTEN = re.compile(
    r"<(?:h[1-6]|[uo]l|li|table|t[rdh]|a|form|input|button|select|option|script|style|title|head|body|html|link|meta"
    r"|header|footer|main|nav|section|article|video|audio|iframe)\b",
    re.IGNORECASE,
)
"""Markup that nobody puts around an answer, so that it is the answer."""


class Base(TypedDict):
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


class Source:
    """Reads a raw question. :meth:`base` comes last, for it takes the flaws along."""

    def __init__(self, raw: Mapping[str, object], number: int) -> None:
        self.raw, self.number = raw, number
        self.settings = mapping(raw.get("settings"))
        self.type_id = line(raw.get("type"), 200)
        self.flaws: list[Remark] = []

    def flaw(self, remark: Remark, **facts: str | int) -> None:
        """Note what had to be mended, once."""
        remark = remark.with_facts(**facts) if facts else remark
        if remark not in self.flaws:
            self.flaws.append(remark)

    def raw_text(self, value: object) -> str:
        """Return a text as it stands; raise :class:`QuestionTooLarge` if no LMS could take it."""
        found = text(value)
        if len(found) > LONGEST_TEXT:
            raise QuestionTooLarge(number=self.number, limit=LONGEST_TEXT)
        return found

    def rich(self, value: object) -> RichText:
        """Return a text as a sanitised tree."""
        found = self.raw_text(value)
        if has_player(found):
            self.flaw(PLAYER_LINKED)
        return parse_rich_text(found)

    def chosen(self, value: object) -> RichText:
        """Return a text to choose or to put in order. A tag alone is shown as it stands."""
        found = self.raw_text(value).strip()
        return RichText.plain(found) if _LONE_TAG.fullmatch(found) else self.rich(value)

    def answer(self, value: object) -> str:
        """Return an accepted answer as a student would type it; empty if nobody could type it the same way.

        That is so of mathematics, which Examplary keeps as LaTeX, and of pictures.
        """
        found = seen(self.raw_text(value))
        if not _MARKUP.search(found) or _LONE_TAG.fullmatch(found.strip()):
            return " ".join(characters(found).split())
        rich = parse_rich_text(found)
        return "" if any(isinstance(node, Math | Image) for node in rich.walk()) else seen(rich.plain_text())

    def answers(self, value: object) -> tuple[str, ...]:
        """Return what counts as an accepted answer: its text, and its markup where that may be what is to be typed."""
        written = " ".join(seen(characters(self.raw_text(value))).split())
        return tuple(dict.fromkeys((self.answer(value), *((written,) if _WRITTEN.search(written) else ()))))

    def base(self, *, scored: bool = True) -> Base:
        """Return the common fields; ``scored`` is false for texts that ask nothing."""
        title, description = self.rich(self.raw.get("title")), self.rich(self.raw.get("description"))
        if title.is_empty and description.is_empty:
            self.flaw(STEM_EMPTY)
        rubric, points = self._scoring() if scored else (Rubric(), NO_POINTS)
        return Base(
            id=self._id(),
            number=self.number,
            type_id=self.type_id,
            title=title,
            description=description,
            points=points,
            rubric=rubric,
            tags=tuple(tag for tag in (line(one, 100) for one in items(self.raw.get("tags"))) if tag),
            flaws=tuple(self.flaws),
        )

    def _scoring(self) -> tuple[Rubric, Decimal]:
        scoring = mapping(self.raw.get("scoring"))
        answer = scoring.get("modelAnswer") or self.settings.get("modelAnswer")
        rubric = parse_rubric(self.raw, self.rich(answer))
        points, mended = parse_points(rubric)
        if mended is not None:
            self.flaw(mended)
        return rubric, points

    def _id(self) -> str:
        found = line(self.raw.get("id"), 200)
        if not found:
            self.flaw(ID_MISSING)
        return found or f"question-{digest(self.raw)}"
