"""Capture an exam: its JSON, its images and files, and Examplary's own QTI 3 package."""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from sqlalchemy import or_, select

from lti_tool import exam as exams
from lti_tool.errors import ExamplaryError
from lti_tool.exam.html.data_images import length_without_pictures
from lti_tool.examplary import ExamplaryClient, Fetcher, FetchError, FetchLimits, FetchTimeout
from lti_tool.models import (
    MAX_TITLE_LENGTH,
    Asset,
    Exam,
    ExamMedia,
    Generation,
    compare_and_set,
    db,
    insert_if_absent,
    retry_on_conflict,
)
from lti_tool.net.connections import host_of
from lti_tool.security.encryption import fingerprint
from lti_tool.services.exams.search_text import store_searchable_text

log = structlog.get_logger(__name__)

_random = random.SystemRandom()

QTI3_MEDIA_TYPE = "application/zip"

ORIGINAL_LIMITS = FetchLimits(max_bytes=200_000_000, seconds=45.0, images_only=False)
"""A teacher is waiting: a package that takes longer is fetched later, by a chore."""


MAX_CHARACTERS = 5_000_000
"""Characters of an exam without embedded pictures: more than 10,000 ordinary questions."""

BeforeCall = Callable[[int, int], None]
"""Called before each request, with the number of files that were fetched or tried, and that of all files."""


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
    """Bytes of one file and of all files of an exam, and seconds for all files together."""

    file: int
    exam: int
    seconds: float = 20.0


class MediaBudget:
    """Remaining bytes and seconds of the budget that all files of one exam share."""

    def __init__(self, limits: MediaLimits, used_bytes: int = 0) -> None:
        self._file = limits.file
        self._file_seconds = limits.seconds / 3
        self._bytes = limits.exam - used_bytes
        self._ends = time.monotonic() + limits.seconds

    @property
    def seconds(self) -> float:
        """Seconds for the next file, up to a third of all; 0 or less if the time is over."""
        return min(self._ends - time.monotonic(), self._file_seconds)

    @property
    def max_bytes(self) -> int:
        """The largest next file."""
        return max(min(self._bytes, self._file), 1)

    def use(self, size: int) -> None:
        """Subtract the bytes of a file."""
        self._bytes -= size


class SnapshotCapture:
    """Fetches exams and stores their snapshots."""

    def __init__(self, fetcher: Fetcher, limits: MediaLimits) -> None:
        self._fetcher = fetcher
        self._limits = limits

    @staticmethod
    def stored(generation_id: str) -> Exam | None:
        """Return the exam that the generation made or changed, if it is stored."""
        revised = select(Generation.revises_id).where(Generation.id == generation_id).scalar_subquery()
        return db.session.scalar(select(Exam).where(or_(Exam.generation_id == generation_id, Exam.id == revised)))

    def fetch(self, examplary_exam_id: str, client: ExamplaryClient, before_call: BeforeCall) -> FetchedExam:
        """Fetch an exam with its images and files, and store the files.

        ``before_call`` may raise to stop. Media that can't be fetched are recorded, and the exam is captured without
        them. Raises :class:`ExamplaryError` if Examplary fails, and :class:`ExamError` if the document is no exam.
        """
        document = client.get_exam(examplary_exam_id)
        _check_size(document.text)
        parsed = exams.parse_exam(document.data)
        budget = MediaBudget(self._limits)
        media = self._media(parsed.media, budget, before_call)
        before_call(len(media), len(media))
        original = self._original(examplary_exam_id, client)
        before_call(len(media), len(media))
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
            course_title=generation.launch.context_title if generation.launch is not None else "",
            title=parsed.title[:MAX_TITLE_LENGTH],
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
        store_searchable_text(exam.id, parsed)
        return exam

    def fetch_original(self, generation_id: str, client: ExamplaryClient) -> None:
        """Fetch Examplary's own package as a chore, unless the exam has been deleted here.

        Raises :class:`ExamplaryError` if that fails again.
        """
        exam = self.stored(generation_id)
        if exam is not None and exam.original_sha256 is None:
            exam_id = exam.id
            digest = self._store_file(client.export_qti3_zip(exam.examplary_exam_id), QTI3_MEDIA_TYPE)
            _set_original(exam_id, digest)

    def _original(self, examplary_exam_id: str, client: ExamplaryClient) -> str | None:
        try:
            return self._store_file(client.export_qti3_zip(examplary_exam_id, ORIGINAL_LIMITS), QTI3_MEDIA_TYPE)
        except ExamplaryError as error:
            log.warning("snapshot.original_missing", code=error.code, detail=error.detail)
            return None

    def fetch_late_media(self, generation_id: str) -> None:
        """Fetch, as a chore, the media for which the time was too short, unless the exam has been deleted here.

        Raises :class:`FetchTimeout` if some are left.
        """
        exam = self.stored(generation_id)
        if exam is None:
            return
        late = [(file.id, file.url) for file in exam.media if is_late(file)]
        used = sum(file.asset.size for file in exam.media if file.asset is not None)
        db.session.rollback()
        budget, remaining = MediaBudget(self._limits, used), 0
        # In another order each time, so that slow files don't keep the others away.
        _random.shuffle(late)
        for media_id, url in late:
            fetched = self._fetch(url, budget)
            remaining += fetched.problem == FetchTimeout.code
            _set_media(media_id, fetched)
        if remaining:
            raise FetchTimeout(f"{remaining} of {len(late)} files are still missing")

    def _media(self, urls: tuple[str, ...], budget: MediaBudget, before_call: BeforeCall) -> tuple[FetchedMedia, ...]:
        media: list[FetchedMedia] = []
        for url in urls:
            before_call(len(media), len(urls))
            media.append(self._fetch(url, budget))
        return tuple(media)

    def _fetch(self, url: str, budget: MediaBudget) -> FetchedMedia:
        """Return the file at ``url``, or the error; without a request if the time is over."""
        if budget.seconds <= 0:
            return FetchedMedia(url, problem=FetchTimeout.code)
        limits = FetchLimits(max_bytes=budget.max_bytes, seconds=budget.seconds, images_only=False)
        try:
            download = self._fetcher.fetch(url, limits)
        except FetchError as error:
            log.warning("snapshot.media_missing", host=host_of(url), code=error.code, detail=error.detail)
            return FetchedMedia(url, problem=error.code)
        budget.use(len(download.content))
        return FetchedMedia(url, self._store_file(download.content, download.media_type))

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


def is_late(file: ExamMedia) -> bool:
    """Return whether a file is missing only because the time was too short."""
    return file.asset_sha256 is None and file.problem == FetchTimeout.code


def is_complete(exam: Exam) -> bool:
    """Return whether nothing of a stored exam is still to be fetched from Examplary."""
    return exam.original_sha256 is not None and not any(map(is_late, exam.media))


@retry_on_conflict
def _set_media(media_id: int, fetched: FetchedMedia) -> None:
    compare_and_set(ExamMedia, ExamMedia.id == media_id, asset_sha256=fetched.sha256, problem=fetched.problem)
    db.session.commit()


@retry_on_conflict
def _set_original(exam_id: str, original_sha256: str) -> None:
    compare_and_set(Exam, Exam.id == exam_id, original_sha256=original_sha256)
    db.session.commit()


def _check_size(document: str) -> None:
    """Raise :class:`ExamTooLarge`: the time to read and to show an exam grows with its text, not with its pictures."""
    if len(document) > MAX_CHARACTERS and (length := length_without_pictures(document)) > MAX_CHARACTERS:
        raise exams.ExamTooLarge(count=length, limit=MAX_CHARACTERS)
