"""Packages, built from the snapshot and fetched by package links.

A package is not stored in the database. It is cached on the machine that built it, under a name derived from its
content, and can be rebuilt anywhere at any time with the same bytes.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import BinaryIO

import structlog
from structlog.contextvars import bind_contextvars

from lti_tool import formats
from lti_tool.errors import N_, AccessError
from lti_tool.lms import plugin_for_family
from lti_tool.lms.teacher_choices import TeacherChoice
from lti_tool.models import (
    LMS,
    AuditAction,
    Delivery,
    Exam,
    Launch,
    add_audit_entry,
    compare_and_set,
    db,
    now,
    retry_on_conflict,
)
from lti_tool.security.encryption import fingerprint
from lti_tool.services.counters import CONVERSION_SECONDS, CONVERSIONS
from lti_tool.services.delivery.files import safe_file_name
from lti_tool.services.delivery.package_cache import PackageCache
from lti_tool.services.exams.code_version import code_version
from lti_tool.services.exams.exam_reader import ExamReader
from lti_tool.services.platform_settings import ChoiceWithheld, PlatformSettings, is_active, require_choice

log = structlog.get_logger(__name__)

ORIGINAL = "examplary-qti3"
"""Not one of our formats: Examplary's own package, unchanged."""


class PackageGone(AccessError):
    """The link to a package is unknown, expired or revoked."""

    code = "package.gone"
    sentence = N_("This package is no longer available.")
    advice = N_("Open Examplary from your course and add the exam again.")
    status = 404


@dataclass(frozen=True, slots=True)
class Package:
    """A file to send. ``etag`` identifies its content."""

    path: Path
    name: str
    media_type: str
    etag: str


