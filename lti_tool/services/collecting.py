"""The job that asks Examplary, confirms, and brings the exam home. All of it server to server.

``look`` may be asked for at any time, by anybody, any number of times: a browser's message, its return, its polling,
the sweeper. What it does follows from the state in the database alone.
"""

from __future__ import annotations

from datetime import timedelta

import structlog
from sqlalchemy.exc import IntegrityError, InternalError, OperationalError
from structlog.contextvars import bound_contextvars

from lti_tool.errors import N_, ExamError, ExamplaryError, SettingsError, ToolError
from lti_tool.examplary import EmbedSession, NotFound, SessionState
from lti_tool.models import ChoreKind, Exam, Generation, GenerationState, Platform, change_row, db, now, repeatable
from lti_tool.security.encryption import Vault
from lti_tool.services.chores import Chores
from lti_tool.services.clients import Clients
from lti_tool.services.ports import Queue
from lti_tool.services.snapshots import Fetched, Snapshots
from lti_tool.services.states import Lease, LeaseLost, claim, move, reopen

log = structlog.get_logger(__name__)

LAST_ATTEMPT = 12
"""With the pauses below this is about an hour; then the teacher is told, and the sweeper tries on more seldom."""

REST = timedelta(minutes=30)
"""How long a generation that failed rests before the sweeper tries it again."""

MAY_PASS = frozenset(
    {
        "examplary.unavailable",
        "examplary.busy",
        "examplary.garbled",
        "examplary.error",
        "examplary.key_refused",
        "examplary.not_allowed",
        "security.wrong_encryption_key",
        "settings.error",
        "collecting.broken",
    }
)
"""Errors that somebody mends, or that pass: what failed by them is tried again until its session runs out."""

MOST_CRASHES = 4
"""How often a worker may die of a generation; then it rests, so that it does not stop the others."""


class CollectingBroken(ExamError):
    """Taking this exam home breaks our own workers. The log has the reason."""

    code = "collecting.broken"
    sentence = N_("Your exam is made, but we could not take it home.")
    advice = N_("Nothing is lost: it is kept at Examplary, and we try again by ourselves. Tell your administrator.")
    status = 500


