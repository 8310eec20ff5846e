"""The language that a person chose for the pages."""

from __future__ import annotations

from sqlalchemy import update

from lti_tool.models import Launch, LmsUser, db, retry_on_conflict


@retry_on_conflict
def choose_language(launch: Launch, language: str) -> None:
    """Keep ``language`` (a tag that the tool offers, or ``""`` for the LMS's) for the person of ``launch``. Commits."""
    db.session.execute(update(LmsUser).where(LmsUser.id == launch.lms_user_id).values(page_language=language))
    db.session.commit()
