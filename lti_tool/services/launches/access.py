"""Access control. A link only names its launch; permissions and the launch's browser come from the database."""

from __future__ import annotations

from sqlalchemy import ColumnElement, String, and_, bindparam, exists, not_, or_, select
from sqlalchemy.orm import joinedload
from structlog.contextvars import bind_contextvars

from lti_tool.errors import N_, AccessError
from lti_tool.models import Base, Deployment, Exam, Generation, Import, Launch, LmsUser, Platform, db, now
from lti_tool.security.tokens import LinkExpired, LinkInvalid, LinkSigner, Purpose
from lti_tool.services.launches.browser_binding import OtherBrowser, Visitor
from lti_tool.services.launches.permissions import Action, Standing, is_teacher, may
from lti_tool.services.platform_settings import is_active

THIRTY_DAYS = 30 * 24 * 3600

_EXAM, _SENT, _COPY = (Base.metadata.tables[name].c for name in ("exam", "exam_course", "course_copy"))
_PLATFORM, _COURSE, _LINKED = (bindparam(name, type_=String()) for name in ("platform", "course", "linked"))

_LAUNCH = (
    select(Launch, Platform.active, Deployment.active)
    .join(Platform, Platform.id == Launch.platform_id)
    .outerjoin(
        Deployment,
        and_(Deployment.platform_id == Launch.platform_id, Deployment.deployment_id == Launch.deployment_id),
    )
    .where(Launch.id == bindparam("launch_id"))
    .options(joinedload(Launch.user))
)
"""A launch with its person, and whether its platform and deployment are active.

Read at every request: "off" ends open pages."""


class TeachersOnly(AccessError):
    """A student, or a person without a role in the course, opened a teacher's page."""

    code = "access.teachers_only"
    sentence = N_("This page is for teachers of the course.")
    advice = N_("Go back to your course. Your teacher will add the questions to a quiz there.")


class SwitchedOff(AccessError):
    """The platform or the deployment of an open page was switched off."""

    code = "access.switched_off"
    sentence = N_("Examplary is switched off in your LMS.")
    advice = N_("Ask the person who runs Examplary at your school to activate it.")


class OneExamOnly(AccessError):
    """A tab that was opened for one exam asks for something else."""

    code = "access.one_exam_only"
    sentence = N_("This tab shows one exam only.")
    advice = N_("Go back to the tab with your course and continue there.")


class ItemNotFound(AccessError):
    """The item does not exist or belongs to another person; the error does not reveal which."""

    code = "access.not_found"
    sentence = N_("This exam doesn't exist, or it isn't yours.")
    advice = N_("Open Examplary again from your course and choose one of your exams.")
    status = 404


