"""What a plugin for an LMS family is, and what most of them share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import ClassVar, Protocol

from lti_tool import formats
from lti_tool.errors import N_
from lti_tool.lms.values import Course, Offer, OfferKind, Step, Words
from lti_tool.lti import DeepLinkingSettings, LineItem, MessageType, VerifiedLaunch
from lti_tool.lti.protocol.tool_registration import Message

LABEL_LENGTH = 255


class LmsPlugin(Protocol):
    """All that differs between LMSs. Nothing outside this package asks which LMS it is."""

    @property
    def family(self) -> str:
        """Stable name, as in ``tool_platform.product_family_code``."""

    @property
    def display_name(self) -> str:
        """Name for people; not translated."""

    @property
    def words(self) -> Words:
        """What this LMS calls things."""

    @property
    def formats(self) -> tuple[str, ...]:
        """Names of formats, the one that keeps most of an exam in this LMS first."""

    def matches(self, product_family: str, issuer: str) -> bool:
        """Return whether a platform that says this of itself is of this family."""

    def offer(self, settings: DeepLinkingSettings | None) -> Offer:
        """Return what may go back in answer to a launch with these settings (none: no deep linking launch)."""

    def line_item(self, points: Decimal, settings: DeepLinkingSettings) -> LineItem | None:
        """Return the column in the gradebook for an exam of ``points``; none where the LMS would refuse it."""

    def next_steps(self, course: Course, format_name: str, offer: OfferKind) -> tuple[Step, ...]:
        """Return the clicks in this LMS after the exam was sent (``offer``) or downloaded (``OfferKind.NOTHING``)."""

    def configuration_url(self, issuer: str) -> str:
        """Return where this LMS describes itself to everybody; nothing if it does not, or only by a link of its own."""

    def tells_copies(self, launch: VerifiedLaunch) -> bool:
        """Return whether the LMS itself says from which courses this one was copied, and no teacher could have.

        Who could write it could read the exams of other courses, with their answers.
        """

    @property
    def messages(self) -> tuple[Message, ...]:
        """What a registration asks for: the messages that come to the tool, and from where."""

    @property
    def registration_extensions(self) -> Mapping[str, object]:
        """What a registration says beside that, in this LMS's own words."""

    @property
    def after_registration(self) -> tuple[Step, ...]:
        """What the administrator does after the tool was registered, until teachers find it."""


class BasePlugin(ABC):
    """What follows from the launch alone."""

    preferred: ClassVar[tuple[str, ...]]
    messages: tuple[Message, ...] = (
        Message(type=MessageType.RESOURCE_LINK),
        Message(type=MessageType.DEEP_LINKING),
    )
    registration_extensions: Mapping[str, object] = MappingProxyType({})
    after_registration: tuple[Step, ...] = (
        Step(N_("Look in your LMS whether the tool must still be approved or switched on, and do so.")),
        Step(N_("Open Examplary once from a course: then everything is in place.")),
    )

    @property
    def formats(self) -> tuple[str, ...]:
        """Those preferred formats that there are."""
        known = formats.names()
        return tuple(name for name in self.preferred if name in known)

    def offer(self, settings: DeepLinkingSettings | None) -> Offer:
        """A link where one is taken. A file is for the few platforms that are known to import it."""
        takes_link = settings is not None and "ltiResourceLink" in settings.accept_types
        return Offer(OfferKind.RESOURCE_LINK if takes_link else OfferKind.NOTHING)

    def line_item(self, points: Decimal, settings: DeepLinkingSettings) -> LineItem | None:
        """Any positive number of points, unless the platform says that it takes no columns."""
        if settings.accept_line_item is False or not points.is_finite() or points <= 0:
            return None
        return LineItem(score_maximum=points)

    def configuration_url(self, issuer: str) -> str:
        """Nowhere that is known for all. What stands below an issuer's ``.well-known`` may be about something else."""
        return ""

    def tells_copies(self, launch: VerifiedLaunch) -> bool:
        """Where there is no link yet, there is none whose parameters a teacher could have written."""
        return launch.message_type is MessageType.DEEP_LINKING

    @abstractmethod
    def matches(self, product_family: str, issuer: str) -> bool:
        """See :class:`LmsPlugin`."""
