"""One question as Examplary sends it: access to its JSON, and the flaws found while reading it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import cached_property, partial
from html import unescape
from typing import TypedDict

from lti_tool.exam.errors import QuestionTooLarge
from lti_tool.exam.html.data_images import length_without_pictures
from lti_tool.exam.html.latex_commands import count_unsafe_commands
from lti_tool.exam.html.markup import (
    Reading,
    has_marked_words,
    is_about_markup,
    is_from_editor,
    might_be_html,
    reading,
)
from lti_tool.exam.html.plain_text import has_line_elements, parse_plain_text
from lti_tool.exam.html.replacements import has_media_player, has_reading
from lti_tool.exam.html.sanitise import drops_content, remove_forbidden_characters
from lti_tool.exam.html.tree import has_doubtful_formula, parse_any_html, parse_simple_html
from lti_tool.exam.parse.fallback_ids import content_digest
from lti_tool.exam.parse.json_values import as_line, as_list, as_object, as_text
from lti_tool.exam.parse.option_reading import are_plain
from lti_tool.exam.parse.parser_remarks import (
    CONTENT_DROPPED,
    FORMULA_DOUBTFUL,
    ID_MISSING,
    LATEX_REMOVED,
    MARKUP_SHOWN,
    OPTIONS_ALIKE,
    PLAYER_LINKED,
    RUBY,
    STEM_EMPTY,
)
from lti_tool.exam.parse.scoring import parse_points, parse_rubric
from lti_tool.exam.remark import Remark
from lti_tool.exam.richtext import EMPTY, Image, Math, RichText
from lti_tool.exam.scoring import NO_POINTS, NO_RUBRIC, Rubric
from lti_tool.exam.visible_text import without_invisible_characters

MAX_TEXT_LENGTH = 200_000
"""Characters of one text, including its markup but not the pictures in it."""

MAX_ANSWER_LENGTH = 1_000
"""Characters of an accepted answer. No student types more without a slip, and Canvas has 16 KB for a whole question."""

MAX_QUOTE_LENGTH = 80
"""Characters of a text in a remark about it."""

_MARKUP = re.compile(r"[<&$\\]")
"""Characters without which a text on one line is only words."""

_STRUCTURAL_TAG = re.compile(
    r"<(?:h[1-6]|[uo]l|li|table|t[rdh]|a|form|input|button|select|option|script|style|title|head|body|html|link|meta"
    r"|header|footer|main|nav|section|article|video|audio|iframe)\b",
    re.IGNORECASE,
)
"""Markup that no editor puts around a short answer, so it is (part of) the answer."""

_PREFIXES = ("examplary.default.", "examplary.expansion.")
_NOT_SCORED = frozenset({"paragraph", "exam-intro", "exam-outro"})


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


class RawQuestion:
    """The JSON of one question. ``kind`` is the short name of its type, ``flaws`` what had to be repaired so far."""

    def __init__(self, data: object, number: int) -> None:
        self.is_readable = isinstance(data, dict)
        self.data = as_object(data)
        self.number = number
        self.settings = as_object(self.data.get("settings"))
        self.type_id = as_line(self.data.get("type"), 200)
        self.kind = _short_name(self.type_id)
        self.flaws: list[Remark] = []

    def add_flaw(self, remark: Remark, **facts: str | int) -> None:
        """Record a flaw, once."""
        remark = remark.with_facts(**facts) if facts else remark
        if remark not in self.flaws:
            self.flaws.append(remark)

    def note_alike(self, answer: RichText) -> None:
        """Record that an answer was merged with another one that looks the same to students."""
        self.add_flaw(OPTIONS_ALIKE, answer=answer.plain_text()[:MAX_QUOTE_LENGTH])

    def common_fields(self) -> CommonFields:
        """Return the fields that every question has.

        Their own flaws follow those found so far, so read what is special to the type first.
        """
        title = self.rich_text(self.data.get("title"))
        description = self.rich_text(self.data.get("description"))
        if title.is_empty and description.is_empty:
            self.add_flaw(STEM_EMPTY)
        rubric, points = self._scoring()
        identifier = as_line(self.data.get("id"), 200)
        if not identifier:
            self.add_flaw(ID_MISSING)
            identifier = f"question-{content_digest(self.data)}"
        tags = as_list(self.data.get("tags"))
        return {
            "id": identifier,
            "number": self.number,
            "type_id": self.type_id,
            "title": title,
            "description": description,
            "points": points,
            "rubric": rubric,
            "tags": tuple([line for tag in tags if (line := as_line(tag, 100))]),
            "flaws": tuple(self.flaws),
        }

    def source_text(self, value: object) -> str:
        """Return a text with its markup; raise :class:`QuestionTooLarge` if no LMS could take it."""
        text = value if isinstance(value, str) else as_text(value)
        if len(text) > MAX_TEXT_LENGTH and length_without_pictures(text) > MAX_TEXT_LENGTH:
            raise QuestionTooLarge(number=self.number, limit=MAX_TEXT_LENGTH)
        return text

    def rich_text(self, value: object) -> RichText:
        """Return a text, HTML or plain, as a sanitised tree."""
        return self._read(self.source_text(value))

    def option_reader(self, options: Iterable[str]) -> Callable[[str], RichText]:
        """Return the function that reads one of these options or items, all of them as HTML or all as plain text."""
        texts = list(options)
        joined = "\n".join(texts)
        is_marked = "<" in joined or "&" in joined
        plain = are_plain(texts, lambda: self.is_about_markup) if is_marked else None
        return partial(self._read, is_plain=plain, is_option=True)

    @cached_property
    def is_about_markup(self) -> bool:
        """Return whether the question names HTML or its like, or tags, so that tags may be its subject."""
        return any(is_about_markup(as_text(self.data.get(name))) for name in ("title", "description"))

    def typed_answer(self, value: object) -> str:
        """Return an accepted answer as a student would type it, or nothing if students would not type it alike.

        That goes for mathematics (kept as LaTeX by Examplary), pictures, and very long answers.
        """
        text = without_invisible_characters(self.source_text(value))
        if not _MARKUP.search(text):
            return _if_short(" ".join(remove_forbidden_characters(text).split()))
        rich = self._read(text)
        if any(isinstance(node, Math | Image) for node in rich.walk()):
            return ""
        return _if_short(without_invisible_characters(rich.plain_text()))

    def typed_answers(self, value: object) -> tuple[str, ...]:
        """Return the texts that count as this answer: its text, and its markup if that may be what students type."""
        cleaned = without_invisible_characters(remove_forbidden_characters(self.source_text(value)))
        markup = _if_short(" ".join(cleaned.split()))
        with_markup = (markup,) if _STRUCTURAL_TAG.search(markup) else ()
        return tuple(dict.fromkeys((self.typed_answer(value), *with_markup)))

    def _read(self, text: str, *, is_plain: bool | None = None, is_option: bool = False) -> RichText:
        if not text:
            return EMPTY
        if text.isprintable() and not _MARKUP.search(text) and not text.startswith("  "):
            return RichText.plain(text.strip())
        if "<" not in text and "&" not in text:
            rich = parse_plain_text(text, is_option=is_option)
        elif is_plain or (is_plain is None and self._is_plain(text)):
            rich = parse_plain_text(text, is_option=is_option)
            if is_plain or might_be_html(text):
                self.add_flaw(MARKUP_SHOWN)
        else:
            rich = self._read_html(text)
        if "\\" in text or "$" in text:
            self._note_formulas(text, rich)
        return rich

    def _note_formulas(self, text: str, rich: RichText) -> None:
        if ("$" in text or "\\(" in text or "\\[" in text) and has_doubtful_formula(rich):
            self.add_flaw(FORMULA_DOUBTFUL)
        if _lost_commands(text, rich):
            self.add_flaw(LATEX_REMOVED)

    def _is_plain(self, text: str) -> bool:
        """Return whether a text with ``<`` or ``&`` is plain nevertheless."""
        if is_from_editor(text):
            return False
        if has_marked_words(text):
            return self.is_about_markup and reading(text) is Reading.UNSURE
        kind = reading(text)
        return kind <= Reading.CODE or (kind is Reading.UNSURE and self.is_about_markup)

    def _read_html(self, html: str) -> RichText:
        if "\n" not in html or has_line_elements(html):
            simple = parse_simple_html(html)
            if simple is not None:
                return simple
        if has_media_player(html):
            self.add_flaw(PLAYER_LINKED)
        if has_reading(html):
            self.add_flaw(RUBY)
        if drops_content(html):
            self.add_flaw(CONTENT_DROPPED)
        return parse_any_html(html)

    def _scoring(self) -> tuple[Rubric, Decimal]:
        if not self.is_readable or self.kind in _NOT_SCORED:
            return NO_RUBRIC, NO_POINTS
        scoring = as_object(self.data.get("scoring"))
        model_answer = scoring.get("modelAnswer") or self.settings.get("modelAnswer")
        rubric = parse_rubric(scoring, self.settings, self.rich_text(model_answer) if model_answer else EMPTY)
        points, flaw = parse_points(rubric)
        if flaw is not None:
            self.add_flaw(flaw)
        return rubric, points


def _lost_commands(html: str, text: RichText) -> bool:
    """Return whether formulas of a text lost commands; those that the text only mentions are still there."""
    count = count_unsafe_commands(unescape(html))
    return count > 0 and count > count_unsafe_commands(without_invisible_characters(text.plain_text()))


def _if_short(answer: str) -> str:
    return answer if len(answer) <= MAX_ANSWER_LENGTH else ""


def _short_name(type_id: str) -> str:
    """Return a type's name without Examplary's prefixes, which the API sends for some types only."""
    name = type_id.lower().replace("_", "-")
    for prefix in _PREFIXES:
        name = name.removeprefix(prefix)
    return name
