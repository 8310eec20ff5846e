"""Presets that fill in Examplary's form before the teacher sees it (see docs/reference/examplary-api.md#flows)."""

from __future__ import annotations

from collections.abc import Mapping

from lti_tool.examplary import JsonObject
from lti_tool.languages import primary_subtag
from lti_tool.models import Launch
from lti_tool.services.platform_settings import PlatformSettings

PREFIX = "examplary_"
"""Prefix of the custom parameters that set presets: ``examplary_subject=Biology``."""

TEXTS = {
    "name": "name",
    "subject": "subject",
    "student_level": "studentLevel",
    "taxonomy_id": "taxonomyId",
    "language": "language",
    "context": "context",
}
LISTS = {"source_material_ids": "sourceMaterialIds", "question_types": "allowedGenerationQuestionTypes"}
MAX_LENGTH = 2000
"""Characters of one preset."""

MAX_TITLE = 60
"""Characters of the title of a generation in a list."""


def presets_of(custom: Mapping[str, str]) -> JsonObject:
    """Return the presets in a link's custom parameters; unknown ones are ignored."""
    presets: JsonObject = {}
    for parameter, value in custom.items():
        name = parameter.lower().removeprefix(PREFIX)
        if not parameter.lower().startswith(PREFIX) or not value.strip():
            continue
        if name in TEXTS:
            presets[TEXTS[name]] = value.strip()[:MAX_LENGTH]
        elif name in LISTS:
            presets[LISTS[name]] = [part.strip() for part in value.split(",") if part.strip()]
        elif name == "duration":
            presets |= _duration(value)
    return presets


def preset_names() -> list[str]:
    """Return the names that :func:`presets_of` accepts, without the prefix."""
    return [*TEXTS, *LISTS, "duration"]


def preset_lines(presets: JsonObject) -> list[str]:
    """Return presets as the assignments that made them, ``name=value``."""
    texts = [(name, presets.get(key)) for name, key in TEXTS.items()]
    lists = [(name, _joined(presets.get(key))) for name, key in LISTS.items()]
    values = [*texts, *lists, ("duration", presets.get("intendedDuration"))]
    return [f"{name}={value}" for name, value in values if value]


def _joined(values: object) -> str:
    return ", ".join(map(str, values)) if isinstance(values, list) else ""


def _duration(value: str) -> JsonObject:
    """Round to steps of 15 minutes, as Examplary requires."""
    try:
        minutes = int(value)
    except ValueError:
        return {}
    return {"intendedDuration": max(15, 15 * round(minutes / 15))} if 0 < minutes <= 600 else {}


def presets_for(launch: Launch) -> JsonObject:
    """Return the presets of a launch; the link's override the platform's, which override the course's."""
    course: JsonObject = {}
    if launch.context_title:
        course["subject"] = launch.context_title
    if launch.locale:
        course["language"] = primary_subtag(launch.locale)
    return course | _set_presets(launch)


def _set_presets(launch: Launch) -> JsonObject:
    """Return the presets of the platform and the link, without those that come from the course."""
    return dict(PlatformSettings.of(launch.platform).presets) | (launch.presets or {})


def title_for(launch: Launch) -> str:
    """Return what lists call a generation of this launch: its name, subject or first words; empty if none is set.

    The course is no name: all exams of a course would have the same.
    """
    presets = _set_presets(launch)
    texts = (str(presets.get(name) or "") for name in ("name", "subject", "context"))
    title = next((" ".join(text.split()) for text in texts if text), "")
    return title if len(title) <= MAX_TITLE else f"{title[: MAX_TITLE - 1].rstrip()}…"
