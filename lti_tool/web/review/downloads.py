"""The downloads that the review page offers, with the best format for the LMS first."""

from __future__ import annotations

from dataclasses import dataclass

from lti_tool import formats
from lti_tool.lms import Course, LmsPlugin, OfferKind, Step
from lti_tool.models import Exam, Launch
from lti_tool.services.delivery.packages import ORIGINAL, offered_downloads
from lti_tool.web.labels import ORIGINAL_AUDIENCE, ORIGINAL_LABEL


@dataclass(frozen=True, slots=True)
class DownloadOption:
    """A package in one format. ``label`` and ``audience`` are marked with ``N_``."""

    name: str
    label: str
    audience: str
    suffix: str
    steps: tuple[Step, ...]


def downloads(row: Exam, launch: Launch, plugin: LmsPlugin) -> list[DownloadOption]:
    """Return the downloads of an exam that its platform's teachers are offered, with the import steps of this LMS."""
    names = offered_downloads(launch)
    offers = [_download(name, launch, plugin) for name in names if name != ORIGINAL]
    if row.original_sha256 is not None and ORIGINAL in names:
        offers.append(DownloadOption(ORIGINAL, ORIGINAL_LABEL, ORIGINAL_AUDIENCE, ".zip", ()))
    return offers


def course_from(launch: Launch) -> Course:
    """Return the launch's course, as far as import steps depend on it."""
    return Course(
        issuer=launch.platform.issuer,
        context_id=launch.context_id,
        platform_version=launch.platform_version,
        return_url=launch.return_url,
    )


def _download(name: str, launch: Launch, plugin: LmsPlugin) -> DownloadOption:
    format_ = formats.get(name)
    steps = plugin.next_steps(course_from(launch), name, OfferKind.NOTHING)
    return DownloadOption(name, format_.label, format_.audience, format_.suffix, steps)
