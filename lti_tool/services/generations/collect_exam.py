"""The job that advances a generation: open the embed session, poll it, and collect the exam. All server to server.

:meth:`ExamCollector.advance` may be called at any time and any number of times: after a browser message, a return, a
poll, or by the sweeper. Its next step depends on the state in the database alone.
"""

from __future__ import annotations

import structlog
from sqlalchemy.exc import IntegrityError
from structlog.contextvars import bound_contextvars

from lti_tool.errors import ExamError, ExamplaryError, SettingsError
from lti_tool.examplary import EmbedSession, NotFound, SessionState, Unavailable
from lti_tool.models import (
    AuditAction,
    ChoreKind,
    Exam,
    Flow,
    Generation,
    GenerationState,
    Platform,
    add_audit_entry,
    db,
    now,
    retry_on_conflict,
)
from lti_tool.security.encryption import Vault
from lti_tool.services.chores import Chores
from lti_tool.services.exams.exam_reports import ExamReports
from lti_tool.services.exams.snapshot_capture import FetchedExam, SnapshotCapture, is_late
from lti_tool.services.generations.examplary_chores import ExamplaryChores
from lti_tool.services.generations.examplary_clients import ExamplaryClients
from lti_tool.services.generations.new_version import Overtaken, mark_gone, store_new_version
from lti_tool.services.generations.open_embed import EmbedOpener, ExamGone
from lti_tool.services.generations.retry_policy import MAX_ATTEMPTS, CollectionFailed, fail, handle_failure
from lti_tool.services.generations.transitions import claim, reopen, transition
from lti_tool.services.leases import HeldLeases, Lease, LeaseLost
from lti_tool.services.queue import Queue

log = structlog.get_logger(__name__)

MAX_OVERTAKEN = 3
"""Attempts to fetch a version while others store theirs; after that, the generation waits."""

MAX_CRASHES = 4
"""Crashes of a worker on one generation before it is put aside, so that it can't block the others."""


