"""Read stored exams back as values, with their media."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from functools import partial
from posixpath import basename
from urllib.parse import unquote, urlsplit

from sqlalchemy import select

from lti_tool import exam as exams
from lti_tool.errors import N_, ExamError
from lti_tool.formats.original_package import has_unknown, with_original_texts
from lti_tool.models import Asset, Exam, ExamMedia, db
from lti_tool.security.encryption import fingerprint
from lti_tool.services.operations.metrics import DAMAGED


class ExamDamaged(ExamError):
    """The snapshot in the database no longer matches its checksum: a disk, a restore or a person changed it."""

    code = "exam.damaged"
    sentence = N_("This exam was changed in the tool's database and can no longer be trusted.")
    advice = N_("Tell your administrator: a backup of the tool's database holds the original.")
    status = 500


class ExamReader:
    """Reads exams from their snapshots."""

    @staticmethod
    def value(row: Exam) -> exams.Exam:
        """Return the exam as a typed value; raise :class:`ExamDamaged` if the snapshot doesn't match its checksum.

        Questions of unknown type get the texts of Examplary's own package, once we have it.
        """
        if row.snapshot_sha256 not in ("", fingerprint(row.snapshot)):
            DAMAGED.labels("snapshot").inc()
            raise ExamDamaged(f"the snapshot of exam {row.id}")
        try:
            # Earlier releases kept a byte order mark.
            data = json.loads(row.snapshot.removeprefix("\ufeff"))
        except (ValueError, RecursionError) as error:
            raise exams.ExamUnreadable("the snapshot is not JSON") from error
        value = exams.parse_exam(data)
        if row.original_sha256 is None or not has_unknown(value):
            return value
        return with_original_texts(value, _data(row.original_sha256))

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
