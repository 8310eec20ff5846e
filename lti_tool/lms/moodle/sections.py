"""The section of a Moodle course that gets a new quiz: Moodle's default, unless the teacher wants to choose."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from lti_tool.errors import N_
from lti_tool.lms.direct_import import AnswerChoice, ImportOption, ImportOrder, TeacherQuestion
from lti_tool.lms.moodle.response_fields import integer, mappings, text

OPTION = ImportOption("choose_section", N_("Let me choose the section"), only_new=True)
MAX_SECTIONS = 100

_PREFIX = "section:"
_PROGRESS = "section_id"

QUESTION = N_("Which section should the quiz go in?")
_WORDS: Mapping[tuple[bool, bool], str] = {
    (True, True): N_("%(name)s"),
    (True, False): N_("%(name)s (hidden)"),
    (False, True): N_("%(name)s (section %(number)s)"),
    (False, False): N_("%(name)s (section %(number)s, hidden)"),
}
"""By whether a name is the only one of its kind, and whether students see the section."""


def chosen_section(order: ImportOrder) -> int | None:
    """Return the id of the section that the teacher chose, now or before another question."""
    if order.decision.startswith(_PREFIX):
        return int(order.decision.removeprefix(_PREFIX))
    section = order.progress.get(_PROGRESS)
    return section if isinstance(section, int) else None


def keep_section(order: ImportOrder, section: int) -> None:
    """Remember the section, because the answer to a further question replaces this one."""
    if order.progress.get(_PROGRESS) != section:
        order.keep({**order.progress, _PROGRESS: section})


def wants_to_choose(order: ImportOrder) -> bool:
    """Return whether to ask the teacher for a section: an existing quiz stays in its own."""
    return OPTION.name in order.options and chosen_section(order) is None and not (order.decision or order.earlier)


def section_question(document: Mapping[str, object]) -> TeacherQuestion | None:
    """Return the question about the ``sections`` of a response, the default last; ``None`` if there is no choice."""
    sections = [section for section in mappings(document.get("sections")) if integer(section, "id")][:MAX_SECTIONS]
    if len(sections) < 2:
        return None
    default = integer(document, "default_section_id")
    sections.sort(key=lambda section: integer(section, "id") == default)
    names = Counter(text(section, "name") for section in sections)
    choices = tuple(_choice(section, names) for section in sections)
    return TeacherQuestion(code="section", sentence=QUESTION, choices=choices)


def _choice(section: Mapping[str, object], names: Counter[str]) -> AnswerChoice:
    name, is_visible = text(section, "name"), section.get("visible") is not False
    words = _WORDS[names[name] == 1, is_visible]
    return AnswerChoice(
        f"{_PREFIX}{integer(section, 'id')}", words, {"name": name, "number": integer(section, "number")}
    )
