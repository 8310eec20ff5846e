"""The job that asks Examplary, confirms, and brings the exam home. All of it server to server.

``look`` may be asked for at any time, by anybody, any number of times: a browser's message, its return, its polling,
the sweeper. What it does follows from the state in the database alone.
"""

from __future__ import annotations

import structlog

from lti_tool.errors import ExamError, ExamplaryError, ToolError
from lti_tool.examplary import EmbedSession, NotFound, SessionState
from lti_tool.models import ChoreKind, Generation, GenerationState, Platform, db, now
from lti_tool.security.encryption import Vault
from lti_tool.services.chores import Chores
from lti_tool.services.clients import Clients
from lti_tool.services.ports import Queue
from lti_tool.services.snapshots import Snapshots
from lti_tool.services.states import claim, move, release

log = structlog.get_logger(__name__)

LAST_ATTEMPT = 12
"""With the pauses below this is about an hour; then the teacher is told, and may try again."""


class Collecting:
    """Moves a generation from ``open`` to ``ready``."""

    def __init__(
        self, *, vault: Vault, clients: Clients, snapshots: Snapshots, chores: Chores, queue: Queue, delete_exam: bool
    ) -> None:
        self._vault, self._clients, self._snapshots = vault, clients, snapshots
        self._chores, self._queue, self._delete_exam = chores, queue, delete_exam

    def look(self, generation_id: str) -> None:
        """Do what the generation needs now; nothing if another worker is at it or it is over."""
        if not claim(generation_id):
            return
        try:
            generation = db.session.get(Generation, generation_id, populate_existing=True)
            if generation is not None:
                self._advance(generation)
        finally:
            db.session.rollback()
            release(generation_id)

    def _advance(self, generation: Generation) -> None:
        try:
            if generation.state == GenerationState.OPEN:
                self._ask(generation)
            if generation.state == GenerationState.COLLECTING:
                self._collect(generation)
        except (ExamplaryError, ExamError) as error:
            db.session.rollback()
            self._stumble(generation, error)

    def _ask(self, generation: Generation) -> None:
        """Ask Examplary what became of the session. Only this answer counts."""
        session = self._session(generation)
        state = SessionState.EXPIRED if session is None else session.state(now())
        if state is SessionState.COMPLETED and session is not None:
            self._step(generation, GenerationState.COLLECTING, examplary_exam_id=session.exam_id, attempts=0)
        elif state is SessionState.CANCELLED:
            self._end(generation, GenerationState.CANCELLED)
        elif state is SessionState.EXPIRED:
            self._end(generation, GenerationState.EXPIRED)

    def _session(self, generation: Generation) -> EmbedSession | None:
        client = self._clients.of(self._platform(generation))
        try:
            return client.get_embed_session(self._vault.decrypt(generation.session_id_encrypted))
        except NotFound:
            return None

    def _collect(self, generation: Generation) -> None:
        """Take the exam home, and only then let Examplary's go."""
        client = self._clients.of(self._platform(generation))
        taken = self._snapshots.take(generation, client)
        if move(generation.id, GenerationState.COLLECTING, GenerationState.READY, exam_id=taken.exam.id, error_code=""):
            self._owe_deletions(generation, original_missing=not taken.original_kept)
            db.session.commit()
            db.session.refresh(generation)
            self._queue.chores()
            log.info("generation.ready", generation=generation.id, exam=taken.exam.id)

    def _owe_deletions(self, generation: Generation, *, original_missing: bool) -> None:
        session_id = self._vault.decrypt(generation.session_id_encrypted)
        self._chores.owe(ChoreKind.DELETE_SESSION, session_id, generation.platform_id)
        if original_missing:
            self._chores.owe(ChoreKind.FETCH_ORIGINAL, generation.id, generation.platform_id)
        elif self._delete_exam and generation.examplary_exam_id:
            self._chores.owe(ChoreKind.DELETE_EXAM, generation.examplary_exam_id, generation.platform_id)

    def _step(self, generation: Generation, target: GenerationState, **values: object) -> None:
        move(generation.id, GenerationState(generation.state), target, **values)
        db.session.commit()
        db.session.refresh(generation)

    def _end(self, generation: Generation, target: GenerationState) -> None:
        if move(generation.id, GenerationState(generation.state), target):
            session_id = self._vault.decrypt(generation.session_id_encrypted)
            self._chores.owe(ChoreKind.DELETE_SESSION, session_id, generation.platform_id)
        db.session.commit()
        db.session.refresh(generation)
        self._queue.chores()

    def _stumble(self, generation: Generation, error: ToolError) -> None:
        """Try again later what may work later; tell the teacher about the rest. The session stays: nothing is lost."""
        generation.attempts += 1
        generation.error_code = error.code
        db.session.commit()
        log.warning(
            "generation.stumbled",
            generation=generation.id,
            code=error.code,
            detail=error.detail,
            try_no=generation.attempts,
        )
        if isinstance(error, ExamplaryError) and error.retryable and generation.attempts < LAST_ATTEMPT:
            self._queue.look(generation.id, delay=error.retry_after or _pause(generation.attempts))
        else:
            self._step(generation, GenerationState.FAILED, error_code=error.code)

    @staticmethod
    def _platform(generation: Generation) -> Platform:
        return db.session.get_one(Platform, generation.platform_id)


def _pause(attempts: int) -> float:
    """Return the seconds before the next try: 4, 8, 16, … at most ten minutes."""
    return float(min(2 ** (attempts + 1), 600))
