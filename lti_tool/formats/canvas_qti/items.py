"""Items of QTI 1.2 in Canvas's dialect, one function per question type. See docs/reference/importers.md#canvas-qti-12.

Option idents are numbers, unique within the item; response idents are ``response1``, or ``response_<name>`` where one
item has several. All texts that hold markup are HTML, escaped once more as the content of ``mattext``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from lti_tool.formats.text.xml_text import escape, format_decimal

MAX_TITLE_LENGTH = 120

CLASSIC_ONLY = "urn:examplary:canvas-classic"
"""Namespace of items for Classic Quizzes alone: New Quizzes reads only those in the namespace of QTI 1.2."""

_OUTCOMES = '<outcomes><decvar maxvalue="100" minvalue="0" varname="SCORE" vartype="Decimal"/></outcomes>'
_OPEN = (
    '<response_str ident="response1" rcardinality="Single"%s><render_fib>'
    '<response_label ident="answer1" rshuffle="No"/></render_fib></response_str>'
)


def item(
    ident: str,
    title: str,
    kind: str,
    points: Decimal,
    presentation: str,
    *,
    processing: str = "",
    metadata: Sequence[tuple[str, str]] = (),
    namespace: str = "",
) -> str:
    """Return an item. ``kind`` is Canvas's question type; ``namespace`` is empty for the document's own."""
    fields = "".join([_field(label, escape(entry)) for label, entry in metadata]) if metadata else ""
    body = presentation if presentation.startswith("<presentation") else f"<presentation>{presentation}</presentation>"
    scored = f"<resprocessing>{_OUTCOMES}{processing}</resprocessing>" if processing else ""
    declaration = f' xmlns="{namespace}"' if namespace else ""
    return (
        f'<item{declaration} ident="{ident}" title="{escape(title)}"><itemmetadata><qtimetadata>'
        f"{_field('question_type', kind)}{_field('points_possible', format_decimal(points))}{fields}</qtimetadata>"
        f"</itemmetadata>{body}{scored}</item>\n"
    )


def _field(label: str, entry: str) -> str:
    return f"<qtimetadatafield><fieldlabel>{label}</fieldlabel><fieldentry>{entry}</fieldentry></qtimetadatafield>"


def material(html: str, whole: str = "") -> str:
    """Return HTML as material. New Quizzes shows ``whole`` instead, if there is one; Classic Quizzes skips it."""
    alternative = f"<altmaterial>{_html(whole)}</altmaterial>" if whole else ""
    return f"<material>{alternative}{_html(html)}</material>"


def _html(html: str) -> str:
    return f'<mattext texttype="text/html">{escape(html)}</mattext>'


def plain(text: str) -> str:
    """Return plain text as material."""
    return f'<material><mattext texttype="text/plain">{escape(text)}</mattext></material>'


def choice(stem: str, options: Sequence[str], *, multiple: bool, shuffle: bool) -> str:
    """Return the presentation of a choice among ``options``, each HTML."""
    labels = "".join([response_label(option_ident(index), material(html)) for index, html in enumerate(options)])
    cardinality = "Multiple" if multiple else "Single"
    mixed = ' shuffle="Yes"' if shuffle else ""
    render = f"<render_choice{mixed}>{labels}</render_choice>"
    return f'{material(stem)}<response_lid ident="response1" rcardinality="{cardinality}">{render}</response_lid>'


def choice_scoring(count: int, correct: Sequence[int], *, multiple: bool) -> str:
    """Return the scoring of a choice among ``count`` options; with several right ones, all of them and no wrong one."""
    if not multiple:
        return _all_points(_equal("response1", option_ident(correct[0])))
    right = set(correct)
    tests = [_equal("response1", option_ident(index)) for index in range(count)]
    tests = [test if index in right else f"<not>{test}</not>" for index, test in enumerate(tests)]
    return _all_points(f"<and>{''.join(tests)}</and>")


def ordering(stem: str, options: Sequence[str]) -> str:
    """Return the presentation of an ordering, ``options`` in the right order, as in the package seen to be read.

    Both engines mix them for the student.
    """
    labels = "".join([response_label(option_ident(index), material(text)) for index, text in enumerate(options)])
    render = f"<render_choice>{labels}</render_choice>"
    return f'{material(stem)}<response_lid ident="response1" rcardinality="Ordered">{render}</response_lid>'


def ordering_scoring(count: int) -> str:
    """Return the scoring of an ordering of ``count`` options."""
    return _all_points("".join([_equal("response1", option_ident(index)) for index in range(count)]))


def short_answer_scoring(accepted: Iterable[str]) -> str:
    """Return the scoring of a short answer: any of the accepted texts."""
    return _all_points("".join([_equal("response1", text) for text in accepted]))


def open_answer(stem: str) -> str:
    """Return the presentation of a short answer or an essay."""
    return material(stem) + _OPEN % ""


def essay(stem: str, least: int | None, most: int | None) -> str:
    """Return the presentation of an essay; New Quizzes counts its words and enforces the maximum, if any."""
    attributes = ' word_count="Yes"' if least or most else ""
    attributes += f' word_limit_enabled="Yes" word_limit_max="{most}" word_limit_min="{least or 0}"' if most else ""
    return material(stem) + _OPEN % attributes


def essay_scoring() -> str:
    """Return the processing of an essay: none."""
    return '<respcondition continue="No"><conditionvar><other/></conditionvar></respcondition>'


def upload(stem: str, extensions: Sequence[str]) -> str:
    """Return the presentation of a file upload."""
    allowed = f' allowed_types="{escape(",".join(extensions))}"' if extensions else ""
    return f'<presentation{allowed} files_count="1">{material(stem)}</presentation>'


def blanks(stem: str, names: Sequence[str], answers: Sequence[Sequence[str]]) -> str:
    """Return the presentation of blanks; ``stem`` names each blank in brackets."""
    parts = [material(stem)]
    for place, (name, accepted) in enumerate(zip(names, answers, strict=True)):
        labels = "".join(response_label(blank_ident(place, index), plain(text)) for index, text in enumerate(accepted))
        parts.append(
            f'<response_lid ident="response_{name}"><material><mattext>{name}</mattext></material>'
            f"<render_choice>{labels}</render_choice></response_lid>"
        )
    return "".join(parts)


def dropdowns(stem: str, names: Sequence[str], options: Sequence[Sequence[str]]) -> str:
    """Return the presentation of menus in a text; ``stem`` names each in brackets. Blanks are written the same way."""
    return blanks(stem, names, options)


def blanks_scoring(names: Sequence[str], right: Sequence[int]) -> str:
    """Return the scoring of blanks, or of menus by the places of their right answers: each its share."""
    places = enumerate(zip(names, right, strict=True))
    return _shares([_equal(f"response_{name}", blank_ident(place, index)) for place, (name, index) in places])


def matching(stem: str, left: Sequence[str], right: Sequence[str]) -> str:
    """Return the presentation of a matching: HTML on the left, plain texts on the right."""
    choices = "".join(response_label(right_ident(index), plain(text)) for index, text in enumerate(right))
    responses = (
        f'<response_lid ident="response_{option_ident(index)}">{material(html)}<render_choice>{choices}</render_choice>'
        "</response_lid>"
        for index, html in enumerate(left)
    )
    return material(stem) + "".join(responses)


def matching_scoring(pairs: Sequence[tuple[int, int]]) -> str:
    """Return the scoring of pairs: each its share."""
    return _shares([_equal(f"response_{option_ident(a)}", right_ident(b)) for a, b in pairs])


def option_ident(index: int) -> str:
    """Return the ident of an option, or of a left item."""
    return str(1001 + index)


def right_ident(index: int) -> str:
    """Return the ident of a right item."""
    return str(500_001 + index)


def blank_ident(place: int, index: int) -> str:
    """Return the ident of an accepted answer of a blank."""
    return str((place + 1) * 1000 + index + 1)


def response_label(ident: str, content: str) -> str:
    """Return one option of a choice, with its material."""
    return f'<response_label ident="{ident}">{content}</response_label>'


def _equal(respident: str, value: str) -> str:
    return f'<varequal respident="{respident}">{escape(value)}</varequal>'


def _all_points(tests: str) -> str:
    return (
        f'<respcondition continue="No"><conditionvar>{tests}</conditionvar>'
        '<setvar action="Set" varname="SCORE">100</setvar></respcondition>'
    )


def _shares(tests: Sequence[str]) -> str:
    """Return conditions that add up to exactly 100."""
    share = (Decimal(100) / len(tests)).quantize(Decimal("0.01"))
    shares = [share] * (len(tests) - 1) + [Decimal(100) - share * (len(tests) - 1)]
    return "".join(
        f"<respcondition><conditionvar>{test}</conditionvar>"
        f'<setvar action="Add" varname="SCORE">{share}</setvar></respcondition>'
        for test, share in zip(tests, shares, strict=True)
    )
