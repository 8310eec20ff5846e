"""The files that a teacher can take along, the best one for this LMS first."""

from __future__ import annotations

from dataclasses import dataclass

from lti_tool import formats
from lti_tool.lms import Course, LmsPlugin, OfferKind, Step
from lti_tool.models import Exam, Launch
from lti_tool.services.delivery.packages import ORIGINAL
from lti_tool.web.labels import FOR_WHOM, ORIGINAL_LABEL


@dataclass(frozen=True, slots=True)
class Download:
    """A file in one format. Texts are marked with ``N_``."""

    name: str
    label: str
    for_whom: str
    suffix: str
    steps: tuple[Step, ...]


def downloads(row: Exam, launch: Launch, plugin: LmsPlugin) -> list[Download]:
    """Return what can be downloaded of ``row``, and the way of each into this LMS."""
    order = dict.fromkeys((*plugin.formats, *formats.names()))
    found = [_download(name, launch, plugin) for name in order]
    if row.original_sha256 is not None:
        found.append(Download(ORIGINAL, ORIGINAL_LABEL, FOR_WHOM[ORIGINAL], ".zip", ()))
    return found


def course_of(launch: Launch) -> Course:
    """Return the course of ``launch``, as far as next steps depend on it."""
    return Course(
        issuer=launch.platform.issuer,
        context_id=launch.context_id,
        platform_version=launch.platform_version,
        return_url=launch.return_url,
    )


def _download(name: str, launch: Launch, plugin: LmsPlugin) -> Download:
    format_ = formats.get(name)
    steps = plugin.next_steps(course_of(launch), name, OfferKind.NOTHING)
    return Download(name, format_.label, FOR_WHOM.get(name, ""), format_.suffix, steps)
