"""The road from "New exam" to the moment when Examplary has an exam for us."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import BoundedSemaphore

import structlog
from sqlalchemy import bindparam, literal, select

from lti_tool.errors import N_, ExamplaryError
from lti_tool.models import (
    ChoreKind,
    Generation,
    GenerationState,
    Launch,
    db,
    insert_if_absent,
    new_id,
    now,
    retry_on_conflict,
)
from lti_tool.security.encryption import Vault, fingerprint
from lti_tool.services.generations.collect_exam import ExamCollector
from lti_tool.services.generations.leases import reopen, transition
from lti_tool.services.operations.chores import Chores
from lti_tool.services.queue import Queue

log = structlog.get_logger(__name__)

BEGINNING = (GenerationState.OPENING, GenerationState.OPEN)
SAME_CLICK = timedelta(minutes=2)
"""Within this, a form that is sent again is the same click."""

PAGES_AT_ONCE = 4
"""How many pages of one process wait for Examplary; the others leave it to the workers, and the process answers on."""

ACTIVE_STATES = (*BEGINNING, GenerationState.COLLECTING)
"""In which something is under way at Examplary."""

ASK_AGAIN_AFTER = timedelta(seconds=30)
"""How often an open page makes us ask Examplary when no message has come."""

GO_ON_AFTER = timedelta(seconds=10)
"""How long a teacher waits before it is taken for certain that the job got lost."""


_GENERATION = Generation.metadata.tables["generation"].c
# Built once: the first page of every launch asks.
_UNFINISHED = (
    select(_GENERATION.id, _GENERATION.state, _GENERATION.error_code, _GENERATION.created_at)
    .where(
        _GENERATION.lms_user_id == bindparam("person"),
        _GENERATION.context_id == bindparam("course"),
        _GENERATION.state.in_([literal(state.value) for state in (*ACTIVE_STATES, GenerationState.FAILED)]),
        _GENERATION.session_expires_at > bindparam("moment"),
    )
    .order_by(_GENERATION.created_at.desc())
    .limit(10)
)


@dataclass(frozen=True, slots=True)
class UnfinishedGeneration:
    """What the first page shows of a generation."""

    id: str
    state: str
    error_code: str
    created_at: datetime


class StillOpen(ExamplaryError):
    """The teacher's browser says that the exam is done, Examplary says that it is not."""

    code = "examplary.still_open"
    sentence = N_("Examplary says this exam isn't finished yet.")
    advice = N_(
        "Finish it in Examplary. If it's already finished there, wait a few seconds; we check again automatically."
    )
    status = 409


class Generations:
    """Begins generations, and hears hints about them."""

    def __init__(
        self,
        *,
        lifetime: timedelta,
        vault: Vault,
        chores: Chores,
        collector: ExamCollector,
        queue: Queue,
        may_ask: Callable[[], bool],
    ) -> None:
        """``may_ask`` tells whether there is room for a question that nobody waits for."""
        self._lifetime, self._vault = lifetime, vault
        self._chores, self._collector, self._queue = chores, collector, queue
        self._may_wait, self._may_ask = BoundedSemaphore(PAGES_AT_ONCE), may_ask

    def start(self, launch: Launch, wish: str = "") -> Generation:
        """Begin a generation for the person of ``launch``, and open Examplary's generator for it.

        ``wish`` is the same in a form that is sent twice, and another in each page: two clicks at once begin one. What
        Examplary could not do now is in the state of the generation and its ``error_code``.
        """
        generation = self._intend(launch, wish)
        if self._may_wait.acquire(blocking=False):
            try:
                self._collector.advance(generation.id)
            finally:
                self._may_wait.release()
        else:
            self._queue.advance(generation.id)
        db.session.refresh(generation)
        return generation

    def _intend(self, launch: Launch, wish: str) -> Generation:
        """Return the generation of this wish, in the database, before anybody outside is asked."""
        generation_id = fingerprint(f"{launch.id} {wish}")[:32] if wish else new_id()
        self._put(launch, generation_id)
        generation = db.session.get_one(Generation, generation_id, populate_existing=True)
        if generation.state in BEGINNING and now() - generation.created_at < SAME_CLICK:
            return generation
        # The page was kept by the browser, and its button pressed again later: the person wants another exam.
        generation_id = new_id()
        self._put(launch, generation_id)
        return db.session.get_one(Generation, generation_id)

    @retry_on_conflict
    def _put(self, launch: Launch, generation_id: str) -> None:
        facts = {
            "id": generation_id,
            "launch_id": launch.id,
            "platform_id": launch.platform_id,
            "lms_user_id": launch.lms_user_id,
            "context_id": launch.context_id,
            "session_expires_at": now() + self._lifetime,
        }
        insert_if_absent(Generation, facts)
        db.session.commit()

    def embed_url(self, generation: Generation) -> str:
        """Return the address of the embed: a secret that goes into the frame and nowhere else."""
        return self._vault.decrypt(generation.embed_url_encrypted)

    def hint(self, generation: Generation) -> None:
        """Hear that something may have happened: ask Examplary now, and again if the answer is that it has not."""
        if generation.state == GenerationState.OPEN and not _rests(generation):
            self._queue.advance(generation.id)
            self._queue.advance(generation.id, delay=3)

    def poll(self, generation: Generation) -> None:
        """An open page asks how it is: if nobody has looked for a while, look."""
        if generation.state not in ACTIVE_STATES or _rests(generation):
            return
        since = now() - (generation.checked_at or generation.created_at)
        at_work = generation.state == GenerationState.OPEN
        if since > (ASK_AGAIN_AFTER if at_work else GO_ON_AFTER) and (not at_work or self._may_ask()):
            self._queue.advance(generation.id)

    def retry(self, generation: Generation) -> None:
        """Take up a generation that failed: the exam still stands at Examplary."""
        if reopen(generation, error_code="", attempts=0, session_expires_at=self._expiry(generation)):
            self._queue.advance(generation.id)

    def _expiry(self, generation: Generation) -> datetime:
        """Return when its session runs out; one that is still to be opened lives as long as any."""
        return generation.session_expires_at if generation.session_id_encrypted else now() + self._lifetime

    def cancel(self, generation: Generation) -> None:
        """Give up a generation that the teacher no longer wants."""
        if self._cancelled(generation):
            self._queue.chores()
            log.info("generation.cancelled", generation=generation.id)

    @retry_on_conflict
    def _cancelled(self, generation: Generation) -> bool:
        """Commits."""
        state = GenerationState(generation.state)
        ours = state in BEGINNING and transition(generation.id, state, GenerationState.CANCELLED)
        if ours and generation.session_id_encrypted:
            session_id = self._vault.decrypt(generation.session_id_encrypted)
            self._chores.add(ChoreKind.DELETE_SESSION, session_id, generation.platform_id)
        db.session.commit()
        return ours

    def unfinished(self, launch: Launch) -> Sequence[UnfinishedGeneration]:
        """Return this person's generations that are still on the road, newest first."""
        whose = {"person": launch.lms_user_id, "course": launch.context_id, "moment": now()}
        return [UnfinishedGeneration(*row) for row in db.session.execute(_UNFINISHED, whose)]


def _rests(generation: Generation) -> bool:
    """Whether Examplary has asked us to come back later, or trouble did."""
    return generation.look_after is not None and generation.look_after > now()
