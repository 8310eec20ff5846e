"""The tool's registration request and the platform's response (1EdTech lti-dr §3.4 to §3.6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from lti_tool.lti.protocol import course_history
from lti_tool.lti.protocol.claim_reading import Reader
from lti_tool.lti.protocol.claims import DEPLOYMENT_ID, short
from lti_tool.lti.protocol.platform_configuration import PlatformConfiguration
from lti_tool.lti.protocol.registration_errors import AnswerUnreadable
from lti_tool.lti.protocol.token_errors import ClaimMalformed, ClaimMissing
from lti_tool.lti.protocol.verified_launch import MessageType

TOOL = "https://purl.imsglobal.org/spec/lti-tool-configuration"
NAME = "Examplary"
DESCRIPTION = "Generate an exam with Examplary and put its questions into your course."
SCOPES: tuple[str, ...] = ()
"""Scopes that the tool asks of every platform. None: no page reads members, grades or line items."""
CUSTOM = {course_history.PARAMETER: course_history.VARIABLE}
"""Custom parameters of every launch: the course history, so that links in copied courses keep working."""
CLAIMS = ("iss", "sub", "name", "given_name", "family_name", "email")


@dataclass(frozen=True, slots=True)
class ToolAddresses:
    """URLs of the tool; ``base_url`` has no trailing slash."""

    base_url: str

    @property
    def login(self) -> str:
        """OpenID Connect initiation."""
        return f"{self.base_url}/lti/login"

    @property
    def launch(self) -> str:
        """The one redirect URI and target."""
        return f"{self.base_url}/lti/launch"

    @property
    def jwks(self) -> str:
        """Public keys."""
        return f"{self.base_url}/lti/jwks.json"

    @property
    def icon(self) -> str:
        """Icon that other sites may show."""
        return f"{self.base_url}/lti/icon.svg"

    @property
    def domain(self) -> str:
        """Host with port, by which Moodle finds tools."""
        return urlsplit(self.base_url).netloc


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message type that the tool accepts, and its placements in the LMS."""

    type: MessageType
    placements: tuple[str, ...] = ()
    extensions: Mapping[str, object] = field(default_factory=dict)
    """LMS-specific properties."""


def registration_request(
    tool: ToolAddresses,
    platform: PlatformConfiguration,
    messages: Sequence[Message],
    extensions: Mapping[str, object],
    *,
    scopes: Sequence[str] = SCOPES,
    custom_parameters: Mapping[str, str] = CUSTOM,
) -> dict[str, object]:
    """Return the body of the registration request, limited to what the platform supports."""
    known_scopes = [scope for scope in scopes if platform.scopes is None or scope in platform.scopes]
    return {
        "application_type": "web",
        "response_types": ["id_token"],
        "grant_types": ["implicit", "client_credentials"],
        "initiate_login_uri": tool.login,
        "redirect_uris": [tool.launch],
        "client_name": NAME,
        "logo_uri": tool.icon,
        "jwks_uri": tool.jwks,
        "token_endpoint_auth_method": "private_key_jwt",
        "scope": " ".join(known_scopes),
        TOOL: {
            "domain": tool.domain,
            "description": DESCRIPTION,
            "target_link_uri": tool.launch,
            "claims": list(CLAIMS),
            "custom_parameters": dict(custom_parameters),
            "messages": [_message(tool, message) for message in messages if _known(message, platform)],
        }
        | dict(extensions),
    }


@dataclass(frozen=True, slots=True)
class Registered:
    """The platform's response. ``deployment_id`` is empty if it is assigned later."""

    client_id: str
    deployment_id: str = ""


def read_registered(document: object) -> Registered:
    """Read the response (lti-dr §3.6); raise :class:`AnswerUnreadable`."""
    if not isinstance(document, dict):
        raise AnswerUnreadable("not a JSON object")
    # Some platforms send their ids as numbers.
    texts = {name: str(value) if type(value) is int else value for name, value in document.items()}
    try:
        reader = Reader(texts)
        client_id = reader.needed_identifier("client_id")
        configuration = texts.get(TOOL)
        inner = configuration if isinstance(configuration, dict) else {}
        value = inner.get(short(DEPLOYMENT_ID))
        deployment = Reader({"deployment_id": str(value) if type(value) is int else value})
        return Registered(client_id, deployment.identifier("deployment_id"))
    except (ClaimMissing, ClaimMalformed) as error:
        raise AnswerUnreadable(str(error.facts["claim"])) from error


def _known(message: Message, platform: PlatformConfiguration) -> bool:
    return platform.message_types is None or message.type in platform.message_types


def _message(tool: ToolAddresses, message: Message) -> dict[str, object]:
    return {
        "type": str(message.type),
        "target_link_uri": tool.launch,
        "label": NAME,
        "icon_uri": tool.icon,
        **({"placements": list(message.placements)} if message.placements else {}),
        **message.extensions,
    }
