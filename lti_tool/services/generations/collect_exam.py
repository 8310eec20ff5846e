"""The job that opens Examplary's generator, asks, confirms, and brings the exam home. All of it server to server.

``look`` may be asked for at any time, by anybody, any number of times: a browser's message, its return, its polling,
the sweeper. What it does follows from the state in the database alone.
"""

from __future__ import annotations

import structlog
from sqlalchemy.exc import IntegrityError, InternalError, OperationalError
from structlog.contextvars import bound_contextvars

from lti_tool.errors import ExamError, ExamplaryError, SettingsError
from lti_tool.examplary import EmbedSession, NotFound, SessionState
from lti_tool.models import (
    AuditAction,
    ChoreKind,
    Exam,
    Generation,
    GenerationState,
    Platform,
    add_audit_entry,
    db,
    now,
    retry_on_conflict,
)
from lti_tool.security.encryption import Vault
from lti_tool.services.exams.snapshot_capture import FetchedExam, SnapshotCapture
from lti_tool.services.generations.examplary_clients import ExamplaryClients
from lti_tool.services.generations.leases import Lease, LeaseLost, claim, reopen, transition
from lti_tool.services.generations.open_embed import EmbedOpener
from lti_tool.services.generations.retry_policy import LAST_ATTEMPT, CollectionFailed, fail, handle_failure
from lti_tool.services.operations.chores import Chores
from lti_tool.services.queue import Queue

log = structlog.get_logger(__name__)

MAX_CRASHES = 4
"""How often a worker may die of a generation; then it rests, so that it does not stop the others."""


