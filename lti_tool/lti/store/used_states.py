"""Nonces of used login states and of other one-time links. A unique key decides which of several requests wins."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lti_tool.lti.protocol.errors import LaunchUsed
from lti_tool.lti.protocol.login_state import LoginState
from lti_tool.models import UsedState

CLOCK_MARGIN = timedelta(hours=1)
"""A used nonce is kept this much longer than it is valid: the clocks of two machines may differ."""
_INSERT = insert(UsedState)


def is_used(connection: Connection, state: LoginState) -> bool:
    """Return whether a launch has used ``state``."""
    return connection.scalar(select(UsedState.nonce).where(UsedState.nonce == state.nonce)) is not None


def use(transaction: Connection | Session, nonce: str, expires_at: datetime) -> None:
    """Mark a nonce as used in the current transaction; raise :class:`LaunchUsed` if another request has used it.

    A state is known by its nonce, not by its text: the same signature has several forms in base64. After
    :class:`LaunchUsed` the transaction is rolled back.
    """
    try:
        transaction.execute(_INSERT, {"nonce": nonce, "expires_at": expires_at + CLOCK_MARGIN})
    except IntegrityError as error:
        transaction.rollback()
        raise LaunchUsed from error
