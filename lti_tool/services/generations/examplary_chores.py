"""Carry out the chores that are calls to Examplary: deletions, and downloads that were left for later."""

from __future__ import annotations

from lti_tool.examplary import ExamplaryClient
from lti_tool.models import Chore, ChoreKind, Exam, Platform, db, retry_on_conflict
from lti_tool.services.chores import Chores
from lti_tool.services.exams.snapshot_capture import SnapshotCapture, is_complete
from lti_tool.services.generations.examplary_clients import ExamplaryClients
from lti_tool.services.platform_settings import ExamDeletion


class ExamplaryChores:
    """The handlers of these chores. Each raises :class:`ExamplaryError` if its call fails."""

    def __init__(
        self, chores: Chores, clients: ExamplaryClients, snapshots: SnapshotCapture, deletion: ExamDeletion
    ) -> None:
        self._chores = chores
        self._clients = clients
        self._snapshots = snapshots
        self._deletion = deletion

    def register(self) -> None:
        """Register a handler for each kind of chore that Examplary's API can do."""
        self._chores.register(ChoreKind.DELETE_SESSION, self._delete_session)
        self._chores.register(ChoreKind.DELETE_EXAM, self._delete_exam)
        self._chores.register(ChoreKind.FETCH_ORIGINAL, self._fetch_original)
        self._chores.register(ChoreKind.FETCH_MEDIA, self._fetch_media)

    def add_exam_deletion(self, exam: Exam, examplary_exam_id: str | None, platform: Platform) -> None:
        """Add the chore that deletes an exam at Examplary, if its platform's are, once it is complete here.

        The caller commits.
        """
        if examplary_exam_id and is_complete(exam) and self._deletion.applies_to(platform):
            self._chores.add(ChoreKind.DELETE_EXAM, examplary_exam_id, platform.id)
            exam.at_examplary = False

    def _delete_session(self, chore: Chore, session_id: str) -> None:
        self._client(chore).delete_embed_session(session_id)

    def _delete_exam(self, chore: Chore, examplary_exam_id: str) -> None:
        self._client(chore).delete_exam(examplary_exam_id)

    def _fetch_original(self, chore: Chore, generation_id: str) -> None:
        self._snapshots.fetch_original(generation_id, self._client(chore))
        self._delete_if_complete(chore, generation_id)

    def _fetch_media(self, chore: Chore, generation_id: str) -> None:
        self._snapshots.fetch_late_media(generation_id)
        self._delete_if_complete(chore, generation_id)

    @retry_on_conflict
    def _delete_if_complete(self, chore: Chore, generation_id: str) -> None:
        """Add the deletion of the exam of a generation, if it can be made now. Commits."""
        exam = self._snapshots.stored(generation_id)
        if exam is not None:
            self.add_exam_deletion(exam, exam.examplary_exam_id, self._platform(chore))
        db.session.commit()

    def _client(self, chore: Chore) -> ExamplaryClient:
        return self._clients.for_platform(self._platform(chore))

    @staticmethod
    def _platform(chore: Chore) -> Platform:
        return db.session.get_one(Platform, chore.platform_id)
