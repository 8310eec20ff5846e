"""Items of QTI 1.2.1 in the profile of Common Cartridge 1.1.

Stricter than Canvas's dialect: ``setvar`` only sets, there is no ``or``, and a weight is a whole number to 99.

See docs/reference/importers.md#common-cartridge and docs/reference/moodle.md#common-cartridge.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lti_tool.exam.value import value
from lti_tool.formats.canvas_qti.items import material, option_ident, response_label
from lti_tool.formats.common_cartridge.html import in_ascii
from lti_tool.formats.text.xml_text import escape

MULTIPLE_CHOICE = "cc.multiple_choice.v0p1"
MULTIPLE_RESPONSE = "cc.multiple_response.v0p1"
TRUE_FALSE = "cc.true_false.v0p1"
FILL_IN = "cc.fib.v0p1"
ESSAY = "cc.essay.v0p1"

_OUTCOMES = '<outcomes><decvar maxvalue="%s" minvalue="0" varname="SCORE" vartype="Decimal"/></outcomes>'
"""The highest value is the points, for Sakai. Others go by ``cc_weighting``, and Moodle's restore by a score of 100."""
_RESPONSE = "response1"
_UNSCORED = '<respcondition continue="No"><conditionvar><other/></conditionvar></respcondition>'


@value
class ItemBody:
    """What students see of an item, and the conditions of its score."""

    presentation: str
    processing: str


def metadata_fields(*pairs: tuple[str, str]) -> str:
    """Return labels and entries as QTI metadata."""
    return "".join([_field(label, entry) for label, entry in pairs])


def _field(label: str, entry: str) -> str:
    entry = escape(entry)
    return f"<qtimetadatafield><fieldlabel>{label}</fieldlabel><fieldentry>{entry}</fieldentry></qtimetadatafield>"


def item(ident: str, title: str, profile: str, weight: int, body: ItemBody) -> str:
    """Return an item; ``weight`` is its points."""
    computer_scored = _field("qmd_computerscored", "No") if profile == ESSAY else ""
    return (
        f'<item ident="{ident}" title="{escape(title)}"><itemmetadata><qtimetadata>{_field("cc_profile", profile)}'
        f"{_field('cc_weighting', str(weight))}{computer_scored}</qtimetadata></itemmetadata>"
        f"{body.presentation}<resprocessing>{_OUTCOMES % weight}{body.processing}</resprocessing></item>\n"
    )


def single(stem: str, options: Sequence[str], correct: int, *, shuffle: bool) -> ItemBody:
    """Return a single choice; options are HTML."""
    labels = [response_label(option_ident(index), material(html)) for index, html in enumerate(options)]
    return _choice(stem, labels, "Single", _equal(option_ident(correct)), shuffle=shuffle)


def multiple(stem: str, options: Sequence[str], correct: Iterable[int], *, shuffle: bool) -> ItemBody:
    """Return a multiple choice, its right answers first: an older Sakai takes the first test, even inside ``not``.

    Moodle recognises right answers by ``case="Yes"`` only.
    """
    names = [option_ident(index) for index in range(len(options))]
    labels = [response_label(name, material(html)) for name, html in zip(names, options, strict=True)]
    correct_indices = frozenset(correct)
    right = [_equal(name, case="Yes") for index, name in enumerate(names) if index in correct_indices]
    wrong = [f"<not>{_equal(name)}</not>" for index, name in enumerate(names) if index not in correct_indices]
    return _choice(stem, labels, "Multiple", f"<and>{''.join(right + wrong)}</and>", shuffle=shuffle)


def true_false(stem: str, words: tuple[str, str], *, correct: bool) -> ItemBody:
    """Return a true/false question; the idents must be ``true`` and ``false``, or Moodle's restore fails."""
    labels = [response_label(name, material(html)) for name, html in zip(("true", "false"), words, strict=True)]
    return _choice(stem, labels, "Single", _equal("true" if correct else "false"), shuffle=False)


def fill_in(stem: str, accepted: Iterable[str], *, case: bool) -> ItemBody:
    """Return a short answer; all accepted texts are in one condition, because Moodle reads only one."""
    tests = "".join([_equal(text, case="Yes" if case else "No") for text in accepted])
    return _open(stem, '<render_fib columns="30" rows="1" prompt="Dashline"/>', _all_points(tests))


def essay(stem: str) -> ItemBody:
    """Return an essay; the profile requires a condition, so this one tests nothing."""
    return _open(stem, '<render_fib rows="15"/>', _UNSCORED)


def _choice(stem: str, labels: list[str], cardinality: str, test: str, *, shuffle: bool) -> ItemBody:
    render = f'<render_choice shuffle="{"Yes" if shuffle else "No"}">{"".join(labels)}</render_choice>'
    response = f'<response_lid ident="{_RESPONSE}" rcardinality="{cardinality}">{render}</response_lid>'
    return _item_body(stem, response, _all_points(test))


def _open(stem: str, render: str, processing: str) -> ItemBody:
    response = f'<response_str ident="{_RESPONSE}" rcardinality="Single">{render}</response_str>'
    return _item_body(stem, response, processing)


def _item_body(stem: str, response: str, processing: str) -> ItemBody:
    presentation = f"<presentation>{material(in_ascii(stem))}{response}</presentation>"
    return ItemBody(presentation, processing)


def _equal(text: str, case: str = "") -> str:
    attribute = f' case="{case}"' if case else ""
    return f'<varequal respident="{_RESPONSE}"{attribute}>{escape(text)}</varequal>'


def _all_points(test: str) -> str:
    return (
        f'<respcondition continue="No"><conditionvar>{test}</conditionvar>'
        '<setvar action="Set" varname="SCORE">100</setvar></respcondition>'
    )
