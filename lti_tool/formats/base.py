"""The interface of a format, and the errors that formats raise."""

from __future__ import annotations

from typing import IO, Protocol

from lti_tool.errors import N_, PackageError
from lti_tool.exam.media import Assets
from lti_tool.exam.model import Exam, Question
from lti_tool.formats.planning.lms_view import LmsView
from lti_tool.formats.report import Report


class UnknownFormat(PackageError):
    """There is no format of this name. Facts: ``name``."""

    code = "package.unknown_format"
    sentence = N_("There is no format named %(name)s.")
    advice = N_("Choose one of the available formats.")
    status = 404


class Format(Protocol):
    """Writes an exam as a package. Pure: the same exam and assets give the same bytes and the same report."""

    @property
    def name(self) -> str:
        """Stable name for addresses and the command line, like ``canvas-qti``."""

    @property
    def label(self) -> str:
        """Name for people, marked with ``N_``."""

    @property
    def audience(self) -> str:
        """Who the format is for, marked with ``N_``."""

    @property
    def suffix(self) -> str:
        """Extension of the file, with its dot."""

    @property
    def media_type(self) -> str:
        """Media type of the file."""

    def write(self, exam: Exam, assets: Assets, out: IO[bytes]) -> Report:
        """Write the package to ``out`` (seekable, at its end) and return the report for each question."""

    def lms_view(self, question: Question, exam: Exam, assets: Assets) -> LmsView:
        """Return a question of ``exam`` as an LMS that imports this format will show it."""

    def report(self, exam: Exam, assets: Assets) -> Report:
        """Return the report that :meth:`write` would return, without writing."""
