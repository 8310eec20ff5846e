"""Who may see what. Everything is looked up in the database; the link only says which launch it is."""

from __future__ import annotations

from sqlalchemy import select
from structlog.contextvars import bind_contextvars

from lti_tool.errors import N_, AccessError
from lti_tool.lti import Role
from lti_tool.models import Exam, Generation, Launch, db, now
from lti_tool.security.tokens import LinkExpired, LinkInvalid, Purpose, Tokens

THIRTY_DAYS = 30 * 24 * 3600


class TeachersOnly(AccessError):
    """A student, or somebody without a role in the course, asked for a teacher's page."""

    code = "access.teachers_only"
    sentence = N_("This page is for teachers of the course.")
    advice = N_("Go back to your course. Your teacher adds the questions to a quiz there.")


class NotYours(AccessError):
    """The thing asked for is somebody else's, or is not there: nobody learns which."""

    code = "access.not_found"
    sentence = N_("This exam is not here, or it is somebody else's.")
    advice = N_("Open Examplary again from your course and choose one of your exams.")
    status = 404


class Access:
    """Turns links into rows, or refuses."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens

    def link_to(self, launch: Launch | str) -> str:
        """Return the token under which the pages of ``launch``, or of the launch with this id, stand."""
        return self._tokens.sign(Purpose.LAUNCH, launch if isinstance(launch, str) else launch.id)

    def launch(self, token: str) -> Launch:
        """Return the launch behind ``token``; raise :class:`LinkInvalid` or :class:`LinkExpired`."""
        launch = db.session.get(Launch, self._tokens.read(Purpose.LAUNCH, token, THIRTY_DAYS))
        if launch is None:
            raise LinkExpired("the launch is no longer kept")
        if launch.expires_at <= now():
            raise LinkExpired
        bind_contextvars(launch=launch.id)
        return launch

    def teacher_launch(self, token: str) -> Launch:
        """Return the launch behind ``token`` if a teacher began it; raise :class:`TeachersOnly` if not."""
        launch = self.launch(token)
        if launch.role != Role.INSTRUCTOR:
            raise TeachersOnly(f"role {launch.role}")
        return launch

    def generation(self, launch: Launch, generation_id: str) -> Generation:
        """Return one of this person's own generations."""
        found = db.session.get(Generation, generation_id)
        if found is None or found.lms_user_id != launch.lms_user_id:
            raise NotYours
        bind_contextvars(generation=found.id)
        return found

    def returning_generation(self, token: str) -> Generation:
        """Return the generation to which Examplary sends the browser back."""
        found = db.session.get(Generation, self._tokens.read(Purpose.EMBED_RETURN, token, THIRTY_DAYS))
        if found is None:
            raise LinkInvalid("no such generation")
        bind_contextvars(launch=found.launch_id, generation=found.id)
        return found

    def exam(self, launch: Launch, exam_id: str) -> Exam:
        """Return an exam that this teacher may use.

        Their own, one made in this course, or the one that the launched link names: the id in the link cannot be
        guessed, and a link is put into a course by somebody who teaches there. Always of the same platform.
        """
        found = db.session.get(Exam, exam_id)
        if found is None or found.platform_id != launch.platform_id:
            raise NotYours
        own = found.owner_id == launch.lms_user_id
        course = bool(launch.context_id) and found.context_id == launch.context_id
        if not (own or course or launch.exam_id == exam_id):
            raise NotYours
        return found

    @staticmethod
    def exams(launch: Launch, limit: int = 50) -> list[Exam]:
        """Return the person's own exams and those of this course, newest first."""
        mine = Exam.owner_id == launch.lms_user_id
        here = (Exam.context_id == launch.context_id) if launch.context_id else mine
        query = select(Exam).where(Exam.platform_id == launch.platform_id, mine | here)
        return list(db.session.scalars(query.order_by(Exam.created_at.desc(), Exam.id).limit(limit)))
