"""Names and Role Provisioning Services 2.0: who is in a course.

Ready, and called by no page yet: the registration does not ask for it, and an LMS grants it only to whom it wants to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pylti1p3.names_roles import NamesRolesProvisioningService

from lti_tool.lti.launch_message import EMAIL_LENGTH, NAME_LENGTH
from lti_tool.lti.protocol.claim_reading import Reader
from lti_tool.lti.protocol.roles import Role, role_of
from lti_tool.lti.protocol.token_errors import ClaimMalformed, ClaimMissing
from lti_tool.lti.service_connector import Connector
from lti_tool.lti.service_errors import ServiceNotGranted, ServiceUnreadable

MOST_PAGES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A person of a course. Name and e-mail are empty where the platform withholds them."""

    user_id: str
    role: Role
    active: bool = True
    name: str = ""
    email: str = ""


class Members:
    """The people of one course. ``url`` is the launch's ``context_memberships_url``."""

    def __init__(self, connector: Connector, url: str) -> None:
        self._connector, self._url = connector, url

    def all(self) -> list[Member]:
        """Return everybody, page by page, each person once. Raises leaves of :class:`ServiceError`."""
        if not self._url:
            raise ServiceNotGranted("the launch names no members")
        service = NamesRolesProvisioningService(self._connector, {"context_memberships_url": self._url})
        found: dict[str, Member] = {}
        url: str | None = self._url
        for _ in range(MOST_PAGES):
            answer = service.get_nrps_data(url)
            for member in map(_member, _people(answer["body"])):
                found.setdefault(member.user_id, member)
            url = answer["next_page_url"]
            if url is None:
                return list(found.values())
        raise ServiceUnreadable(f"more than {MOST_PAGES} pages of members")


def _people(body: object) -> list[Mapping[str, object]]:
    members = body.get("members") if isinstance(body, dict) else None
    if not isinstance(members, list) or not all(isinstance(each, dict) for each in members):
        raise ServiceUnreadable("no list of members")
    return members


def _member(person: Mapping[str, object]) -> Member:
    reader = Reader(person)
    try:
        return Member(
            user_id=reader.needed_identifier("user_id"),
            role=role_of(reader.texts("roles"), administrators_may_author=False),
            active=(reader.text("status", 20) or "Active") == "Active",
            name=reader.text("name", NAME_LENGTH),
            email=reader.text("email", EMAIL_LENGTH),
        )
    except (ClaimMissing, ClaimMalformed) as error:
        raise ServiceUnreadable(f"a member's {error.facts['claim']}") from error
