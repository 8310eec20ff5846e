"""The stored images and files of an exam, for pages that show its texts."""

from __future__ import annotations

from flask import url_for

from lti_tool.models import Exam
from lti_tool.web.files import INLINE
from lti_tool.web.rich_text import MediaFile


def media_of(row: Exam) -> dict[str, MediaFile]:
    """Return the files by their URL in the exam."""
    return {
        file.url: MediaFile(
            url_for("exams.media", exam_id=row.id, sha256=file.asset.sha256), file.asset.media_type in INLINE
        )
        for file in row.media
        if file.asset is not None
    }
