"""Labels on all exams of an LMS: that AI made them, the administrator's tag, and a prefix of their titles."""

from __future__ import annotations

from dataclasses import replace

from lti_tool import exam as exams
from lti_tool.models import Platform
from lti_tool.services.platform_settings import PlatformSettings

AI_GENERATED = "AI-generated"
"""The keyword of all exams. Regulation (EU) 2024/1689, article 50(2), asks for a machine-readable mark."""


def labels_of(platform: Platform) -> tuple[str, ...]:
    """Return the prefix and the keywords of this platform's exams, on which packages depend beside the exam."""
    settings = PlatformSettings.of(platform)
    tag = (settings.question_tag,) if settings.question_tag else ()
    return (settings.title_prefix, AI_GENERATED, *tag)


def labelled(exam: exams.Exam, platform: Platform) -> exams.Exam:
    """Return ``exam`` with the labels of its platform; a title that begins with the prefix gets no second one."""
    prefix, *keywords = labels_of(platform)
    needs_prefix = prefix and not exam.title.startswith(prefix)
    return replace(exam, title=f"{prefix} {exam.title}" if needs_prefix else exam.title, keywords=tuple(keywords))