class Access:
    """Turns links into rows and checks permissions."""

    def __init__(self, tokens: LinkSigner) -> None:
        self._tokens = tokens

    def link_to(self, launch: Launch | str) -> str:
        """Return the token in the URLs of the pages of ``launch``, given as a row or an id."""
        return self._tokens.sign(Purpose.LAUNCH, launch if isinstance(launch, str) else launch.id)

    def launch(self, token: str, visitor: Visitor) -> Launch:
        """Return the launch behind ``token`` if it opens in the browser of ``visitor``.

        Raises :class:`LinkInvalid`, :class:`LinkExpired`, :class:`SwitchedOff` or :class:`OtherBrowser`.
        """
        launch = self.active_launch(self._tokens.read(Purpose.LAUNCH, token, THIRTY_DAYS))
        if not visitor.may_open(launch):
            raise OtherBrowser(f"launch {launch.id}, cookie {'wrong' if visitor.secret else 'missing'}")
        bind_contextvars(launch=launch.id)
        return launch

    @staticmethod
    def active_launch(launch_id: str) -> Launch:
        """Return a launch that has not expired; raise :class:`LinkExpired` or :class:`SwitchedOff`."""
        row = db.session.execute(_LAUNCH, {"launch_id": launch_id}).one_or_none()
        if row is None:
            raise LinkExpired("the launch is no longer kept")
        launch, platform_active, deployment_active = row
        if launch.expires_at <= now():
            raise LinkExpired
        if not platform_active or deployment_active is False:
            raise SwitchedOff(f"platform {launch.platform_id}, deployment {launch.deployment_id!r}")
        return launch

    def page_languages(self, token: str) -> tuple[str, ...]:
        """Return the languages of the person behind ``token``, the chosen one first, for a page without their data.

        The launch may have expired, or belong to another browser. Raises :class:`LinkInvalid` or :class:`LinkExpired`.
        """
        launch_id = self._tokens.read(Purpose.LAUNCH, token, THIRTY_DAYS)
        query = select(LmsUser.page_language, Launch.locale).join(Launch.user).where(Launch.id == launch_id)
        row = db.session.execute(query).one_or_none()
        return tuple(row) if row is not None else ()

    @staticmethod
    def require_teacher(launch: Launch) -> None:
        """Raise :class:`TeachersOnly` unless ``launch`` is a teacher's."""
        if not is_teacher(launch.role):
            raise TeachersOnly(f"role {launch.role}")

    def require_whole_launch(self, launch: Launch) -> None:
        """Raise :class:`TeachersOnly`, or :class:`OneExamOnly` in a tab that was opened for one exam."""
        self.require_teacher(launch)
        if launch.only_exam_id:
            raise OneExamOnly

    def generation(self, launch: Launch, generation_id: str) -> Generation:
        """Return a generation that this teacher may change."""
        self.require_whole_launch(launch)
        generation = db.session.get(Generation, generation_id)
        if generation is None:
            raise ItemNotFound
        own = generation.lms_user_id == launch.lms_user_id
        if not may(Standing.AUTHOR if own else Standing.STRANGER, Action.CHANGE):
            raise ItemNotFound
        bind_contextvars(generation=generation.id)
        return generation

    def own_import(self, launch: Launch, import_id: str) -> Import:
        """Return one of this person's own direct imports."""
        self.require_teacher(launch)
        row = db.session.get(Import, import_id)
        if row is None or row.lms_user_id != launch.lms_user_id:
            raise ItemNotFound
        if launch.only_exam_id not in ("", row.exam_id):
            raise OneExamOnly
        return row

    def returning_generation(self, token: str) -> Generation:
        """Return the generation to which Examplary returns the browser."""
        generation = db.session.get(Generation, self._tokens.read(Purpose.EMBED_RETURN, token, THIRTY_DAYS))
        if generation is None:
            raise LinkInvalid("no such generation")
        if not is_active(generation.platform_id, generation.launch.deployment_id if generation.launch else ""):
            raise SwitchedOff(f"platform {generation.platform_id}")
        bind_contextvars(launch=generation.launch_id, generation=generation.id)
        return generation

    def exam(self, launch: Launch, exam_id: str, action: Action = Action.SEE) -> Exam:
        """Return an exam of the same platform with which this teacher may do ``action``.

        Raises :class:`TeachersOnly`, :class:`OneExamOnly`, or :class:`ItemNotFound` for any other exam.

        Teachers may use their own exams; exams generated in this course or sent to it; and those of a course of which
        this one is a copy, if they existed then. The exam in the launched link proves nothing: students can read the
        link's parameters in their own launches, and some of them teach elsewhere.
        """
        self.require_teacher(launch)
        if launch.only_exam_id not in ("", exam_id):
            raise OneExamOnly
        exam = _exam_for(launch, exam_id, action)
        if exam is None:
            raise ItemNotFound
        return exam

    @staticmethod
    def may(launch: Launch, exam: Exam, action: Action) -> bool:
        """Return whether this teacher may do ``action`` with an exam that they may see."""
        return may(_standing(launch, exam), action)

    @staticmethod
    def linked_exam(launch: Launch) -> Exam | None:
        """Return the exam that the launched link names, if it belongs to this course; students see its title."""
        return _exam_for(launch, launch.exam_id, Action.SEE) if launch.exam_id else None

    @staticmethod
    def names_exam_of_another_course(launch: Launch) -> bool:
        """Return whether the launched link names an exam that exists but does not belong to this course."""
        if not launch.exam_id:
            return False
        return db.session.scalar(_LACKS_NAMED_EXAM, _parameters(launch)) is not None


def _exam_for(launch: Launch, exam_id: str, action: Action) -> Exam | None:
    """Return the exam if a teacher with this launch may do ``action`` with it."""
    exam = db.session.get(Exam, exam_id)
    if exam is None or exam.platform_id != launch.platform_id:
        return None
    return exam if may(_standing(launch, exam), action) else None


def _standing(launch: Launch, exam: Exam) -> Standing:
    """Return what the teacher of ``launch`` is to ``exam``."""
    if exam.owner_id == launch.lms_user_id:
        return Standing.AUTHOR
    of_course = db.session.scalar(_HAS_EXAM, _parameters(launch) | {"wanted": exam.id})
    return Standing.COLLEAGUE if of_course else Standing.STRANGER


def _parameters(launch: Launch) -> dict[str, str]:
    """Return the parameters of the statements below."""
    return {
        "platform": launch.platform_id,
        "course": launch.context_id,
        "linked": launch.exam_id,
    }


def _of_course() -> ColumnElement[bool]:
    """Return the condition that an exam belongs to the launched course.

    It was generated in the course or sent to it, or to a course of which this one is a copy. Exams generated in the
    original after the copy became known belong to the copy only if the launched link names them: then it was copied
    again.
    """
    origins = (_COPY.platform_id == _PLATFORM, _COPY.context_id == _COURSE)
    sent_into = or_(_SENT.context_id == _COURSE, _SENT.context_id.in_(select(_COPY.copied_from).where(*origins)))
    in_time = or_(_COPY.learned_at >= _EXAM.created_at, _EXAM.id == _LINKED)
    belongs = or_(
        _EXAM.context_id == _COURSE,
        exists().where(_SENT.exam_id == _EXAM.id, sent_into),
        exists().where(_COPY.copied_from == _EXAM.context_id, *origins, in_time),
    )
    return and_(_COURSE != "", belongs)


_HAS_EXAM = select(_EXAM.id).where(_EXAM.id == bindparam("wanted"), _of_course())
_LACKS_NAMED_EXAM = select(_EXAM.id).where(_EXAM.id == _LINKED, _EXAM.platform_id == _PLATFORM, not_(_of_course()))
