"""Used login states. A unique key decides which of several identical launches wins."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import IntegrityError

from lti_tool.lti.protocol.errors import LaunchUsed
from lti_tool.lti.protocol.login_state import LoginState
from lti_tool.models import UsedState

CLOCK_MARGIN = timedelta(hours=1)
"""A used state is kept this much longer than it is valid: the clocks of two machines may differ."""


_INSERT = insert(UsedState)


def is_used(connection: Connection, state: LoginState) -> bool:
    """Return whether a launch has used ``state``."""
    return connection.scalar(select(UsedState.nonce).where(UsedState.nonce == state.nonce)) is not None


def use(connection: Connection, state: LoginState) -> None:
    """Mark ``state`` as used in the current transaction; raise :class:`LaunchUsed` if another launch has used it.

    The key is the nonce, not the text of the state: the same signature has several forms in base64. After
    :class:`LaunchUsed` the transaction is rolled back.
    """
    row = {"nonce": state.nonce, "expires_at": state.expires_at + CLOCK_MARGIN}
    try:
        connection.execute(_INSERT, row)
    except IntegrityError as error:
        connection.rollback()
        raise LaunchUsed from error
