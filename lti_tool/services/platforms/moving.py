"""Change the issuer of a registration whose LMS has moved to another host; people and exams stay."""

from __future__ import annotations

from lti_tool.errors import N_
from lti_tool.lti.protocol.addresses import origin_of
from lti_tool.models import OPERATOR, Platform
from lti_tool.services.platforms.pasted_values import tidy_issuer, tidy_text
from lti_tool.services.platforms.registrations import Platforms
from lti_tool.services.platforms.value_errors import InvalidValue

MOVED = ("authorization_url", "jwks_url", "token_url", "configuration_url")


def move_platform(
    platforms: Platforms, row: Platform, issuer: str, *, insecure: bool = False, actor: str = OPERATOR
) -> dict[str, str]:
    """Change the issuer, and the addresses that were below the old one; return the changed columns.

    Raises :class:`InvalidValue`, or :class:`AlreadyRegistered` if the new issuer has this client ID already.
    """
    new = tidy_issuer(tidy_text(issuer), row.family)
    old_origin, new_origin = origin_of(row.issuer), origin_of(new)
    if not new_origin or new == row.issuer:
        raise InvalidValue(what="issuer", problem=N_("it must be the new address of the LMS"))
    changes = {"issuer": new}
    for column in MOVED:
        address: str = getattr(row, column)
        if address and origin_of(address) == old_origin:
            moved = address.removeprefix(row.issuer) if address.startswith(row.issuer) else ""
            changes[column] = new + moved if moved else new_origin + address.removeprefix(old_origin)
    platforms.change(row, changes, insecure=insecure, actor=actor)
    return changes
