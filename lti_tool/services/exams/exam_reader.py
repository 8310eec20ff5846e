"""Read stored exams back as values, with the teacher's changes, and with their media.

Every page, report, package and import gets its exam from :meth:`ExamReader.value`, so that none can miss a change.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from posixpath import basename
from urllib.parse import unquote, urlsplit

from sqlalchemy import select

from lti_tool import exam as exams
from lti_tool.errors import N_, ExamError
from lti_tool.exam.changes import Changed, apply
from lti_tool.exam.changes import fingerprint as changes_fingerprint
from lti_tool.formats.original import has_unknown, with_original_texts
from lti_tool.models import Asset, Exam, ExamMedia, Platform, db
from lti_tool.security.encryption import fingerprint
from lti_tool.services.counters import DAMAGED
from lti_tool.services.exams.change_log import Revision, changes_in_force, revisions, snapshot_at
from lti_tool.services.exams.exam_labels import labelled, labels_of

CACHED_EXAMS = 8
"""Parsed exams that a process keeps: a review page of 300 questions spent two fifths of its CPU on parsing them."""

MAX_CACHED_LENGTH = 1_000_000
"""Characters of a snapshot; longer ones are parsed each time, so that the cache stays within some tens of megabytes."""


class ExamDamaged(ExamError):
    """The snapshot in the database no longer matches its checksum: a disk, a restore or a person changed it."""

    code = "exam.damaged"
    sentence = N_("This exam was changed in the tool's database and can no longer be trusted.")
    advice = N_("Tell your administrator: a backup of the tool's database holds the original.")
    status = 500


class ExamReader:
    """Reads exams from their snapshots."""

    @classmethod
    def value(cls, row: Exam) -> exams.Exam:
        """Return the exam with the teacher's changes and its platform's labels; raise like :meth:`original`."""
        return labelled(cls.changed(row).exam, db.session.get_one(Platform, row.platform_id))

    @classmethod
    def changed(cls, row: Exam, history: Sequence[Revision] | None = None) -> Changed:
        """Return the exam with its changes, and those that don't fit; ``history`` are its revisions if they were read.

        Raises like :meth:`original`.
        """
        return apply(cls.original(row), changes_in_force(revisions(row) if history is None else history))

    @staticmethod
    def content_version(row: Exam, history: Sequence[Revision] | None = None) -> str:
        """Return the fingerprint of everything that the exam and its packages depend on, besides our code."""
        media = sorted((file.url, file.asset_sha256 or "") for file in row.media)
        snapshot = row.snapshot_sha256 or fingerprint(row.snapshot)
        changes = changes_fingerprint(changes_in_force(revisions(row) if history is None else history))
        labels = labels_of(db.session.get_one(Platform, row.platform_id))
        parts = [snapshot, row.original_sha256 or "", row.duplicate_id, changes, media, labels]
        return fingerprint(json.dumps(parts))

    @staticmethod
    def original(row: Exam) -> exams.Exam:
        """Return the original exam; raise :class:`ExamDamaged` if the snapshot doesn't match its checksum.

        Questions of unknown type get the texts of Examplary's own package, once we have it.
        """
        if row.snapshot_sha256 not in ("", fingerprint(row.snapshot)):
            DAMAGED.labels("snapshot").inc()
            raise ExamDamaged(f"the snapshot of exam {row.id}")
        value = _parsed_snapshot(row.snapshot)
        if row.duplicate_id:
            value = replace(value, id=row.duplicate_id)
        if row.original_sha256 is None or not has_unknown(value):
            return value
        return with_original_texts(value, _data(row.original_sha256))

    @classmethod
    def original_at(cls, row: Exam, number: int) -> exams.Exam | None:
        """Return the original exam in the version to which a revision belongs; ``None`` if that is no longer kept.

        Raises like :meth:`original`.
        """
        snapshot = snapshot_at(row, number)
        if snapshot is None or snapshot == row.snapshot:
            return None if snapshot is None else cls.original(row)
        return _parsed_snapshot(snapshot)

    @classmethod
    def changed_at(cls, row: Exam, number: int) -> Changed:
        """Return the exam at a revision, in the version that it belongs to or else the newest.

        Raises like :meth:`original`.
        """
        original = cls.original_at(row, number) or cls.original(row)
        return apply(original, changes_in_force(revisions(row, number)))

    @staticmethod
    def file(sha256: str) -> bytes:
        """Return the stored bytes with this SHA-256; raise :class:`ExamDamaged` if they no longer match it."""
        return _data(sha256)

    @staticmethod
    def assets(row: Exam) -> dict[str, exams.Asset]:
        """Return the exam's images and files by URL; their bytes are read on demand."""
        query = (
            select(ExamMedia.url, Asset.sha256, Asset.media_type)
            .join(Asset, Asset.sha256 == ExamMedia.asset_sha256)
            .where(ExamMedia.exam_id == row.id)
        )
        return {
            url: exams.Asset(url=url, name=_name(url), media_type=media_type, read=_reader(digest))
            for url, digest, media_type in db.session.execute(query)
        }


def _parse(snapshot: str) -> exams.Exam:
    try:
        # Earlier releases kept a byte order mark.
        data = json.loads(snapshot.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise exams.ExamUnreadable("the snapshot is not JSON") from error
    return exams.parse_exam(data)


_parse_cached = lru_cache(CACHED_EXAMS)(_parse)
"""Keyed by the snapshot itself, so that nothing has to be invalidated; an exam's values never change."""


def _parsed_snapshot(snapshot: str) -> exams.Exam:
    return _parse_cached(snapshot) if len(snapshot) <= MAX_CACHED_LENGTH else _parse(snapshot)


def _reader(sha256: str) -> Callable[[], bytes]:
    return partial(_data, sha256)


def _data(sha256: str) -> bytes:
    """Return the stored bytes with this SHA-256; raise :class:`ExamDamaged` if they no longer match it."""
    data = db.session.scalars(select(Asset.data).where(Asset.sha256 == sha256)).one()
    if hashlib.sha256(data).hexdigest() != sha256:
        DAMAGED.labels("file").inc()
        raise ExamDamaged(f"the file {sha256}")
    return data


def _name(url: str) -> str:
    return unquote(basename(urlsplit(url).path)) or "file"
