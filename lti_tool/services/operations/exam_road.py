"""The road of an exam, step by step, for an administrator who looks for one that did not arrive."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select

from lti_tool.errors import N_, AccessError
from lti_tool.models import (
    OPERATOR,
    AuditAction,
    AuditEntry,
    Delivery,
    Exam,
    Generation,
    Import,
    Launch,
    LmsUser,
    add_audit_entry,
    db,
)

MOST = 50
"""Exams that a search shows, and entries of the audit log on a road."""


class NoSuchColleague(AccessError):
    """Nobody of this LMS has this ID or e-mail address, or several people have it."""

    code = "admin.colleague_unknown"
    sentence = N_("No person of this LMS matches “%(who)s”.")
    advice = N_("Use the person's LMS user ID. They must have opened Examplary once.")
    status = 422


@dataclass(frozen=True, slots=True)
class RoadExam:
    """An exam, or one that is still being made: then ``exam_id`` is empty."""

    generation_id: str
    exam_id: str
    title: str
    course: str
    person: str
    platform_id: str
    state: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RoadStep:
    """One step. ``kind`` names it (``generation``, ``launch``, ``import``, ``link`` or an audited action)."""

    at: datetime
    kind: str
    state: str = ""
    detail: str = ""


def find_exams(text: str, scope: ColumnElement[bool]) -> Sequence[RoadExam]:
    """Return the newest exams about ``text``: part of a title or course, a person's ID or address, or an internal ID.

    An empty text finds the newest of all. ``scope`` limits the platforms of :class:`Generation`.
    """
    query = (
        select(Generation, Exam.id, Exam.title, Exam.course_title, LmsUser.name, LmsUser.sub)
        .join(LmsUser, LmsUser.id == Generation.lms_user_id)
        .outerjoin(Exam, Exam.id == Generation.exam_id)
        .where(scope)
        .order_by(Generation.created_at.desc(), Generation.id)
        .limit(MOST)
    )
    if text:
        query = query.where(_about(text.strip()))
    return [
        RoadExam(
            generation_id=generation.id,
            exam_id=exam_id or "",
            title=title or generation.title,
            course=course or "",
            person=name or sub,
            platform_id=generation.platform_id,
            state=generation.error_code or generation.state,
            at=generation.created_at,
        )
        for generation, exam_id, title, course, name, sub in db.session.execute(query)
    ]


def _about(text: str) -> ColumnElement[bool]:
    names = (Exam.title, Exam.course_title, Generation.title)
    ids = (Exam.id, Generation.id, Generation.launch_id, LmsUser.id, LmsUser.sub, LmsUser.email)
    parts = [name.icontains(text, autoescape=True) for name in names]
    return or_(*parts, *(column == text for column in ids))


def road_of(generation: Generation) -> list[RoadStep]:
    """Return the steps of an exam, oldest first."""
    steps = [RoadStep(generation.created_at, "generation", "opening")]
    if generation.state != "opening":
        steps.append(RoadStep(generation.state_since, "generation", generation.state, generation.error_code))
    if generation.launch_id is not None and (launch := db.session.get(Launch, generation.launch_id)) is not None:
        steps.append(RoadStep(launch.created_at, "launch", launch.role, launch.id))
    if generation.exam_id is not None:
        steps += [*_imports(generation.exam_id), *_links(generation.exam_id)]
    steps += _audited(generation)
    return sorted(steps, key=lambda step: step.at)


def _imports(exam_id: str) -> Iterator[RoadStep]:
    for row in db.session.scalars(select(Import).where(Import.exam_id == exam_id)):
        yield RoadStep(row.created_at, "import", "asked", row.family)
        if row.state != "asked":
            yield RoadStep(row.state_since, "import", row.state, row.error_code or row.outcome)


def _links(exam_id: str) -> Iterator[RoadStep]:
    for row in db.session.scalars(select(Delivery).where(Delivery.exam_id == exam_id)):
        yield RoadStep(row.created_at, "link", "made", row.format_name)
        if row.first_fetched_at:
            yield RoadStep(row.first_fetched_at, "link", "fetched", row.format_name)
        if row.revoked_at:
            yield RoadStep(row.revoked_at, "link", "revoked", row.format_name)


def _audited(generation: Generation) -> Iterator[RoadStep]:
    subjects = [value for value in (generation.exam_id, generation.id) if value]
    query = select(AuditEntry).where(AuditEntry.subject.in_(subjects)).order_by(AuditEntry.id.desc()).limit(MOST)
    for row in db.session.scalars(query):
        yield RoadStep(row.at, row.action, detail=row.detail)


def hand_over(exam: Exam, who: str, *, actor: str = OPERATOR) -> LmsUser:
    """Change the owner of an exam to another person of the same LMS. Commits. Raises :class:`NoSuchColleague`."""
    people = db.session.scalars(
        select(LmsUser).where(
            LmsUser.platform_id == exam.platform_id, or_(LmsUser.sub == who.strip(), LmsUser.email == who.strip())
        )
    ).all()
    if not who.strip() or len(people) != 1:
        raise NoSuchColleague(who=who[:100])
    exam.owner_id = people[0].id
    add_audit_entry(
        AuditAction.EXAM_HANDED_OVER, actor, subject=exam.id, platform_id=exam.platform_id, detail=people[0].id
    )
    db.session.commit()
    return people[0]
