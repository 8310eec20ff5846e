"""Examplary users for LMS users: created once, remembered, and never shared.

An e-mail address does not prove who owns an Examplary account, so we never look one up by it. If an address is taken,
the person gets an account under a synthetic address.
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

RANDOM_ADDRESSES = 2
"""Addresses to try if the stable synthetic one is taken as well, because an earlier response got lost."""


LEASE = timedelta(minutes=2)
"""How long one process may take to create an account; after that we assume that it has died."""


class AccountBeingMade(ExamplaryError):
    """Another tab of this person is creating the account right now."""

    code = "examplary.account_being_made"
    sentence = N_("Your Examplary account is being created.")
    status = 503
    retryable = True
    was_sent = False


class ExamplaryUsers:
    """Finds or creates the Examplary user of an LMS user."""

    def __init__(self, synthetic_domain: str) -> None:
        self._domain = synthetic_domain

    def user_id_of(self, person: LmsUser, client: ExamplaryClient) -> str:
        """Return the person's Examplary user id, creating the user if needed; raise :class:`ExamplaryError`."""
        if person.examplary_user_id:
            return person.examplary_user_id
        if not _claim(person):
            return _user_id_from_another_process(person)
        try:
            user, address = self._create(person, client)
        except ExamplaryError:
            _release(person)
            raise
        self._store(person, user.id, address)
        db.session.refresh(person)
        return person.examplary_user_id or ""

    @staticmethod
    @retry_on_conflict
    def forget(person: LmsUser) -> None:
        """Drop the stored id: Examplary no longer knows the user, or the user may not act."""
        compare_and_set(LmsUser, LmsUser.id == person.id, examplary_user_id=None)
        db.session.commit()
        db.session.refresh(person)

    def _create(self, person: LmsUser, client: ExamplaryClient) -> tuple[User, str]:
        email = usable_email(person.email)
        for address in ([email] if email else []) + self._synthetic_addresses(person):
            try:
                user = client.create_user(email=address, name=person.name[:100] or None)
            except EmailTaken:
                log.info("provisioning.address_taken", lms_user=person.id)
                continue
            # Accept only an account created just now. A synthetic address can't belong to anyone else.
            if (user.created or address != email) and not self._is_taken(user.id):
                return user, address
            log.warning("provisioning.existing_account_refused", lms_user=person.id)
        raise EmailTaken("no address gave an account of the person's own")

    def _synthetic_addresses(self, person: LmsUser) -> list[str]:
        """Return synthetic addresses to try: the person's stable one, then random ones."""
        stable = synthetic_email(f"{person.platform_id}/{person.sub}", self._domain)
        return [stable] + [synthetic_email(secrets.token_hex(16), self._domain) for _ in range(RANDOM_ADDRESSES)]

    @staticmethod
    def _is_taken(examplary_user_id: str) -> bool:
        query = select(LmsUser.id).where(LmsUser.examplary_user_id == examplary_user_id)
        return db.session.scalar(query) is not None

    @staticmethod
    @retry_on_conflict
    def _store(person: LmsUser, examplary_user_id: str, address: str) -> None:
        """Store the id unless another tab of the same person has done so."""
        none_yet = LmsUser.examplary_user_id.is_(None)
        values = {"examplary_user_id": examplary_user_id, "examplary_email": address, "account_claimed_until": None}
        if compare_and_set(LmsUser, LmsUser.id == person.id, none_yet, **values):
            add_audit_entry(AuditAction.ACCOUNT_MADE, person.id, subject=person.id, platform_id=person.platform_id)
        db.session.commit()


@retry_on_conflict
def _claim(person: LmsUser) -> bool:
    """Claim the creation of the account for this process: two tabs at once would create two. Commits."""
    moment, until = now(), LmsUser.account_claimed_until
    unclaimed = or_(until.is_(None), until < moment, until > moment + 2 * LEASE)
    none_yet = LmsUser.examplary_user_id.is_(None)
    claimed = compare_and_set(
        LmsUser, LmsUser.id == person.id, none_yet, unclaimed, account_claimed_until=moment + LEASE
    )
    db.session.commit()
    return claimed


@retry_on_conflict
def _release(person: LmsUser) -> None:
    compare_and_set(LmsUser, LmsUser.id == person.id, account_claimed_until=None)
    db.session.commit()


def _user_id_from_another_process(person: LmsUser) -> str:
    db.session.refresh(person)
    if person.examplary_user_id is None:
        raise AccountBeingMade(retry_after=2.0)
    return person.examplary_user_id
