"""Permissions on exams, stated once. ``docs/security.md`` has the same table in the words of LTI.

A launch's role is teacher, student, test student or none (:mod:`lti_tool.lti.protocol.roles`): instructors, teaching
assistants and content developers of the course are teachers, and so are administrators without a role in the course,
unless the operator decides otherwise. Only teachers may do anything; the table says what, by what they are to an exam.
An administrator who acts as another person is that person to the LMS and therefore to the tool.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from lti_tool.lti import Role


class Action(StrEnum):
    """An action on an exam."""

    MAKE = "make"
    """Start a new exam."""
    CHANGE = "change"
    """Continue, retry or discard an exam that is being generated; change one, here or in Examplary, or delete it."""
    SEND = "send"
    """Add an exam to the course."""
    SEE = "see"
    """See the questions and answers."""
    SHARE = "share"
    """Download a package, duplicate an exam, open it in a tab of its own, revoke the LMS's links to it."""


class Standing(StrEnum):
    """The relation of a teacher to an exam."""

    AUTHOR = "author"
    COLLEAGUE = "colleague"
    """Teaches the course in which the exam was made or to which it was sent, or a copy of it."""
    STRANGER = "stranger"


PERMISSIONS: Mapping[Standing, frozenset[Action]] = {
    Standing.AUTHOR: frozenset(Action),
    Standing.COLLEAGUE: frozenset({Action.MAKE, Action.SEND, Action.SEE, Action.SHARE}),
    Standing.STRANGER: frozenset({Action.MAKE}),
}
"""Permitted actions of teachers. People with another role may do nothing."""


def is_teacher(role: str) -> bool:
    """Return whether a launch with this role is a teacher's."""
    return role == Role.INSTRUCTOR


def may(standing: Standing, action: Action) -> bool:
    """Return whether a teacher with this standing may do ``action``."""
    return action in PERMISSIONS[standing]
