"""LMS user to Examplary user: made once, remembered, never somebody else's.

An e-mail address proves nothing about who owns an account at Examplary, so it is never used to find one. If the
address is taken, by whoever it may be, the person gets an account of their own under an address that we make up.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

import structlog
from sqlalchemy import or_, select

from lti_tool.errors import N_, ExamplaryError
from lti_tool.examplary import EmailTaken, ExamplaryClient, User, synthetic_email, usable_email
from lti_tool.models import AuditAction, LmsUser, add_audit_entry, compare_and_set, db, now, retry_on_conflict

log = structlog.get_logger(__name__)

FRESH_ADDRESSES = 2
"""Tried where the steady made-up address is taken too: an earlier answer got lost."""


LEASE = timedelta(minutes=2)
"""How long one process may take to make an account; after that it is taken for dead."""


class AccountBeingMade(ExamplaryError):
    """Another tab of this person is making the account at this moment."""

    code = "examplary.account_being_made"
    sentence = N_("Your Examplary account is being created.")
    status = 503
    retryable = True
    was_sent = False


class ExamplaryUsers:
    """Gives every LMS user an Examplary user."""

    def __init__(self, synthetic_domain: str) -> None:
        self._domain = synthetic_domain

    def examplary_user(self, person: LmsUser, client: ExamplaryClient) -> str:
        """Return the id of the person's Examplary user, making it if there is none; raise :class:`ExamplaryError`."""
        if person.examplary_user_id:
            return person.examplary_user_id
        if not _claim(person):
            return _made_by_another(person)
        try:
            made, address = self._make(person, client)
        except ExamplaryError:
            _give_back(person)
            raise
        self._keep(person, made.id, address)
        return self._stored(person)

    @staticmethod
    @retry_on_conflict
    def forget(person: LmsUser) -> None:
        """Drop the stored id: Examplary no longer knows it, or it may not act."""
        compare_and_set(LmsUser, LmsUser.id == person.id, examplary_user_id=None)
        db.session.commit()
        db.session.refresh(person)

    def _make(self, person: LmsUser, client: ExamplaryClient) -> tuple[User, str]:
        own = usable_email(person.email)
        for address in ([own] if own else []) + self._made_up(person):
            try:
                made = client.create_user(email=address, name=person.name[:100] or None)
            except EmailTaken:
                log.info("provisioning.address_taken", lms_user=person.id)
                continue
            # Only an account that was certainly made just now is the person's; an address we made up is nobody else's.
            if (made.created or address != own) and not self._belongs_to_somebody(made.id):
                return made, address
            log.warning("provisioning.existing_account_refused", lms_user=person.id)
        raise EmailTaken("no address gave an account of the person's own")

    def _made_up(self, person: LmsUser) -> list[str]:
        """Return addresses that are nobody's: one that is always the same, and fresh ones."""
        steady = synthetic_email(f"{person.platform_id}/{person.sub}", self._domain)
        return [steady] + [synthetic_email(secrets.token_hex(16), self._domain) for _ in range(FRESH_ADDRESSES)]

    @staticmethod
    def _belongs_to_somebody(examplary_user_id: str) -> bool:
        query = select(LmsUser.id).where(LmsUser.examplary_user_id == examplary_user_id)
        return db.session.scalar(query) is not None

    @staticmethod
    @retry_on_conflict
    def _keep(person: LmsUser, examplary_user_id: str, address: str) -> None:
        """Store the id unless another tab of the same person was first."""
        none_yet = LmsUser.examplary_user_id.is_(None)
        facts = {"examplary_user_id": examplary_user_id, "examplary_email": address, "account_claimed_until": None}
        if compare_and_set(LmsUser, LmsUser.id == person.id, none_yet, **facts):
            add_audit_entry(AuditAction.ACCOUNT_MADE, person.id, subject=person.id, platform_id=person.platform_id)
        db.session.commit()

    @staticmethod
    def _stored(person: LmsUser) -> str:
        db.session.refresh(person)
        return person.examplary_user_id or ""


@retry_on_conflict
def _claim(person: LmsUser) -> bool:
    """Let one process alone make the account: two tabs at once would make two. Commits."""
    moment, until = now(), LmsUser.account_claimed_until
    free = or_(until.is_(None), until < moment, until > moment + 2 * LEASE)
    none_yet = LmsUser.examplary_user_id.is_(None)
    ours = compare_and_set(LmsUser, LmsUser.id == person.id, none_yet, free, account_claimed_until=moment + LEASE)
    db.session.commit()
    return ours


@retry_on_conflict
def _give_back(person: LmsUser) -> None:
    compare_and_set(LmsUser, LmsUser.id == person.id, account_claimed_until=None)
    db.session.commit()


def _made_by_another(person: LmsUser) -> str:
    db.session.refresh(person)
    if person.examplary_user_id is None:
        raise AccountBeingMade(retry_after=2.0)
    return person.examplary_user_id
