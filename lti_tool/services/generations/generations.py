"""A generation from "New exam" to the moment when the exam can be collected."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import BoundedSemaphore

import structlog
from sqlalchemy import select

from lti_tool.errors import N_, ExamplaryError
from lti_tool.exam import ExamEmpty
from lti_tool.examplary import NotFound
from lti_tool.models import (
    ChoreKind,
    Exam,
    Flow,
    Generation,
    GenerationState,
    GenerationWord,
    Launch,
    Platform,
    db,
    insert_if_absent,
    new_id,
    now,
    retry_on_conflict,
)
from lti_tool.security.encryption import Vault, fingerprint
from lti_tool.services.chores import Chores
from lti_tool.services.generations.collect_exam import ExamCollector
from lti_tool.services.generations.open_embed import ExamGone
from lti_tool.services.generations.presets import title_for
from lti_tool.services.generations.transitions import reopen, transition
from lti_tool.services.platform_settings import ExamDeletion
from lti_tool.services.queue import Queue
from lti_tool.services.search_words import store_words

log = structlog.get_logger(__name__)

CANCELLABLE_STATES = (GenerationState.OPENING, GenerationState.OPEN)
"""States in which there is no exam yet."""

DISCARDABLE_STATES = (*CANCELLABLE_STATES, GenerationState.FAILED)
"""States in which the teacher may give up. What Examplary has finished is collected, whatever the teacher clicks."""

ACTIVE_STATES = (*CANCELLABLE_STATES, GenerationState.COLLECTING)
"""States in which work is under way at Examplary."""

SAME_CLICK = timedelta(minutes=2)
"""A form that is submitted again within this time is the same click."""

MAX_WAITING_PAGES = 4
"""Pages of one process that wait for Examplary. Further ones leave the work to the queue, so that threads stay free."""

ASK_AGAIN_AFTER = timedelta(seconds=30)
"""How often an open page makes us poll Examplary when there is no message from the embed."""

ABANDONED_AFTER = timedelta(seconds=10)
"""How long a page waits for a job before we assume that the job got lost."""

MAX_UNFINISHED = 10

ENOUGH_TIME = timedelta(hours=1)
"""Minimum remaining lifetime of a session that a teacher can rejoin."""


GONE = frozenset({ExamGone.code, NotFound.code})
"""Codes of errors after which there is nothing at Examplary to try again with."""


def can_retry(error_code: str) -> bool:
    """Return whether a generation that failed with this error may succeed when it is tried again."""
    return error_code not in GONE


@dataclass(frozen=True, slots=True)
class UnfinishedGeneration:
    """A generation as the first page lists it."""

    id: str
    title: str
    flow: str
    state: str
    error_code: str
    created_at: datetime


class StillOpen(ExamplaryError):
    """The teacher's browser says that the exam is finished, but Examplary does not."""

    code = "examplary.still_open"
    sentence = N_("Examplary says this exam isn't finished yet.")
    advice = N_(
        "Finish it in Examplary. If it's already finished there, wait a few seconds; we check again automatically."
    )
    status = 409


