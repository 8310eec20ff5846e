"""The road from "New exam" to the moment when Examplary has an exam for us."""

from __future__ import annotations

from datetime import timedelta

import structlog
from sqlalchemy import select

from lti_tool.errors import N_, ExamplaryError
from lti_tool.examplary import ActorIsKeyOwner, EmbedSession, EmbedSessionRequest, ExamplaryClient, UserUnknown
from lti_tool.models import ChoreKind, Generation, GenerationState, Launch, db, new_id, now, repeatable
from lti_tool.security.encryption import Vault
from lti_tool.security.tokens import Purpose, Tokens
from lti_tool.services.chores import Chores
from lti_tool.services.clients import Clients
from lti_tool.services.ports import Queue
from lti_tool.services.presets import language_of, presets_for
from lti_tool.services.provisioning import Provisioning
from lti_tool.services.states import move, reopen

log = structlog.get_logger(__name__)

FLOW = "generate-exam"
ASK_AGAIN_AFTER = timedelta(seconds=10)
"""How often an open page makes us ask Examplary when no message has come."""


class StillOpen(ExamplaryError):
    """The teacher's browser says that the exam is done, Examplary says that it is not."""

    code = "examplary.still_open"
    sentence = N_("Examplary says that this exam is not finished yet.")
    advice = N_("Finish it in the frame. If it is finished there, wait a few seconds: we look again by ourselves.")
    status = 409


class Generations:
    """Begins generations, and hears hints about them."""

    def __init__(
        self,
        *,
        base_url: str,
        origin: str,
        theme_color: str,
        lifetime: timedelta,
        vault: Vault,
        tokens: Tokens,
        clients: Clients,
        provisioning: Provisioning,
        chores: Chores,
        queue: Queue,
    ) -> None:
        self._base_url, self._origin, self._theme_color = base_url, origin, theme_color
        self._vault, self._tokens, self._clients = vault, tokens, clients
        self._lifetime = lifetime
        self._provisioning, self._chores, self._queue = provisioning, chores, queue

    def begin(self, launch: Launch) -> Generation:
        """Open an embed session for the person of ``launch``; raise :class:`ExamplaryError`."""
        generation_id = new_id()
        session = self._open_session(launch, generation_id)
        generation = Generation(
            id=generation_id,
            launch_id=launch.id,
            platform_id=launch.platform_id,
            lms_user_id=launch.lms_user_id,
            context_id=launch.context_id,
            session_id_encrypted=self._vault.encrypt(session.id),
            embed_url_encrypted=self._vault.encrypt(session.embed_url),
            session_expires_at=session.expires_at or now() + self._lifetime,
        )
        db.session.add(generation)
        db.session.commit()
        log.info("generation.begun", generation=generation_id, launch=launch.id, lms_user=launch.lms_user_id)
        return generation

    def embed_url(self, generation: Generation) -> str:
        """Return the address of the embed: a secret that goes into the frame and nowhere else."""
        return self._vault.decrypt(generation.embed_url_encrypted)

    def hint(self, generation: Generation) -> None:
        """Hear that something may have happened: ask Examplary now, and again if the answer is that it has not."""
        if generation.state == GenerationState.OPEN and not _rests(generation):
            self._queue.look(generation.id)
            self._queue.look(generation.id, delay=3)

    def watch(self, generation: Generation) -> None:
        """An open page asks how it is: if nobody has looked for a while, look."""
        waiting = generation.state in (GenerationState.OPEN, GenerationState.COLLECTING)
        checked = generation.checked_at or generation.created_at
        if waiting and not _rests(generation) and now() - checked > ASK_AGAIN_AFTER:
            self._queue.look(generation.id)

    def try_again(self, generation: Generation) -> None:
        """Take up a generation that failed: the exam still stands at Examplary."""
        if reopen(generation, error_code="", attempts=0):
            self._queue.look(generation.id)

    def cancel(self, generation: Generation) -> None:
        """Give up a generation that the teacher no longer wants."""
        if self._cancelled(generation):
            self._queue.chores()
            log.info("generation.cancelled", generation=generation.id)

    @repeatable
    def _cancelled(self, generation: Generation) -> bool:
        """Commits."""
        ours = move(generation.id, GenerationState.OPEN, GenerationState.CANCELLED)
        if ours:
            session_id = self._vault.decrypt(generation.session_id_encrypted)
            self._chores.owe(ChoreKind.DELETE_SESSION, session_id, generation.platform_id)
        db.session.commit()
        return ours

    def unfinished(self, launch: Launch) -> list[Generation]:
        """Return this person's generations that are still on the road, newest first."""
        states = (GenerationState.OPEN, GenerationState.COLLECTING, GenerationState.FAILED)
        query = select(Generation).where(
            Generation.lms_user_id == launch.lms_user_id,
            Generation.context_id == launch.context_id,
            Generation.state.in_(states),
            Generation.session_expires_at > now(),
        )
        return list(db.session.scalars(query.order_by(Generation.created_at.desc()).limit(10)))

    def _open_session(self, launch: Launch, generation_id: str) -> EmbedSession:
        """Open the session; if Examplary has forgotten the user, or it may not act, make another and try once more."""
        client = self._clients.of(launch.platform)
        actor = self._provisioning.examplary_user(launch.user, client)
        try:
            return self._create(client, launch, generation_id, actor)
        except (UserUnknown, ActorIsKeyOwner) as error:
            log.warning("generation.user_repaired", lms_user=launch.lms_user_id, code=error.code)
            self._provisioning.forget(launch.user)
            actor = self._provisioning.examplary_user(launch.user, client)
            return self._create(client, launch, generation_id, actor)

    def _create(self, client: ExamplaryClient, launch: Launch, generation_id: str, actor: str) -> EmbedSession:
        state = self._tokens.sign(Purpose.EMBED_RETURN, generation_id)
        theme = {"primaryColor": launch.platform.theme_color or self._theme_color}
        if launch.locale:
            theme["locale"] = language_of(launch.locale)
        return client.create_embed_session(
            EmbedSessionRequest(
                flow=FLOW,
                actor=actor,
                presets=presets_for(launch),
                theme=theme,
                metadata={"generation": generation_id},
                return_url=f"{self._base_url}/embed/return/{state}",
                allowed_origin=self._origin,
            )
        )


def _rests(generation: Generation) -> bool:
    """Whether Examplary has asked us to come back later, or trouble did."""
    return generation.look_after is not None and generation.look_after > now()
