"""Origins that may frame a launch's pages: those of its LMS only.

See docs/reference/lms-behaviour.md#canvas-launch-and-registration.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from lti_tool.lti.protocol.addresses import frame_origin, origin_of

_CANVAS = ("https://*.instructure.com", "https://*.canvaslms.com")
CLOUDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "https://canvas.instructure.com": _CANVAS,
        "https://canvas.beta.instructure.com": _CANVAS,
        "https://canvas.test.instructure.com": _CANVAS,
        # The issuer of every Blackboard (see docs/reference/lms-behaviour.md#other-lmss). Each site adds itself by its
        # return URL. The vendor's domain is safe: no one else can have a name below it. The same holds for Schoology.
        "https://blackboard.com": ("https://*.blackboard.com",),
        "https://schoology.schoology.com": ("https://*.schoology.com",),
        "https://ltiadvantagevalidator.imsglobal.org": ("https://ltiadvantagevalidator.imsglobal.org",),
    }
)
"""Issuers shared by many institutions, whose sites are below these domains instead."""


def frame_origins(
    *, issuer: str, authorization_url: str, launch_addresses: Iterable[str], frame_hosts: Iterable[str]
) -> tuple[str, ...]:
    """Return the sources for ``frame-ancestors`` without duplicates, those of the launch first.

    ``launch_addresses`` are the return URLs in the signed launch, ``frame_hosts`` the administrator's additions.
    """
    of_launch = [origin_of(address) for address in launch_addresses if address]
    cloud = CLOUDS.get(issuer, (origin_of(issuer),) if issuer.startswith("https://") else ())
    added = [frame_origin(host) for host in frame_hosts]
    return tuple(
        dict.fromkeys(source for source in (*of_launch, *cloud, origin_of(authorization_url), *added) if source)
    )
