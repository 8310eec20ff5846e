"""Taking an exam home: its JSON, its images and files, and Examplary's own QTI 3 package."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

import structlog
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from lti_tool.errors import ExamplaryError
from lti_tool.exam import parse_exam
from lti_tool.examplary import ExamplaryClient, Fetcher, FetchError, FetchLimits
from lti_tool.models import Asset, Exam, ExamMedia, Generation, db

log = structlog.get_logger(__name__)

QTI3_MEDIA_TYPE = "application/zip"

ORIGINAL_AT_ONCE = FetchLimits(max_bytes=200_000_000, seconds=45.0, images_only=False)
"""How long a teacher waits for Examplary's own package; what takes longer follows as a chore."""


@dataclass(frozen=True, slots=True)
class Taken:
    """An exam that is now ours. ``original_kept`` tells whether Examplary's own package came along."""

    exam: Exam
    original_kept: bool


@dataclass(frozen=True, slots=True)
class MediaLimits:
    """In bytes: of one file, and of all files of an exam."""

    one: int
    together: int


class Snapshots:
    """Keeps exams."""

    def __init__(self, fetcher: Fetcher, limits: MediaLimits) -> None:
        self._fetcher, self._limits = fetcher, limits

    def take(self, generation: Generation, client: ExamplaryClient, before_each: Callable[[], None]) -> Taken:
        """Fetch and keep the exam of ``generation``; one snapshot however often it is called.

        ``before_each`` is called before each call to the outside: it may raise to stop here.

        Raises :class:`ExamplaryError` if Examplary does not give it, :class:`ExamError` if it is no exam. Images that
        cannot be had are noted and do not keep the exam away. The caller commits.
        """
        kept = self._kept(generation)
        if kept is not None:
            return Taken(kept, kept.original_sha256 is not None)
        examplary_exam_id = generation.examplary_exam_id or ""
        document = client.get_exam(examplary_exam_id)
        parsed = parse_exam(document.data)
        exam = Exam(
            generation_id=generation.id,
            examplary_exam_id=examplary_exam_id,
            platform_id=generation.platform_id,
            owner_id=generation.lms_user_id,
            context_id=generation.context_id,
            title=parsed.title[:500],
            language=(parsed.language or "")[:40],
            points=parsed.points,
            question_count=len(parsed.questions),
            snapshot=document.raw.decode("utf-8"),
        )
        exam.media = self._media(parsed.media, before_each)
        before_each()
        exam.original_sha256 = self._original(examplary_exam_id, client)
        before_each()
        db.session.add(exam)
        db.session.flush()
        return Taken(exam, exam.original_sha256 is not None)

    def fetch_original(self, generation_id: str, client: ExamplaryClient) -> str | None:
        """Fetch Examplary's own package later on; raise :class:`ExamplaryError` if it still does not come.

        Returns Examplary's id of the exam, or ``None`` if the snapshot is gone.
        """
        exam = db.session.scalar(select(Exam).where(Exam.generation_id == generation_id))
        if exam is None:
            return None
        if exam.original_sha256 is None:
            exam.original_sha256 = self._store(client.export_qti3_zip(exam.examplary_exam_id), QTI3_MEDIA_TYPE)
            db.session.commit()
        return exam.examplary_exam_id

    @staticmethod
    def _kept(generation: Generation) -> Exam | None:
        return db.session.scalar(select(Exam).where(Exam.generation_id == generation.id))

    def _original(self, examplary_exam_id: str, client: ExamplaryClient) -> str | None:
        try:
            return self._store(client.export_qti3_zip(examplary_exam_id, ORIGINAL_AT_ONCE), QTI3_MEDIA_TYPE)
        except ExamplaryError as error:
            log.warning("snapshot.original_missing", code=error.code, detail=error.detail)
            return None

    def _media(self, urls: tuple[str, ...], before_each: Callable[[], None]) -> list[ExamMedia]:
        room = self._limits.together
        rows = []
        for url in urls:
            before_each()
            row, size = self._fetch(url, min(room, self._limits.one))
            room -= size
            rows.append(row)
        return rows

    def _fetch(self, url: str, most: int) -> tuple[ExamMedia, int]:
        """Return the row for ``url`` and the bytes it took."""
        try:
            got = self._fetcher.fetch(url, FetchLimits(max_bytes=max(most, 1), images_only=False))
        except FetchError as error:
            log.warning("snapshot.media_missing", host=urlsplit(url).hostname, code=error.code, detail=error.detail)
            return ExamMedia(url=url, problem=error.code), 0
        return ExamMedia(url=url, asset_sha256=self._store(got.content, got.media_type)), len(got.content)

    @staticmethod
    def _store(data: bytes, media_type: str) -> str:
        """Keep ``data`` once, whoever else keeps it at the same moment; return its SHA-256."""
        digest = hashlib.sha256(data).hexdigest()
        if db.session.get(Asset, digest) is None:
            db.session.add(Asset(sha256=digest, media_type=media_type[:100], size=len(data), data=data))
            try:
                # Committed at once: no transaction stays open while the next file is fetched.
                db.session.commit()
            except IntegrityError:
                db.session.rollback()
        return digest
