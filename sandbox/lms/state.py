"""In-memory state of the sandbox's LMS."""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass, field

from flask import has_request_context, request

from sandbox.faults import FaultBook
from sandbox.importers.moodle_cartridge import MoodleRestore
from sandbox.importers.moodle_model import MoodleImport
from sandbox.lms.canvas_content import Activity, CanvasCourse, Json
from sandbox.lms.canvas_tokens import CanvasTokens
from sandbox.lms.config import (
    ACCOUNTS,
    CLIENT_IDS,
    Account,
    Flavour,
    LmsConfig,
    PlatformDescription,
    ToolRegistration,
    describe_platforms,
    other_name,
)
from sandbox.lms.keys import SigningKey
from sandbox.lms.moodle_quizzes import QuizStore

__all__ = ["Activity", "CanvasCourse", "Json", "Launch", "Lms", "MoodleCourse", "ReceivedItems"]


@dataclass(slots=True)
class Launch:
    """A launch; the tool may request its id_token once."""

    ident: str
    flavour: Flavour
    account: Account
    message_type: str
    target_link_uri: str
    claims: Json
    used: bool = False


@dataclass(slots=True)
class MoodleCourse:
    """The Moodle-like course and its question bank; ``imports`` includes refused imports."""

    activities: list[Activity] = field(default_factory=list)
    imports: list[MoodleImport] = field(default_factory=list)
    restores: list[MoodleRestore] = field(default_factory=list)
    quiz_store: QuizStore = field(default_factory=QuizStore)


@dataclass(slots=True)
class ReceivedItems:
    """An accepted deep linking response."""

    ident: str
    flavour: Flavour
    placement: str
    items: tuple[Json, ...]
    claims: Json


class Lms:
    """The LMS: configuration, registrations and everything that has happened."""

    def __init__(self, config: LmsConfig) -> None:
        self.config = config
        self._base_url = config.base_url.rstrip("/")
        self.share_personal_data = config.share_personal_data
        self.storage = config.storage
        self.registrations: dict[Flavour, ToolRegistration] = {}
        self.keys: dict[Flavour, SigningKey] = {"canvas": SigningKey(), "moodle": SigningKey()}
        self.tool_keys: dict[Flavour, Json] = {}
        self.launches: dict[str, Launch] = {}
        self.moodle_plugin = config.moodle_plugin
        self.plugin_protocol = "1"
        self.moodle_faults: list[str] = []
        self.moodle_lock = threading.Lock()
        self.handles: dict[str, tuple[str, int]] = {}
        self.access_tokens: dict[str, int] = {}
        self.data_secret = secrets.token_hex(32)
        self.used_data: set[str] = set()
        self.canvas = CanvasCourse()
        self.canvas_tokens = CanvasTokens(config.now, config.canvas_key)
        self.accounts = ACCOUNTS
        self.canvas_lock = threading.RLock()
        self.faults = FaultBook()
        self.moodle = MoodleCourse()
        self.received: list[ReceivedItems] = []
        self.refusals: list[tuple[Flavour, str]] = []
        if config.canvas is not None:
            self.register("canvas", config.canvas)
        if config.moodle is not None:
            self.register("moodle", config.moodle)

    @property
    def base_url(self) -> str:
        """Base URL without a trailing slash: as configured, or that of the current request."""
        if self._base_url or not has_request_context():
            return self._base_url
        return request.host_url.rstrip("/")

    @base_url.setter
    def base_url(self, url: str) -> None:
        self._base_url = url.rstrip("/")

    @property
    def uploads_url(self) -> str:
        """Origin of Canvas's file uploads: as configured, or this server by another name."""
        if self.config.uploads_url:
            return self.config.uploads_url.rstrip("/")
        return other_name(self.base_url)

    def register(self, flavour: Flavour, registration: ToolRegistration) -> None:
        """Register the tool with one flavour, replacing an earlier registration."""
        self.registrations[flavour] = registration

    def describe(self) -> dict[Flavour, PlatformDescription]:
        """Return both platforms' details for registering them in a tool."""
        return describe_platforms(self.base_url, self.config.canvas_issuer)

    def issuer(self, flavour: Flavour) -> str:
        """Return the ``iss`` of this flavour's launches."""
        return self.describe()[flavour].issuer

    def client_id(self, flavour: Flavour) -> str:
        """Return the registered client id, or the one for the next registration."""
        registration = self.registrations.get(flavour)
        return registration.client_id if registration else CLIENT_IDS[flavour]

    def begin(self, flavour: Flavour, account: Account, message_type: str, claims: Json, target: str = "") -> Launch:
        """Store a launch for which the tool may request the id_token."""
        registration = self.registrations[flavour]
        launch = Launch(
            ident=secrets.token_urlsafe(16),
            flavour=flavour,
            account=account,
            message_type=message_type,
            target_link_uri=target or registration.target_link_uri,
            claims=claims,
        )
        self.launches[launch.ident] = launch
        return launch

    def now(self) -> int:
        """Return the LMS's time in whole seconds."""
        return int(self.config.now())