class Generations:
    """Starts generations, and reacts to hints about them."""

    def __init__(
        self,
        *,
        lifetime: timedelta,
        vault: Vault,
        chores: Chores,
        collector: ExamCollector,
        queue: Queue,
        may_poll: Callable[[], bool],
        deletion: ExamDeletion,
    ) -> None:
        """``deletion``: whether a discarded exam is deleted at Examplary, too.

        ``may_poll`` returns whether the rate limit leaves room for polls that are not urgent.
        """
        self._lifetime = lifetime
        self._vault = vault
        self._deletion = deletion
        self._chores = chores
        self._collector = collector
        self._queue = queue
        self._waiting_pages = BoundedSemaphore(MAX_WAITING_PAGES)
        self._may_poll = may_poll

    def start(self, launch: Launch, form_id: str = "") -> Generation:
        """Start a generation for the person of ``launch``, and open its embed session.

        ``form_id`` is the same when one form is submitted twice and differs between pages, so that a double click
        starts one generation. If Examplary fails, the generation's state and ``error_code`` say so.
        """
        return self._begin(self._create(launch, form_id))

    def edit(self, launch: Launch, exam: Exam, form_id: str = "") -> Generation:
        """Open ``exam`` in Examplary's editor, or return where this person has it open.

        Raises :class:`ExamGone` if Examplary doesn't have it any more.
        """
        if not self.can_edit(exam):
            raise ExamGone
        opened = _open_edit(launch, exam)
        if opened is not None:
            return opened
        values = {"flow": Flow.EDIT_EXAM, "revises_id": exam.id, "title": exam.title[:200]}
        return self._begin(self._create(launch, f"{form_id} {exam.id}" if form_id else "", **values))

    def can_edit(self, exam: Exam) -> bool:
        """Return whether Examplary has the exam, as far as we know. A duplicate it never had."""
        return exam.at_examplary and not (exam.duplicate_id or self._deletes(exam.platform_id))

    def _deletes(self, platform_id: str) -> bool:
        return self._deletion.applies_to(db.session.get_one(Platform, platform_id))

    def use_version(self, generation: Generation) -> None:
        """Store the exam edited at Examplary as its new version. The editor doesn't say when editing ends."""
        if generation.edited_at_examplary and _try_use(generation.id, generation.edited_at_examplary):
            self._queue.advance(generation.id)

    def write_questions(self, generation: Generation) -> None:
        """Open an exam that came without questions in Examplary's editor."""
        if generation.error_code == ExamEmpty.code and generation.examplary_exam_id and self._try_write(generation):
            self._begin(generation)

    @retry_on_conflict
    def _try_write(self, generation: Generation) -> bool:
        """Restart the generation with another session; return whether it was waiting for that. Commits."""
        values = {
            "flow": Flow.EDIT_EXAM if generation.revises_id else Flow.WRITE_EXAM,
            "session_id_encrypted": "",
            "embed_url_encrypted": "",
            "session_expires_at": now() + self._lifetime,
            "error_code": "",
            "attempts": 0,
            "look_after": None,
        }
        session_id = self._vault.decrypt(generation.session_id_encrypted)
        moved = transition(generation.id, GenerationState.FAILED, GenerationState.OPENING, **values)
        if moved:
            self._chores.add(ChoreKind.DELETE_SESSION, session_id, generation.platform_id)
        db.session.commit()
        return moved

    def _begin(self, generation: Generation) -> Generation:
        if self._waiting_pages.acquire(blocking=False):
            try:
                self._collector.advance(generation.id)
            finally:
                self._waiting_pages.release()
        else:
            self._queue.advance(generation.id)
        db.session.refresh(generation)
        return generation

    def _create(self, launch: Launch, form_id: str, **values: object) -> Generation:
        """Return the generation of this form, committed before any call to Examplary."""
        generation_id = fingerprint(f"{launch.id} {form_id}")[:32] if form_id else new_id()
        self._insert(launch, generation_id, values)
        generation = db.session.get_one(Generation, generation_id, populate_existing=True)
        if generation.state in CANCELLABLE_STATES and now() - generation.created_at < SAME_CLICK:
            return generation
        # The browser kept the page, and the person pressed its button again later: they want another exam.
        generation_id = new_id()
        self._insert(launch, generation_id, values)
        return db.session.get_one(Generation, generation_id)

    @retry_on_conflict
    def _insert(self, launch: Launch, generation_id: str, values: Mapping[str, object]) -> None:
        common = {
            "id": generation_id,
            "launch_id": launch.id,
            "platform_id": launch.platform_id,
            "lms_user_id": launch.lms_user_id,
            "context_id": launch.context_id,
            "title": title_for(launch),
            "session_expires_at": now() + self._lifetime,
        }
        row = common | dict(values)
        insert_if_absent(Generation, row)
        store_words(GenerationWord, generation_id, str(row["title"]), launch.context_title)
        db.session.commit()

    def embed_url(self, generation: Generation) -> str:
        """Return the address of the embed: a secret for the iframe alone."""
        return self._vault.decrypt(generation.embed_url_encrypted)

    def hint(self, generation: Generation) -> None:
        """React to a hint that the embed is done: poll Examplary now, and once more in case it was too early."""
        if generation.state == GenerationState.OPEN and not _is_paused(generation):
            self._queue.advance(generation.id)
            self._queue.advance(generation.id, delay=3)

    def poll(self, generation: Generation) -> None:
        """React to an open page that asks for the state: advance the generation if its last check is too long ago."""
        if generation.state not in ACTIVE_STATES or _is_paused(generation):
            return
        since = now() - (generation.checked_at or generation.created_at)
        is_open = generation.state == GenerationState.OPEN
        if since > (ASK_AGAIN_AFTER if is_open else ABANDONED_AFTER) and (not is_open or self._may_poll()):
            self._queue.advance(generation.id)

    def retry(self, generation: Generation, *, actor: str = "") -> bool:
        """Resume a failed generation, whose exam is still at Examplary; return whether it had failed.

        ``actor`` is an administrator who does it in the teacher's place.
        """
        expiry = self._expiry(generation)
        reopened = reopen(generation, actor=actor, error_code="", attempts=0, session_expires_at=expiry)
        if reopened:
            self._queue.advance(generation.id)
        return reopened

    def _expiry(self, generation: Generation) -> datetime:
        """Return when the session expires; one that is yet to be opened gets the full lifetime."""
        return generation.session_expires_at if generation.session_id_encrypted else now() + self._lifetime

    def cancel(self, generation: Generation) -> None:
        """Cancel a generation that the teacher no longer wants."""
        if self._try_cancel(generation):
            self._queue.chores()
            log.info("generation.cancelled", generation=generation.id)

    @retry_on_conflict
    def _try_cancel(self, generation: Generation) -> bool:
        """Cancel it and delete what it leaves at Examplary, later; return whether that was possible. Commits."""
        state = GenerationState(generation.state)
        cancelled = state in DISCARDABLE_STATES and transition(generation.id, state, GenerationState.CANCELLED)
        if cancelled:
            self._chores.add_session_deletion(generation)
        unused_exam = generation.examplary_exam_id if generation.flow != Flow.EDIT_EXAM else None
        if cancelled and unused_exam and self._deletes(generation.platform_id):
            self._chores.add(ChoreKind.DELETE_EXAM, unused_exam, generation.platform_id)
        db.session.commit()
        return cancelled

    @staticmethod
    def unfinished(launch: Launch) -> Sequence[UnfinishedGeneration]:
        """Return this person's active and failed generations in this course, newest first."""
        columns = (
            Generation.id,
            Generation.title,
            Generation.flow,
            Generation.state,
            Generation.error_code,
            Generation.created_at,
        )
        query = (
            select(*columns)
            .where(
                Generation.lms_user_id == launch.lms_user_id,
                Generation.context_id == launch.context_id,
                Generation.state.in_((*ACTIVE_STATES, GenerationState.FAILED)),
                Generation.session_expires_at > now(),
            )
            .order_by(Generation.created_at.desc())
            .limit(MAX_UNFINISHED)
        )
        return [UnfinishedGeneration(*row) for row in db.session.execute(query)]


@retry_on_conflict
def _try_use(generation_id: str, examplary_exam_id: str) -> bool:
    values = {"examplary_exam_id": examplary_exam_id, "attempts": 0, "look_after": None, "error_code": ""}
    moved = transition(generation_id, GenerationState.OPEN, GenerationState.COLLECTING, **values)
    db.session.commit()
    return moved


def _open_edit(launch: Launch, exam: Exam) -> Generation | None:
    """Return the newest generation in which this person is changing the exam, if its session is still valid."""
    query = select(Generation).where(
        Generation.revises_id == exam.id,
        Generation.lms_user_id == launch.lms_user_id,
        Generation.state.in_(ACTIVE_STATES),
        Generation.session_expires_at > now() + ENOUGH_TIME,
    )
    return db.session.scalars(query.order_by(Generation.created_at.desc())).first()


def _is_paused(generation: Generation) -> bool:
    """Return whether the next attempt is scheduled for later, at Examplary's request or after an error."""
    return generation.look_after is not None and generation.look_after > now()
