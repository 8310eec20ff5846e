"""The deep linking response: the content items that go back into the course."""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from lti_tool.errors import N_, AccessError
from lti_tool.lms import OfferKind
from lti_tool.lti import (
    ContentItem,
    DeepLinkingSettings,
    FileItem,
    ResourceLinkItem,
    ToolKeys,
    sign_deep_linking_response,
)
from lti_tool.models import (
    AuditAction,
    Exam,
    GenerationState,
    Launch,
    add_audit_entry,
    compare_and_set,
    db,
    now,
    retry_on_conflict,
)
from lti_tool.services.delivery.added_exams import record_addition
from lti_tool.services.delivery.packages import Packages
from lti_tool.services.exams.exam_reader import ExamReader
from lti_tool.services.exams.reviews import add_review, require_review
from lti_tool.services.generations.transitions import transition
from lti_tool.services.launch_offers import offer_of
from lti_tool.services.launches.launch_intake import EXAM_PARAMETER

log = structlog.get_logger(__name__)

NO_CONTENT = "-"
"""The value of ``Launch.answered_with`` for a response without content."""


class DeepLinkingNotAccepted(AccessError):
    """This launch isn't a deep linking request, or accepts none of our content items."""

    code = "answer.not_asked"
    sentence = N_("Your LMS can't accept an exam here.")
    advice = N_("Download the exam from its page and import it; the page lists the steps.")
    status = 409


class AlreadyResponded(AccessError):
    """The LMS accepts one response per launch."""

    code = "answer.already_given"
    sentence = N_("This exam has already been sent to your course.")
    advice = N_("Check your course. To add another exam, open Examplary there again.")
    status = 409


@dataclass(frozen=True, slots=True)
class DeepLinkingResponse:
    """A signed response, and the URL to which the browser posts it in the form field ``JWT``."""

    return_url: str
    jwt: str


class DeepLinkingResponses:
    """Builds and signs deep linking responses."""

    def __init__(self, *, exam_reader: ExamReader, packages: Packages, keys: ToolKeys, base_url: str) -> None:
        self._exam_reader = exam_reader
        self._packages = packages
        self._keys = keys
        self._base_url = base_url

    @retry_on_conflict
    def add(self, launch: Launch, exam: Exam, *, reviewed: bool = False) -> DeepLinkingResponse:
        """Return the response that adds ``exam`` to the course; ``reviewed`` is whether the teacher ticked that box.

        Raises :class:`DeepLinkingNotAccepted`, :class:`AlreadyResponded` or :class:`ReviewRequired`, and
        :class:`ExamError` if the exam can't be read: nothing is added that can't be opened later.
        """
        settings = _settings(launch)
        require_review(launch, confirmed=reviewed)
        title = self._exam_reader.value(exam).title
        # Update the launch before inserting the link that refers to it: two clicks at once take turns here.
        _claim_response(launch, exam.id)
        response = self._sign(launch, settings, [self._item(launch, exam, title)])
        if exam.generation_id is not None:
            transition(exam.generation_id, GenerationState.READY, GenerationState.RETURNED)
        record_addition(exam, launch.context_id, launch=launch, person_id=launch.lms_user_id, at=now())
        add_review(launch, exam, confirmed=reviewed)
        add_audit_entry(
            AuditAction.EXAM_SENT,
            launch.lms_user_id,
            subject=exam.id,
            launch_id=launch.id,
            platform_id=launch.platform_id,
            detail=launch.family,
        )
        db.session.commit()
        log.info("answer.sent", launch=launch.id, exam=exam.id, generation=exam.generation_id)
        return response

    @retry_on_conflict
    def cancel(self, launch: Launch, message: str) -> DeepLinkingResponse:
        """Return the response without content, with ``message`` for the teacher."""
        settings = _settings(launch)
        _claim_response(launch, NO_CONTENT)
        response = self._sign(launch, settings, [], message)
        db.session.commit()
        log.info("answer.nothing", launch=launch.id)
        return response

    def _item(self, launch: Launch, exam: Exam, title: str) -> ContentItem:
        offer = offer_of(launch)
        if offer.kind is OfferKind.FILE:
            return FileItem(
                url=self._packages.link(exam, offer.format_name, launch),
                title=title,
                text=title,
                media_type=offer.media_type,
            )
        if offer.kind is OfferKind.RESOURCE_LINK:
            return ResourceLinkItem(
                url=f"{self._base_url}/lti/launch",
                title=title,
                custom={EXAM_PARAMETER: exam.id},
            )
        db.session.rollback()
        raise DeepLinkingNotAccepted

    def _sign(
        self, launch: Launch, settings: DeepLinkingSettings, items: list[ContentItem], message: str = ""
    ) -> DeepLinkingResponse:
        jwt = sign_deep_linking_response(
            issuer=launch.platform.issuer,
            client_id=launch.platform.client_id,
            deployment_id=launch.deployment_id,
            settings=settings,
            items=items,
            keys=self._keys,
            message=message,
        )
        return DeepLinkingResponse(settings.return_url, jwt)


def _settings(launch: Launch) -> DeepLinkingSettings:
    if launch.deep_linking is None:
        raise DeepLinkingNotAccepted
    return DeepLinkingSettings.from_json(launch.deep_linking)


def _claim_response(launch: Launch, content: str) -> None:
    """Record what is sent. Of two different responses, the first wins; the same one again is a reload.

    The caller commits.
    """
    free = Launch.answered_with.in_(("", content))
    if not compare_and_set(Launch, Launch.id == launch.id, free, answered_at=now(), answered_with=content):
        db.session.rollback()
        raise AlreadyResponded
