"""Base class of the plugins, one per LMS family."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar

from lti_tool import formats
from lti_tool.errors import N_
from lti_tool.lms.direct_import import DirectImport, QuizKind
from lti_tool.lms.teacher_choices import FormatRules
from lti_tool.lms.values import Course, Offer, OfferKind, StartingPoint, Step, Wording
from lti_tool.lti import DeepLinkingSettings, MessageType, VerifiedLaunch
from lti_tool.lti.protocol.tool_registration import Message

ADDING: Mapping[OfferKind, str] = MappingProxyType(
    {
        OfferKind.FILE: N_("“Add to course” gives the exam to your LMS, which imports it."),
        OfferKind.RESOURCE_LINK: N_(
            "“Add to course” puts a link for teachers into your course. The questions come by a download and an import."
        ),
        OfferKind.NOTHING: N_("Your LMS can't receive an exam from here. Download it and import it in your course."),
    }
)
"""The outcome for an exam without a direct import."""


class LmsPlugin(ABC):
    """All that differs between LMSs. No code outside this package asks which LMS it is."""

    family: ClassVar[str]
    """Stable name, as in ``tool_platform.product_family_code``."""
    display_name: ClassVar[str]
    """Name for people; not translated."""
    preferred: ClassVar[tuple[str, ...]]
    """Names of formats, the one that keeps most of an exam in this LMS first."""
    wording: ClassVar[Wording]
    messages: ClassVar[tuple[Message, ...]] = (
        Message(type=MessageType.RESOURCE_LINK),
        Message(type=MessageType.DEEP_LINKING),
    )
    """Messages and placements that a registration asks for."""
    registration_extensions: ClassVar[Mapping[str, object]] = MappingProxyType({})
    """LMS-specific properties of a registration."""
    after_registration: ClassVar[tuple[Step, ...]] = (
        Step(N_("Check in your LMS whether the tool still needs to be approved or enabled.")),
        Step(N_("Open Examplary once from a course to finish the setup.")),
    )
    """Steps for the administrator after the registration, until teachers find the tool."""

    enable_deep_linking: ClassVar[str] = N_(
        "In the LMS, enable Deep Linking for the tool, and the placement where teachers add content."
    )
    """Steps by which an administrator lets teachers add exams, marked with ``N_``."""

    enable_direct_import: ClassVar[str] = ""
    """Steps by which an administrator enables direct import, marked with ``N_``."""

    direct_import: ClassVar[DirectImport | None] = None
    """How this family imports by its own API; ``None``: it doesn't, or we don't know how."""
    scopes: ClassVar[tuple[str, ...]] = ()
    """Scopes of the LMS's services that a registration asks for, if the LMS knows them."""
    custom_parameters: ClassVar[Mapping[str, str]] = MappingProxyType({})
    """Custom parameters of a registration beside those of all families."""

    @property
    def formats(self) -> tuple[str, ...]:
        """The preferred formats that are available."""
        available = formats.names()
        return tuple(name for name in self.preferred if name in available)

    @abstractmethod
    def matches(self, product_family: str, issuer: str) -> bool:
        """Return whether a platform with this product family code and issuer belongs to this family."""

    @abstractmethod
    def next_steps(self, course: Course, format_name: str, offer: OfferKind) -> tuple[Step, ...]:
        """Return the steps in the LMS after the exam was sent (``offer``) or downloaded (``OfferKind.NOTHING``)."""

    @property
    def quiz_kinds(self) -> Mapping[str, QuizKind]:
        """The kinds of quizzes among which an administrator may choose, by name; empty: direct import makes one."""
        return self.direct_import.quiz_kinds if self.direct_import is not None else {}

    def ranked_formats(self, rules: FormatRules) -> tuple[str, ...]:
        """Return the formats that teachers of a platform are offered, the best or its default first."""
        return rules.rank(tuple(dict.fromkeys((*self.formats, *formats.names()))))

    def offer(self, settings: DeepLinkingSettings | None, rules: FormatRules) -> Offer:
        """Return the content to send back for these deep linking settings (``None``: no deep linking launch).

        A link wherever links are accepted. Files are for the few platforms that are known to import them, in the
        formats of ``rules``.
        """
        takes_link = settings is not None and "ltiResourceLink" in settings.accept_types
        return Offer(OfferKind.RESOURCE_LINK if takes_link else OfferKind.NOTHING)

    def starting_point(self, course: Course, offer: OfferKind, place: Mapping[str, str] | None) -> StartingPoint:
        """Return what "Add to course" does from where the teacher came.

        ``place`` is the grant of a direct import that is possible now; ``None``: the exam goes by ``offer``.
        """
        if place is not None and self.direct_import is not None:
            return StartingPoint(self.direct_import.adding)
        return StartingPoint(ADDING[offer])

    def configuration_url(self, issuer: str) -> str:
        """Return the public address of the LMS's OpenID configuration; empty if it has none.

        No address is known for all: the document below an issuer's ``.well-known`` may describe something else.
        """
        return ""

    def addresses(self, issuer: str) -> Mapping[str, str]:
        """Return the addresses that every LMS of this family with ``issuer`` has, by column of a registration."""
        return {}

    def vouches_for_course_history(self, launch: VerifiedLaunch) -> bool:
        """Return whether the course history in ``launch`` comes from the LMS and cannot be set by a teacher.

        A teacher who could write it could read the exams of other courses, answers included. A deep linking launch has
        no resource link yet, and so no parameters that a teacher could have written.
        """
        return launch.message_type is MessageType.DEEP_LINKING
