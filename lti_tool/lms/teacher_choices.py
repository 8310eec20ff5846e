"""Decisions that an administrator leaves to the teachers of a platform, and the formats they are offered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from lti_tool.errors import N_


class TeacherChoice(StrEnum):
    """A choice that teachers have, unless their administrator withholds it."""

    FORMAT = "format"
    """Choose a format; without it, there is only the first one."""
    PLACE = "place"
    """Choose where a direct import puts the quiz: a section, a module, an assignment group."""
    CHANGE = "change"
    """Change an exam here."""
    EXAMPLARY = "examplary"
    """Change an exam in Examplary."""
    DOWNLOAD = "download"
    """Download files."""
    PRINT = "print"
    """Print an exam or copy it as text."""


CHOICES: Mapping[TeacherChoice, str] = MappingProxyType(
    {
        TeacherChoice.FORMAT: N_("Choose a format for downloads"),
        TeacherChoice.PLACE: N_("Choose where a quiz goes: section, module or assignment group"),
        TeacherChoice.CHANGE: N_("Change an exam on its page"),
        TeacherChoice.EXAMPLARY: N_("Change an exam in Examplary"),
        TeacherChoice.DOWNLOAD: N_("Download files"),
        TeacherChoice.PRINT: N_("Print and copy"),
    }
)
"""The choices for people."""


@dataclass(frozen=True, slots=True)
class FormatRules:
    """The formats of one platform. Empty values: as the LMS family has it."""

    offered: tuple[str, ...] = ()
    """Names of formats; empty: all."""
    default: str = ""
    """The format that comes first."""
    first_only: bool = False
    """Whether teachers may not choose another one than the first."""

    def rank(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Return those of ``names`` that teachers are offered, the default first."""
        allowed = tuple(name for name in names if not self.offered or name in self.offered)
        ranked = tuple(sorted(allowed, key=lambda name: name != self.default))
        return ranked[:1] if self.first_only else ranked


ALL_FORMATS = FormatRules()
