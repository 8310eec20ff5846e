"""Capture an exam: its JSON, its images and files, and Examplary's own QTI 3 package."""

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

ORIGINAL_LIMITS = FetchLimits(max_bytes=200_000_000, seconds=45.0, images_only=False)
"""A teacher is waiting: a package that takes longer is fetched later, by a chore."""


@dataclass(frozen=True, slots=True)
class FetchedExam:
    """A fetched exam whose files are stored, but not its snapshot."""

    document: str
    parsed: exams.Exam
    media: tuple[FetchedMedia, ...]
    original_sha256: str | None


@dataclass(frozen=True, slots=True)
class FetchedMedia:
    """A media URL of an exam, with the SHA-256 of the file or the code of the error."""

    url: str
    sha256: str | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class MediaLimits:
    """Bytes of one file, and of all files of an exam."""

    file: int
    exam: int


class SnapshotCapture:
    """Fetches exams and stores their snapshots."""

    def __init__(self, fetcher: Fetcher, limits: MediaLimits) -> None:
        self._fetcher, self._limits = fetcher, limits

    @staticmethod
    def stored(generation_id: str) -> Exam | None:
        """Return the generation's exam if it is already stored."""
        return db.session.scalar(select(Exam).where(Exam.generation_id == generation_id))

    def fetch(self, examplary_exam_id: str, client: ExamplaryClient, before_call: Callable[[], None]) -> FetchedExam:
        """Fetch an exam with its images and files, and store the files.

        ``before_call`` is called before each request and may raise to stop.

        Raises :class:`ExamplaryError` if Examplary fails, and :class:`ExamError` if the document is no exam. Media that
        can't be fetched are recorded, and the exam is captured without them.
        """
        document = client.get_exam(examplary_exam_id)
        parsed = exams.parse_exam(document.data)
        media = self._media(parsed.media, before_call)
        before_call()
        original = self._original(examplary_exam_id, client)
        before_call()
        return FetchedExam(document.text, parsed, media, original)

    @staticmethod
    def store(generation: Generation, fetched: FetchedExam) -> Exam:
        """Insert the exam; a unique key allows one per generation. The caller commits."""
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
            media=[ExamMedia(url=file.url, asset_sha256=file.sha256, problem=file.problem) for file in fetched.media],
        )
        db.session.add(exam)
        db.session.flush()
        return exam

    def fetch_original(self, generation_id: str, client: ExamplaryClient) -> str | None:
        """Fetch Examplary's own package as a chore; raise :class:`ExamplaryError` if that fails again.

        Returns Examplary's id of the exam, or ``None`` if the exam has been deleted here.
        """
        exam = self.stored(generation_id)
        if exam is None:
            return None
        exam_id, examplary_exam_id = exam.id, exam.examplary_exam_id
        if exam.original_sha256 is None:
            digest = self._store_file(client.export_qti3_zip(examplary_exam_id), QTI3_MEDIA_TYPE)
            _set_original(exam_id, digest)
        return examplary_exam_id

    def _original(self, examplary_exam_id: str, client: ExamplaryClient) -> str | None:
        try:
            return self._store_file(client.export_qti3_zip(examplary_exam_id, ORIGINAL_LIMITS), QTI3_MEDIA_TYPE)
        except ExamplaryError as error:
            log.warning("snapshot.original_missing", code=error.code, detail=error.detail)
            return None

    def _media(self, urls: tuple[str, ...], before_call: Callable[[], None]) -> tuple[FetchedMedia, ...]:
        remaining = self._limits.exam
        media = []
        for url in urls:
            before_call()
            medium, size = self._fetch(url, min(remaining, self._limits.file))
            remaining -= size
            media.append(medium)
        return tuple(media)

    def _fetch(self, url: str, max_bytes: int) -> tuple[FetchedMedia, int]:
        """Return the file at ``url``, or the error, and its size in bytes."""
        try:
            download = self._fetcher.fetch(url, FetchLimits(max_bytes=max(max_bytes, 1), images_only=False))
        except FetchError as error:
            log.warning("snapshot.media_missing", host=urlsplit(url).hostname, code=error.code, detail=error.detail)
            return FetchedMedia(url, problem=error.code), 0
        return FetchedMedia(url, self._store_file(download.content, download.media_type)), len(download.content)

    @staticmethod
    @retry_on_conflict
    def _store_file(data: bytes, media_type: str) -> str:
        """Store ``data`` once, even if another worker stores it at the same time; return its SHA-256. Commits."""
        digest = hashlib.sha256(data).hexdigest()
        if db.session.get(Asset, digest) is None:
            insert_if_absent(Asset, {"sha256": digest, "media_type": media_type[:100], "size": len(data), "data": data})
        # Commit now, so that no transaction stays open while the next file is fetched.
        db.session.commit()
        return digest


@retry_on_conflict
def _set_original(exam_id: str, original_sha256: str) -> None:
    compare_and_set(Exam, Exam.id == exam_id, original_sha256=original_sha256)
    db.session.commit()
