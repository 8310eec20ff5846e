"""Taking an exam home: its JSON, its images and files, and Examplary's own QTI 3 package."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

import structlog
from sqlalchemy import select

from lti_tool import exam as exams
from lti_tool.errors import ExamplaryError
from lti_tool.examplary import ExamplaryClient, Fetcher, FetchError, FetchLimits
from lti_tool.models import Asset, Exam, ExamMedia, Generation, compare_and_set, db, insert_if_absent, retry_on_conflict
from lti_tool.security.encryption import fingerprint

log = structlog.get_logger(__name__)

QTI3_MEDIA_TYPE = "application/zip"

ORIGINAL_AT_ONCE = FetchLimits(max_bytes=200_000_000, seconds=45.0, images_only=False)
"""How long a teacher waits for Examplary's own package; what takes longer follows as a chore."""


@dataclass(frozen=True, slots=True)
class FetchedExam:
    """An exam that is here, but for its row: its files are kept already."""

    document: str
    parsed: exams.Exam
    media: tuple[FetchedMedia, ...]
    original_sha256: str | None


@dataclass(frozen=True, slots=True)
class FetchedMedia:
    """An address in an exam: the SHA-256 of what was behind it, or the code of the error that kept it away."""

    url: str
    sha256: str | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class MediaLimits:
    """In bytes: of one file, and of all files of an exam."""

    one: int
    together: int


class SnapshotCapture:
    """Keeps exams."""

    def __init__(self, fetcher: Fetcher, limits: MediaLimits) -> None:
        self._fetcher, self._limits = fetcher, limits

    @staticmethod
    def kept(generation_id: str) -> Exam | None:
        """Return the snapshot of a generation, if there is one already."""
        return db.session.scalar(select(Exam).where(Exam.generation_id == generation_id))

    def fetch(self, examplary_exam_id: str, client: ExamplaryClient, before_each: Callable[[], None]) -> FetchedExam:
        """Fetch an exam with its images and files, and keep those.

        ``before_each`` is called before each call to the outside: it may raise to stop here.

        Raises :class:`ExamplaryError` if Examplary does not give it, :class:`ExamError` if it is no exam. Images that
        cannot be had are noted and do not keep the exam away.
        """
        document = client.get_exam(examplary_exam_id)
        parsed = exams.parse_exam(document.data)
        media = self._media(parsed.media, before_each)
        before_each()
        original = self._original(examplary_exam_id, client)
        before_each()
        return FetchedExam(document.raw.decode("utf-8"), parsed, media, original)

    @staticmethod
    def keep(generation: Generation, fetched: FetchedExam) -> Exam:
        """Put the snapshot in; there can be one a generation. The caller commits."""
        parsed = fetched.parsed
        exam = Exam(
            generation_id=generation.id,
            examplary_exam_id=generation.examplary_exam_id or "",
            platform_id=generation.platform_id,
            owner_id=generation.lms_user_id,
            context_id=generation.context_id,
            title=parsed.title[:500],
            language=(parsed.language or "")[:40],
            points=parsed.points,
            question_count=len(parsed.questions),
            snapshot=fetched.document,
            snapshot_sha256=fingerprint(fetched.document),
            original_sha256=fetched.original_sha256,
            media=[ExamMedia(url=one.url, asset_sha256=one.sha256, problem=one.problem) for one in fetched.media],
        )
        db.session.add(exam)
        db.session.flush()
        return exam

    def fetch_original(self, generation_id: str, client: ExamplaryClient) -> str | None:
        """Fetch Examplary's own package later on; raise :class:`ExamplaryError` if it still does not come.

        Returns Examplary's id of the exam, or ``None`` if the snapshot is gone.
        """
        exam = self.kept(generation_id)
        if exam is None:
            return None
        exam_id, examplary_exam_id = exam.id, exam.examplary_exam_id
        if exam.original_sha256 is None:
            digest = self._store(client.export_qti3_zip(examplary_exam_id), QTI3_MEDIA_TYPE)
            _complete(exam_id, digest)
        return examplary_exam_id

    def _original(self, examplary_exam_id: str, client: ExamplaryClient) -> str | None:
        try:
            return self._store(client.export_qti3_zip(examplary_exam_id, ORIGINAL_AT_ONCE), QTI3_MEDIA_TYPE)
        except ExamplaryError as error:
            log.warning("snapshot.original_missing", code=error.code, detail=error.detail)
            return None

    def _media(self, urls: tuple[str, ...], before_each: Callable[[], None]) -> tuple[FetchedMedia, ...]:
        room = self._limits.together
        media = []
        for url in urls:
            before_each()
            medium, size = self._fetch(url, min(room, self._limits.one))
            room -= size
            media.append(medium)
        return tuple(media)

    def _fetch(self, url: str, most: int) -> tuple[FetchedMedia, int]:
        """Return what was behind ``url`` and the bytes it took."""
        try:
            got = self._fetcher.fetch(url, FetchLimits(max_bytes=max(most, 1), images_only=False))
        except FetchError as error:
            log.warning("snapshot.media_missing", host=urlsplit(url).hostname, code=error.code, detail=error.detail)
            return FetchedMedia(url, problem=error.code), 0
        return FetchedMedia(url, self._store(got.content, got.media_type)), len(got.content)

    @staticmethod
    @retry_on_conflict
    def _store(data: bytes, media_type: str) -> str:
        """Keep ``data`` once, whoever else keeps it at the same moment; return its SHA-256."""
        digest = hashlib.sha256(data).hexdigest()
        if db.session.get(Asset, digest) is None:
            insert_if_absent(Asset, {"sha256": digest, "media_type": media_type[:100], "size": len(data), "data": data})
        # Committed at once: no transaction stays open while the next file is fetched.
        db.session.commit()
        return digest


@retry_on_conflict
def _complete(exam_id: str, original_sha256: str) -> None:
    compare_and_set(Exam, Exam.id == exam_id, original_sha256=original_sha256)
    db.session.commit()