class ExamCollector:
    """Moves a generation from ``opening`` to ``ready``."""

    def __init__(
        self,
        *,
        vault: Vault,
        clients: ExamplaryClients,
        opener: EmbedOpener,
        snapshots: SnapshotCapture,
        reports: ExamReports,
        chores: Chores,
        examplary_chores: ExamplaryChores,
        queue: Queue,
    ) -> None:
        self._vault = vault
        self._clients = clients
        self._opener = opener
        self._snapshots = snapshots
        self._chores = chores
        self._queue = queue
        self._examplary_chores = examplary_chores
        self._reports = reports
        self._leases = HeldLeases()

    def advance(self, generation_id: str) -> None:
        """Do the next step of the generation; nothing if another worker has it or it is in a final state."""
        lease = claim(generation_id)
        if lease is not None:
            with bound_contextvars(generation=generation_id):
                self._advance_under(lease)

    def _advance_under(self, lease: Lease) -> None:
        try:
            with self._leases.hold(lease):
                self._advance(lease)
        except (LeaseLost, IntegrityError) as error:
            # Another worker has collected the same exam: the database kept one of the two.
            log.warning("generation.overtaken", reason=type(error).__name__)

    def release_all(self) -> int:
        """Release the leases that this process still holds, because it is about to end; return their number."""
        return self._leases.release_all()

    def retry_failed(self, generation_id: str) -> None:
        """Try a failed generation once more; it may work by now."""
        generation = db.session.get(Generation, generation_id, populate_existing=True)
        if generation is None or generation.state != GenerationState.FAILED:
            return
        # One attempt only: the next failure is final again. The error code stays until an attempt succeeds.
        if reopen(generation, attempts=MAX_ATTEMPTS - 1):
            log.info("generation.revived", generation=generation_id)
            self.advance(generation_id)

    def _advance(self, lease: Lease) -> None:
        generation = db.session.get(Generation, lease.row_id, populate_existing=True)
        if generation is None:
            return
        with bound_contextvars(launch=generation.launch_id):
            if generation.claims > MAX_CRASHES:
                fail(generation, CollectionFailed(f"{generation.claims - 1} crashes"))
                return
            try:
                self._do_next_steps(generation, lease)
            except (ExamplaryError, ExamError, SettingsError) as error:
                db.session.rollback()
                lease.renew()
                handle_failure(generation, lease, error, self._queue)

    def _do_next_steps(self, generation: Generation, lease: Lease) -> None:
        if generation.flow == Flow.EDIT_EXAM and generation.revises_id is None:
            # The exam was deleted here while it was open in Examplary.
            self._end(generation, GenerationState.CANCELLED)
        elif generation.state == GenerationState.OPENING:
            self._opener.open(generation, lease)
        elif generation.state == GenerationState.OPEN:
            self._poll_session(generation)
        if generation.state == GenerationState.COLLECTING:
            lease.renew()
            self._collect(generation, lease)

    def _poll_session(self, generation: Generation) -> None:
        """Ask Examplary for the state of the embed session: the only source that counts."""
        session = self._session(generation)
        state = SessionState.EXPIRED if session is None else session.state(now())
        if state is SessionState.COMPLETED and session is not None:
            self._start_collecting(generation, generation.edited_at_examplary or session.exam_id)
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

    @retry_on_conflict
    def _start_collecting(self, generation: Generation, examplary_exam_id: str | None) -> None:
        values = {"examplary_exam_id": examplary_exam_id, "attempts": 0, "look_after": None}
        transition(generation.id, GenerationState.OPEN, GenerationState.COLLECTING, **values)
        db.session.commit()
        db.session.refresh(generation)

    def _collect(self, generation: Generation, lease: Lease) -> None:
        """Fetch the exam and store it; only then is it deleted at Examplary."""
        store = self._collect_new_version if generation.flow == Flow.EDIT_EXAM else self._collect_new_exam
        if store(generation, lease):
            db.session.refresh(generation)
            self._queue.chores()
            log.info("generation.ready", exam=generation.exam_id)
            self._prepare_review_page(generation)

    def _collect_new_exam(self, generation: Generation, lease: Lease) -> bool:
        return self._store(generation, self._fetch(generation, lease))

    def _collect_new_version(self, generation: Generation, lease: Lease) -> bool:
        """Fetch the exam and store it as a new version, fetched after all others; return whether we did."""
        for _ in range(MAX_OVERTAKEN):
            exam = db.session.get(Exam, generation.revises_id, populate_existing=True)
            if exam is None:
                return False
            base, exam_id = exam.snapshot_sha256, exam.id
            try:
                return self._store_version(generation, base, self._fetch(generation, lease))
            except Overtaken:
                db.session.rollback()
            except NotFound as error:
                db.session.rollback()
                mark_gone(exam_id)
                raise ExamGone(error.detail) from None
        raise Unavailable("other versions were stored all the time")

    def _fetch(self, generation: Generation, lease: Lease) -> FetchedExam:
        client = self._clients.for_platform(self._platform(generation))

        def before_call(done: int, total: int) -> None:
            lease.renew(files_done=done, files_total=total)

        return self._snapshots.fetch(generation.examplary_exam_id or "", client, before_call)

    @retry_on_conflict
    def _store_version(self, generation: Generation, base: str, fetched: FetchedExam) -> bool:
        """Store the new version, the ``ready`` state and the chores, all or none; return whether we did. Commits."""
        ready = store_new_version(generation, base, fetched)
        if ready:
            self._add_chores(generation, db.session.get_one(Exam, generation.revises_id, populate_existing=True))
            db.session.commit()
        else:
            db.session.rollback()
        return ready

    def _prepare_review_page(self, generation: Generation) -> None:
        """Compute what the review page shows, so that the page itself only reads it."""
        launch = generation.launch
        exam = db.session.get(Exam, generation.exam_id) if generation.exam_id else None
        if exam is None or launch is None:  # erased in the meantime
            return
        try:
            self._reports.prepare(exam, launch)
        except ExamError as error:
            # The exam is kept, and its page explains the error.
            log.warning("report.not_prepared", code=error.code)

    @retry_on_conflict
    def _store(self, generation: Generation, fetched: FetchedExam) -> bool:
        """Store the snapshot, the ``ready`` state and the chores, all or none; return whether we did. Commits."""
        exam = self._snapshots.stored(generation.id) or self._snapshots.store(generation, fetched)
        values = {"exam_id": exam.id, "error_code": "", "look_after": None}
        ready = transition(generation.id, GenerationState.COLLECTING, GenerationState.READY, **values)
        if ready:
            self._add_chores(generation, exam)
            add_audit_entry(
                AuditAction.EXAM_KEPT,
                generation.lms_user_id,
                subject=exam.id,
                launch_id=generation.launch_id,
                platform_id=generation.platform_id,
            )
        db.session.commit()
        return ready

    def _add_chores(self, generation: Generation, exam: Exam) -> None:
        self._chores.add_session_deletion(generation)
        if exam.original_sha256 is None:
            self._chores.add(ChoreKind.FETCH_ORIGINAL, generation.id, generation.platform_id)
        if any(map(is_late, exam.media)):
            self._chores.add(ChoreKind.FETCH_MEDIA, generation.id, generation.platform_id)
        self._examplary_chores.add_exam_deletion(exam, generation.examplary_exam_id, self._platform(generation))

    def _end(self, generation: Generation, target: GenerationState) -> None:
        self._close(generation, target)
        self._queue.chores()

    @retry_on_conflict
    def _close(self, generation: Generation, target: GenerationState) -> None:
        if transition(generation.id, GenerationState(generation.state), target):
            self._chores.add_session_deletion(generation)
        db.session.commit()
        db.session.refresh(generation)

    @staticmethod
    def _platform(generation: Generation) -> Platform:
        return db.session.get_one(Platform, generation.platform_id)
