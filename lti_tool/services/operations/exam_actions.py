"""An administrator's actions on an exam with problems: try again, revoke its links, hand it over.

Each is recorded in the audit log. Repeating one has no further effect.
"""

from __future__ import annotations

from sqlalchemy import or_, select

from lti_tool.errors import N_, AccessError
from lti_tool.models import (
    OPERATOR,
    AuditAction,
    Exam,
    Generation,
    LmsUser,
    add_audit_entry,
    compare_and_set,
    db,
    retry_on_conflict,
)
from lti_tool.services.delivery.import_retries import reopen_import
from lti_tool.services.delivery.package_links import PackageLinks
from lti_tool.services.generations.generations import Generations
from lti_tool.services.queue import Queue


class NoSuchColleague(AccessError):
    """Nobody of this LMS has this ID or e-mail address, or several people have it."""

    code = "admin.colleague_unknown"
    sentence = N_("No person of this LMS matches “%(who)s”.")
    advice = N_("Use the person's LMS user ID. They must have opened Examplary once.")
    status = 422


class ExamActions:
    """The actions, with the services that carry them out."""

    def __init__(self, generations: Generations, links: PackageLinks, queue: Queue) -> None:
        self._generations = generations
        self._links = links
        self._queue = queue

    def retry_generation(self, generation: Generation, *, actor: str = OPERATOR) -> bool:
        """Try a failed generation again; return whether it had failed."""
        return self._generations.retry(generation, actor=actor)

    def retry_import(self, import_id: str, *, actor: str = OPERATOR) -> bool:
        """Try a failed import again; return whether it had failed. Raises :class:`ImportNotRetryable`."""
        reopened = reopen_import(import_id, actor=actor)
        if reopened:
            self._queue.run_import(import_id)
        return reopened

    def revoke_links(self, exam: Exam, *, actor: str = OPERATOR) -> int:
        """Revoke the links by which LMSs fetch packages of an exam; return how many were active."""
        return self._links.revoke_exam(exam.id, platform_id=exam.platform_id, actor=actor)

    @staticmethod
    def find_colleague(exam: Exam, who: str) -> LmsUser:
        """Return the person of the exam's LMS with this id, LMS user ID or e-mail address.

        Raises :class:`NoSuchColleague`.
        """
        text = who.replace("\x00", "").strip()
        names = or_(LmsUser.id == text[:40], LmsUser.sub == text, LmsUser.email == text)
        people = db.session.scalars(select(LmsUser).where(LmsUser.platform_id == exam.platform_id, names)).all()
        if not text or len(people) != 1:
            raise NoSuchColleague(who=who[:100])
        return people[0]

    def hand_over(self, exam: Exam, who: str, *, actor: str = OPERATOR) -> LmsUser:
        """Make another person of the same LMS the owner of an exam. Raises :class:`NoSuchColleague`."""
        person = self.find_colleague(exam, who)
        _set_owner(exam, person.id, actor)
        return person


@retry_on_conflict
def _set_owner(exam: Exam, person_id: str, actor: str) -> None:
    """Commits."""
    if compare_and_set(Exam, Exam.id == exam.id, Exam.owner_id != person_id, owner_id=person_id):
        about = {"subject": exam.id, "platform_id": exam.platform_id}
        add_audit_entry(AuditAction.EXAM_HANDED_OVER, actor, detail=person_id, **about)
    db.session.commit()
    db.session.refresh(exam)