class Packages:
    """Creates links to packages, and builds the packages."""

    def __init__(self, *, exam_reader: ExamReader, cache: PackageCache, base_url: str, lifetime: timedelta) -> None:
        self._exam_reader = exam_reader
        self._cache = cache
        self._base_url = base_url
        self._lifetime = lifetime

    def link(self, exam: Exam, format_name: str, launch: Launch | None, *, copy: str = "", file_name: str = "") -> str:
        """Return a new package link, from which the LMS can fetch the package, many times. The caller commits.

        ``file_name`` is the end of the URL; empty: the package's own.
        """
        link_token = secrets.token_urlsafe(32)
        moment = now()
        db.session.add(
            Delivery(
                capability_hash=fingerprint(link_token),
                exam_id=exam.id,
                launch_id=launch.id if launch is not None else None,
                format_name=format_name,
                copy=copy,
                created_at=moment,
                expires_at=moment + self._lifetime,
            )
        )
        return f"{self._base_url}/packages/{link_token}/{file_name or package_file_name(exam, format_name)}"

    def fetch(self, link_token: str, *, count: bool) -> Package:
        """Return the package of a package link; raise :class:`PackageGone`. ``count`` records the fetch."""
        digest = fingerprint(link_token)
        delivery = db.session.get(Delivery, digest)
        if delivery is None or delivery.revoked_at is not None or delivery.expires_at <= now():
            raise PackageGone
        bind_contextvars(launch=delivery.launch_id)
        exam = db.session.get(Exam, delivery.exam_id)
        if exam is None:
            raise PackageGone("erased while it was asked for")
        launch = db.session.get(Launch, delivery.launch_id) if delivery.launch_id else None
        if not is_active(exam.platform_id, launch.deployment_id if launch else ""):
            raise PackageGone("the platform or the deployment is switched off")
        exam_id, format_name = exam.id, delivery.format_name
        package = self.package(exam, format_name, delivery.copy)
        if count:
            self._record_fetch(digest)
            log.info("package.fetched", exam=exam_id, format=format_name)
        return package

    def download(self, launch: Launch, exam: Exam, format_name: str) -> Package:
        """Return the package of ``exam``, and record that the person of ``launch`` downloads it.

        Raises :class:`ChoiceWithheld` for a format that the teachers of this LMS aren't offered.
        """
        require_choice(launch, TeacherChoice.DOWNLOAD)
        if format_name not in offered_downloads(launch) and format_name in (*formats.names(), ORIGINAL):
            raise ChoiceWithheld(format_name)
        package = self.package(exam, format_name)
        self._record_download(launch, exam, format_name)
        return package

    @staticmethod
    @retry_on_conflict
    def _record_download(launch: Launch, exam: Exam, format_name: str) -> None:
        add_audit_entry(
            AuditAction.EXAM_DOWNLOADED,
            launch.lms_user_id,
            subject=exam.id,
            launch_id=launch.id,
            platform_id=launch.platform_id,
            detail=format_name,
        )
        db.session.commit()

    def package(self, exam: Exam, format_name: str, copy: str = "") -> Package:
        """Return the package of ``exam`` in ``format_name``, from the cache if possible.

        The questions of a ``copy`` have identifiers of their own, so that an importer takes them for new ones.
        """
        if format_name == ORIGINAL:
            return self._original_package(exam)
        format_ = formats.get(format_name)
        file_name = self._cache_key(exam, format_name, copy) + format_.suffix
        path = self._cache.file(file_name, partial(self._build, exam, format_, copy))
        return Package(path, package_file_name(exam, format_name), format_.media_type, path.stem)

    def _cache_key(self, exam: Exam, format_name: str, copy: str) -> str:
        """Return the hash of everything that determines the package's bytes."""
        return fingerprint("\0".join((code_version(), format_name, self._exam_reader.content_version(exam), copy)))

    def _original_package(self, exam: Exam) -> Package:
        if exam.original_sha256 is None:
            raise PackageGone("Examplary's own package never came")
        digest = exam.original_sha256
        path = self._cache.file(f"{digest}.zip", partial(self._write_file, digest))
        return Package(path, package_file_name(exam, ORIGINAL), "application/zip", path.stem)

    def _write_file(self, sha256: str, out: BinaryIO) -> None:
        out.write(self._exam_reader.file(sha256))

    def _build(self, exam: Exam, format_: formats.Format, copy: str, out: BinaryIO) -> None:
        began = time.perf_counter()
        outcome = "failed"
        try:
            value, assets = self._exam_reader.value(exam), self._exam_reader.assets(exam)
            if copy:
                # All identifiers in packages derive from the exam's.
                value = replace(value, id=f"{value.id} {copy}")
            format_.write(value, assets, out)
            outcome = "ok"
        finally:
            CONVERSIONS.labels(format_.name, outcome).inc()
            CONVERSION_SECONDS.labels(format_.name).observe(time.perf_counter() - began)

    @staticmethod
    @retry_on_conflict
    def _record_fetch(digest: str) -> None:
        moment = now()
        # If the exam has been erased in the meantime, so has the link.
        if compare_and_set(
            Delivery,
            Delivery.capability_hash == digest,
            fetches=Delivery.fetches + 1,
            first_fetched_at=db.func.coalesce(Delivery.first_fetched_at, moment),
            last_fetched_at=moment,
        ):
            delivery = db.session.get_one(Delivery, digest)
            add_audit_entry(
                AuditAction.PACKAGE_FETCHED,
                LMS,
                subject=delivery.exam_id,
                launch_id=delivery.launch_id,
                platform_id=delivery.exam.platform_id,
                detail=delivery.format_name,
            )
        db.session.commit()


def offered_downloads(launch: Launch) -> tuple[str, ...]:
    """Return the names of the formats that a teacher may download, the best for this LMS or its default first."""
    settings = PlatformSettings.of(launch.platform)
    if not settings.allows(TeacherChoice.DOWNLOAD):
        return ()
    rules = settings.formats
    ranked = plugin_for_family(launch.family).ranked_formats(rules)
    return ranked if ranked and rules.first_only else (*ranked, *rules.rank((ORIGINAL,)))


def package_file_name(exam: Exam, format_name: str) -> str:
    """Return the file name of a package: the exam's title, the format, and its extension."""
    suffix = ".zip" if format_name == ORIGINAL else formats.get(format_name).suffix
    return f"{safe_file_name(exam.title)}-{format_name}{suffix}"