class Collecting:
    """Moves a generation from ``open`` to ``ready``."""

    def __init__(
        self, *, vault: Vault, clients: Clients, snapshots: Snapshots, chores: Chores, queue: Queue, delete_exam: bool
    ) -> None:
        self._vault, self._clients, self._snapshots = vault, clients, snapshots
        self._chores, self._queue, self._delete_exam = chores, queue, delete_exam
        self._held: dict[str, Lease] = {}

    def look(self, generation_id: str) -> None:
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
            lease.give_back(orderly=orderly)

    def hand_back(self) -> int:
        """Give back what this process still holds, because it is about to end; return how many.

        Whoever is still at work on it finds its lease lost and stops.
        """
        held = list(self._held.values())
        for lease in held:
            lease.give_back()
        return len(held)

    def revive(self, generation_id: str) -> None:
        """Take up once more what failed and may work by now; if it does not, it rests again."""
        generation = db.session.get(Generation, generation_id, populate_existing=True)
        if generation is None or generation.state != GenerationState.FAILED:
            return
        # One try: the next stumble is the last one again. The code stays until it is known to be past.
        if reopen(generation, attempts=LAST_ATTEMPT - 1):
            log.info("generation.revived", generation=generation_id)
            self.look(generation_id)

    def _work(self, lease: Lease) -> None:
        generation = db.session.get(Generation, lease.generation_id, populate_existing=True)
        if generation is None:
            return
        with bound_contextvars(launch=generation.launch_id):
            if generation.claims > MOST_CRASHES:
                self._fail(generation, CollectingBroken(f"{generation.claims - 1} crashes"))
                return
            try:
                self._advance(generation, lease)
            except (ExamplaryError, ExamError, SettingsError) as error:
                db.session.rollback()
                lease.renew()
                self._stumble(generation, lease, error)

    def _advance(self, generation: Generation, lease: Lease) -> None:
        if generation.state == GenerationState.OPEN:
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
        client = self._clients.of(self._platform(generation))
        try:
            return client.get_embed_session(self._vault.decrypt(generation.session_id_encrypted))
        except NotFound:
            return None

    def _collect(self, generation: Generation, lease: Lease) -> None:
        """Take the exam home, and only then let Examplary's go."""
        client = self._clients.of(self._platform(generation))
        if self._arrive(generation, self._snapshots.fetch(generation.examplary_exam_id or "", client, lease.renew)):
            db.session.refresh(generation)
            self._queue.chores()
            log.info("generation.ready", exam=generation.exam_id)

    @repeatable
    def _arrive(self, generation: Generation, fetched: Fetched) -> bool:
        """Keep the snapshot, end the road, and owe what is left to do: all of it or nothing. Commits."""
        exam = self._snapshots.kept(generation.id) or self._snapshots.keep(generation, fetched)
        facts = {"exam_id": exam.id, "error_code": "", "look_after": None}
        arrived = move(generation.id, GenerationState.COLLECTING, GenerationState.READY, **facts)
        if arrived:
            self._owe_deletions(generation, exam)
        db.session.commit()
        return arrived

    def _owe_deletions(self, generation: Generation, exam: Exam) -> None:
        session_id = self._vault.decrypt(generation.session_id_encrypted)
        self._chores.owe(ChoreKind.DELETE_SESSION, session_id, generation.platform_id)
        if exam.original_sha256 is None:
            self._chores.owe(ChoreKind.FETCH_ORIGINAL, generation.id, generation.platform_id)
        elif self._delete_exam and generation.examplary_exam_id:
            self._chores.owe(ChoreKind.DELETE_EXAM, generation.examplary_exam_id, generation.platform_id)

    @repeatable
    def _step(self, generation: Generation, target: GenerationState, **values: object) -> None:
        move(generation.id, GenerationState(generation.state), target, **values)
        db.session.commit()
        db.session.refresh(generation)

    def _end(self, generation: Generation, target: GenerationState) -> None:
        self._close(generation, target)
        self._queue.chores()

    @repeatable
    def _close(self, generation: Generation, target: GenerationState) -> None:
        if move(generation.id, GenerationState(generation.state), target):
            session_id = self._vault.decrypt(generation.session_id_encrypted)
            self._chores.owe(ChoreKind.DELETE_SESSION, session_id, generation.platform_id)
        db.session.commit()
        db.session.refresh(generation)

    def _stumble(self, generation: Generation, lease: Lease, error: ToolError) -> None:
        """Try again later what may work later; tell the teacher about the rest. The session stays: nothing is lost."""
        retry_after = error.retry_after if isinstance(error, ExamplaryError) else None
        pause = retry_after or _pause(generation.attempts + 1)
        _note_trouble(generation, lease, error.code, pause)
        log.warning("generation.stumbled", code=error.code, detail=error.detail, try_no=generation.attempts)
        if isinstance(error, ExamplaryError) and error.retryable and generation.attempts < LAST_ATTEMPT:
            self._queue.look(generation.id, delay=pause)
        else:
            self._fail(generation, error)

    def _fail(self, generation: Generation, error: ToolError) -> None:
        self._step(generation, GenerationState.FAILED, error_code=error.code, look_after=now() + REST)
        log.error("generation.failed", code=error.code, detail=error.detail)

    @staticmethod
    def _platform(generation: Generation) -> Platform:
        return db.session.get_one(Platform, generation.platform_id)


@repeatable
def _note_trouble(generation: Generation, lease: Lease, code: str, pause: float) -> None:
    """Note one more try in vain, if the generation is still ours. Commits."""
    mine = Generation.claimed_until == lease.until
    one_more, later = Generation.attempts + 1, now() + timedelta(seconds=pause)
    if not change_row(
        Generation, Generation.id == generation.id, mine, attempts=one_more, error_code=code, look_after=later
    ):
        raise LeaseLost(generation.id)
    db.session.commit()
    db.session.refresh(generation)


def _pause(attempts: int) -> float:
    """Return the seconds before the next try: 4, 8, 16, … at most ten minutes."""
    return float(min(2 ** (attempts + 1), 600))
