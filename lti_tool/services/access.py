"""Who may see what. Everything is looked up in the database; the link only says which launch it is."""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists, false, not_, or_, select
from structlog.contextvars import bind_contextvars

from lti_tool.errors import N_, AccessError
from lti_tool.lti import Role
from lti_tool.models import CourseCopy, Exam, ExamCourse, Generation, Launch, db, now
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
        """Return an exam that this teacher may use; raise :class:`NotYours` for any other. Always of the same platform.

        Their own; one that was made in this course or sent into it; and the same of a course of which this one is a
        copy, if it was there to be copied. That the launched link names it proves nothing: students read the link's
        parameters in their own launches, and some of them teach elsewhere.
        """
        found = db.session.get(Exam, exam_id)
        if found is None or found.platform_id != launch.platform_id:
            raise NotYours
        own = found.owner_id == launch.lms_user_id
        if not (own or db.session.scalar(select(Exam.id).where(Exam.id == exam_id, _of_course(launch)))):
            raise NotYours
        return found

    @staticmethod
    def names_exam_of_another_course(launch: Launch) -> bool:
        """Return whether the launched link names an exam that is here, but that this course does not have."""
        if not launch.exam_id:
            return False
        query = select(Exam.id).where(Exam.id == launch.exam_id, Exam.platform_id == launch.platform_id)
        return db.session.scalar(query.where(not_(_of_course(launch)))) is not None

    @staticmethod
    def exams(launch: Launch, limit: int = 50) -> list[Exam]:
        """Return the person's own exams and those of this course, newest first."""
        mine = Exam.owner_id == launch.lms_user_id
        query = select(Exam).where(Exam.platform_id == launch.platform_id, or_(mine, _of_course(launch)))
        return list(db.session.scalars(query.order_by(Exam.created_at.desc(), Exam.id).limit(limit)))


def _of_course(launch: Launch) -> ColumnElement[bool]:
    """Return the condition that an exam belongs to the launched course.

    It was made in it or sent into it, or into a course of which this one is a copy. What was made in the other course
    after it was known to be copied belongs to it only if the launched link names it: then it was copied again.
    """
    if not launch.context_id:
        return false()
    origins = (CourseCopy.platform_id == launch.platform_id, CourseCopy.context_id == launch.context_id)
    sent_into = or_(
        ExamCourse.context_id == launch.context_id,
        ExamCourse.context_id.in_(select(CourseCopy.copied_from).where(*origins)),
    )
    in_time = or_(CourseCopy.learned_at >= Exam.created_at, Exam.id == launch.exam_id)
    return or_(
        Exam.context_id == launch.context_id,
        exists().where(ExamCourse.exam_id == Exam.id, sent_into),
        exists().where(CourseCopy.copied_from == Exam.context_id, *origins, in_time),
    )
