"""Open an embed session for a generation, exactly once, although Examplary's API has no idempotency keys.

The generation is committed before Examplary is called, so that two clicks at once are one generation and a failed call
can be repeated later. Before the call that opens the session, the row is marked with :class:`AnswerLost`. If the mark
is still there on the next attempt, the process died or the response never arrived: we must not call again, since that
would open a second session. The teacher decides.
"""

from __future__ import annotations

from datetime import timedelta

import structlog

from lti_tool.errors import N_, ExamplaryError
from lti_tool.examplary import (
    ActorIsKeyOwner,
    EmbedSession,
    EmbedSessionRequest,
    ExamplaryClient,
    ExamplaryResponseTooLarge,
    InvalidResponse,
    NotFound,
    Unavailable,
    UserUnknown,
)
from lti_tool.languages import primary_subtag
from lti_tool.models import ChoreKind, Flow, Generation, GenerationState, Launch, db, now, retry_on_conflict
from lti_tool.security.encryption import Vault
from lti_tool.security.tokens import LinkSigner, Purpose
from lti_tool.services.chores import Chores
from lti_tool.services.generations.examplary_clients import ExamplaryClients
from lti_tool.services.generations.examplary_users import ExamplaryUsers
from lti_tool.services.generations.new_version import mark_gone
from lti_tool.services.generations.presets import presets_for
from lti_tool.services.generations.transitions import transition
from lti_tool.services.leases import Lease, LeaseLost
from lti_tool.services.platform_settings import PlatformSettings

log = structlog.get_logger(__name__)


class AnswerLost(ExamplaryError):
    """The session may exist, but we don't know its id. It will expire at Examplary."""

    code = "examplary.answer_lost"
    sentence = N_("Examplary's response got lost on the way.")
    advice = N_("Nothing is lost: you hadn't started an exam yet. Try again.")
    status = 503


class ExamGone(ExamplaryError):
    """The exam that the teacher wants to change was deleted at Examplary."""

    code = "examplary.exam_gone"
    sentence = N_("Examplary no longer has this exam, so it can't be changed there.")
    advice = N_("The exam here is complete: you can still add it to your course and download it.")
    status = 410


class EmbedOpener:
    """Opens embed sessions."""

    def __init__(
        self,
        *,
        base_url: str,
        origin: str,
        theme_color: str,
        lifetime: timedelta,
        vault: Vault,
        tokens: LinkSigner,
        clients: ExamplaryClients,
        users: ExamplaryUsers,
        chores: Chores,
    ) -> None:
        self._base_url = base_url
        self._origin = origin
        self._theme_color = theme_color
        self._lifetime = lifetime
        self._vault = vault
        self._tokens = tokens
        self._clients = clients
        self._users = users
        self._chores = chores

    def open(self, generation: Generation, lease: Lease) -> None:
        """Open the embed session of ``generation``.

        Raises :class:`AnswerLost` if it may be open already, and other :class:`ExamplaryError` subclasses if it
        certainly is not.
        """
        if generation.error_code == AnswerLost.code:
            raise AnswerLost("whoever asked did not come back")
        launch = generation.launch
        if launch is None:
            raise LeaseLost("the launch was forgotten meanwhile")
        generation_id = generation.id
        platform_id = generation.platform_id
        person_id = generation.lms_user_id
        edited = self._edited_exam(generation, launch)
        session = self._create_session(launch, generation_id, edited, lease)
        if self._store(generation_id, platform_id, session):
            db.session.refresh(generation)
            log.info("generation.begun", lms_user=person_id)

    def _edited_exam(self, generation: Generation, launch: Launch) -> str:
        """Return Examplary's id of the exam to change, which it still has; empty if the exam is to be generated."""
        exam_id, examplary_exam_id = generation.revises_id, generation.edited_at_examplary
        if not examplary_exam_id:
            return ""
        client = self._clients.for_platform(launch.platform)
        try:
            client.get_exam(examplary_exam_id)
        except NotFound as error:
            mark_gone(exam_id or "")
            raise ExamGone(error.detail) from None
        return examplary_exam_id

    def _create_session(self, launch: Launch, generation_id: str, edited: str, lease: Lease) -> EmbedSession:
        """Create the session. If the Examplary user is gone or may not act, create another user and try once more."""
        client = self._clients.for_platform(launch.platform)
        actor = self._users.user_id_of(launch.user, client)
        try:
            return self._call(client, self._request(launch, generation_id, actor, edited), lease)
        except (UserUnknown, ActorIsKeyOwner) as error:
            log.warning("generation.user_repaired", lms_user=launch.lms_user_id, code=error.code)
            self._users.forget(launch.user)
            actor = self._users.user_id_of(launch.user, client)
            return self._call(client, self._request(launch, generation_id, actor, edited), lease)

    @staticmethod
    def _call(client: ExamplaryClient, request: EmbedSessionRequest, lease: Lease) -> EmbedSession:
        lease.renew(error_code=AnswerLost.code)
        try:
            return client.create_embed_session(request)
        except ExamplaryError as error:
            if _may_have_succeeded(error):
                raise AnswerLost(error.detail) from None
            raise

    def _request(self, launch: Launch, generation_id: str, actor: str, edited: str) -> EmbedSessionRequest:
        """Return the request for a session that generates an exam, or changes the exam ``edited``."""
        state = self._tokens.sign(Purpose.EMBED_RETURN, generation_id)
        theme = {"primaryColor": PlatformSettings.of(launch.platform).theme_color or self._theme_color}
        if locale := launch.user.page_language or launch.locale:
            theme["locale"] = primary_subtag(locale)
        return EmbedSessionRequest(
            flow=Flow.EDIT_EXAM if edited else Flow.GENERATE_EXAM,
            actor=actor,
            presets={"examId": edited} if edited else presets_for(launch),
            theme=theme,
            metadata={"generation": generation_id},
            return_url=f"{self._base_url}/embed/return/{state}",
            allowed_origin=self._origin,
        )

    @retry_on_conflict
    def _store(self, generation_id: str, platform_id: str, session: EmbedSession) -> bool:
        """Store the session; return whether the generation still wants it. Commits.

        If the teacher has cancelled or was erased in the meantime, add the chore to delete the session.
        """
        values = {
            "session_id_encrypted": self._vault.encrypt(session.id),
            "embed_url_encrypted": self._vault.encrypt(session.embed_url),
            "session_expires_at": session.expires_at or now() + self._lifetime,
            "error_code": "",
            "attempts": 0,
            "look_after": None,
        }
        opened = transition(generation_id, GenerationState.OPENING, GenerationState.OPEN, **values)
        if not opened:
            self._chores.add(ChoreKind.DELETE_SESSION, session.id, platform_id)
        db.session.commit()
        return opened


def _may_have_succeeded(error: ExamplaryError) -> bool:
    """Return whether Examplary may have carried out the request in spite of ``error``."""
    return isinstance(error, (InvalidResponse, ExamplaryResponseTooLarge)) or (
        isinstance(error, Unavailable) and error.may_have_succeeded
    )