class ExamCollector:
    """Moves a generation from ``opening`` to ``ready``."""

    def __init__(
        self,
        *,
        vault: Vault,
        clients: ExamplaryClients,
        opening: EmbedOpener,
        snapshots: SnapshotCapture,
        chores: Chores,
        queue: Queue,
        delete_exam: bool,
    ) -> None:
        self._vault, self._clients, self._opening, self._snapshots = vault, clients, opening, snapshots
        self._chores, self._queue, self._delete_exam = chores, queue, delete_exam
        self._held: dict[str, Lease] = {}

    def advance(self, generation_id: str) -> None:
        """Do what the generation needs now; nothing if another worker is at it or it is over."""
        lease = claim(generation_id)
        if lease is not None:
            with bound_contextvars(generation=generation_id):
                self._hold(lease)

    def _hold(self, lease: Lease) -> None:
        """Work, and give the generation back whatever happens."""
        self._held[lease.generation_id] = lease
        orderly = False
        try:
            self._work(lease)
            orderly = True
        except (LeaseLost, IntegrityError) as error:
            # Another worker took the same exam home: the database kept one of the two.
            log.warning("generation.overtaken", reason=type(error).__name__)
        except (OperationalError, InternalError):
            # The database itself is away, full or may not be written to: no fault of this exam.
            orderly = True
            raise
        finally:
            self._held.pop(lease.generation_id, None)
            db.session.rollback()
            lease.release(orderly=orderly)

    def release_all(self) -> int:
        """Give back what this process still holds, because it is about to end; return how many.

        Whoever is still at work on it finds its lease lost and stops.
        """
        held = list(self._held.values())
        for lease in held:
            lease.release()
        return len(held)

    def retry_failed(self, generation_id: str) -> None:
        """Take up once more what failed and may work by now; if it does not, it rests again."""
        generation = db.session.get(Generation, generation_id, populate_existing=True)
        if generation is None or generation.state != GenerationState.FAILED:
            return
        # One try: the next stumble is the last one again. The code stays until it is known to be past.
        if reopen(generation, attempts=LAST_ATTEMPT - 1):
            log.info("generation.revived", generation=generation_id)
            self.advance(generation_id)

    def _work(self, lease: Lease) -> None:
        generation = db.session.get(Generation, lease.generation_id, populate_existing=True)
        if generation is None:
            return
        with bound_contextvars(launch=generation.launch_id):
            if generation.claims > MAX_CRASHES:
                fail(generation, CollectionFailed(f"{generation.claims - 1} crashes"))
                return
            try:
                self._advance(generation, lease)
            except (ExamplaryError, ExamError, SettingsError) as error:
                db.session.rollback()
                lease.renew()
                handle_failure(generation, lease, error, self._queue)

    def _advance(self, generation: Generation, lease: Lease) -> None:
        if generation.state == GenerationState.OPENING:
            self._opening.open(generation, lease)
        elif generation.state == GenerationState.OPEN:
            self._ask(generation)
        if generation.state == GenerationState.COLLECTING:
            lease.renew()
            self._collect(generation, lease)

    def _ask(self, generation: Generation) -> None:
        """Ask Examplary what became of the session. Only this answer counts."""
        session = self._session(generation)
        state = SessionState.EXPIRED if session is None else session.state(now())
        if state is SessionState.COMPLETED and session is not None:
            self._step(
                generation, GenerationState.COLLECTING, examplary_exam_id=session.exam_id, attempts=0, look_after=None
            )
        elif state is SessionState.CANCELLED:
            self._end(generation, GenerationState.CANCELLED)
        elif state is SessionState.EXPIRED:
            self._end(generation, GenerationState.EXPIRED)

    def _session(self, generation: Generation) -> EmbedSession | None:
        client = self._clients.for_platform(self._platform(generation))
        try:
            return client.get_embed_session(self._vault.decrypt(generation.session_id_encrypted))
        except NotFound:
            return None

    def _collect(self, generation: Generation, lease: Lease) -> None:
        """Take the exam home, and only then let Examplary's go."""
        client = self._clients.for_platform(self._platform(generation))
        if self._arrive(generation, self._snapshots.fetch(generation.examplary_exam_id or "", client, lease.renew)):
            db.session.refresh(generation)
            self._queue.chores()
            log.info("generation.ready", exam=generation.exam_id)

    @retry_on_conflict
    def _arrive(self, generation: Generation, fetched: FetchedExam) -> bool:
        """Keep the snapshot, end the road, and owe what is left to do: all of it or nothing. Commits."""
        exam = self._snapshots.kept(generation.id) or self._snapshots.keep(generation, fetched)
        facts = {"exam_id": exam.id, "error_code": "", "look_after": None}
        arrived = transition(generation.id, GenerationState.COLLECTING, GenerationState.READY, **facts)
        if arrived:
            self._owe_deletions(generation, exam)
            add_audit_entry(
                AuditAction.EXAM_KEPT,
                generation.lms_user_id,
                subject=exam.id,
                launch_id=generation.launch_id,
                platform_id=generation.platform_id,
            )
        db.session.commit()
        return arrived

    def _owe_deletions(self, generation: Generation, exam: Exam) -> None:
        session_id = self._vault.decrypt(generation.session_id_encrypted)
        self._chores.add(ChoreKind.DELETE_SESSION, session_id, generation.platform_id)
        if exam.original_sha256 is None:
            self._chores.add(ChoreKind.FETCH_ORIGINAL, generation.id, generation.platform_id)
        elif self._delete_exam and generation.examplary_exam_id:
            self._chores.add(ChoreKind.DELETE_EXAM, generation.examplary_exam_id, generation.platform_id)

    @retry_on_conflict
    def _step(self, generation: Generation, target: GenerationState, **values: object) -> None:
        transition(generation.id, GenerationState(generation.state), target, **values)
        db.session.commit()
        db.session.refresh(generation)

    def _end(self, generation: Generation, target: GenerationState) -> None:
        self._close(generation, target)
        self._queue.chores()

    @retry_on_conflict
    def _close(self, generation: Generation, target: GenerationState) -> None:
        if transition(generation.id, GenerationState(generation.state), target):
            session_id = self._vault.decrypt(generation.session_id_encrypted)
            self._chores.add(ChoreKind.DELETE_SESSION, session_id, generation.platform_id)
        db.session.commit()
        db.session.refresh(generation)

    @staticmethod
    def _platform(generation: Generation) -> Platform:
        return db.session.get_one(Platform, generation.platform_id)
