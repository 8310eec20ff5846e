"""The check of launches, frames, return addresses and services."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest

from lti_tool.lms import plugins
from lti_tool.lti.protocol.claims import GRADES_AND_MEMBERS
from lti_tool.lti.protocol.tool_registration import SCOPES
from lti_tool.models import Platform, Refusal, db, now
from lti_tool.services.platforms import launch_check
from lti_tool.services.platforms.check_results import CheckStatus
from lti_tool.services.platforms.launch_check import LaunchCheck

pytestmark = pytest.mark.one_database


@pytest.fixture
def results(services, platform):
    """Run the checks; return those with a name as (status, sentence, advice)."""

    def run(name, *, base_url="https://tool.example.org", scopes=()):
        db.session.expire_all()
        check = LaunchCheck(services.platform_states, services.import_availability, base_url)
        plugin = next(plugin for plugin in plugins() if plugin.family == "generic")
        matching_results = [result for result in check.check(platform, plugin, scopes) if result.name == name]
        return [(result.status, result.plain(), result.advice % result.facts) for result in matching_results]

    return run


@pytest.fixture(autouse=True)
def _names(monkeypatch):
    """Know ``example.org`` only: the tests ask no name server."""

    def resolve(host, _port):
        if not host.endswith("example.org"):
            raise OSError(host)

    monkeypatch.setattr(launch_check, "socket", SimpleNamespace(getaddrinfo=resolve))


def refuse(platform=None, code="lti.unknown_platform", **values):
    arrived = values.pop("arrived", {})
    number = str(db.session.query(Refusal).count())
    row = Refusal(number=number, code=code, source_hash="x", arrived=arrived, **values)
    row.platform_id = platform.id if platform else None
    db.session.add(row)
    db.session.commit()


def test_a_refused_launch_is_shown_with_the_received_values(results, platform):
    platform.failed_at = platform.failing_since = now()
    platform.failure_code = "lti.deployment_unknown"
    refuse(platform, "lti.deployment_unknown", arrived={"deployment_id": "campus-2"})
    ((status, sentence, advice),) = results("Launches")
    assert status is CheckStatus.WRONG
    assert "(lti.deployment_unknown)" in sentence
    assert "campus-2" in advice


@pytest.mark.parametrize("code", ["lti.token_expired", "lti.roles_missing", "lti.claim_malformed", "gone"])
def test_every_refusal_has_words_even_if_nothing_of_it_was_kept(results, platform, code):
    platform.failed_at = platform.failing_since = now()
    platform.failure_code = code
    db.session.commit()
    ((status, sentence, advice),) = results("Launches")
    assert status is CheckStatus.WRONG
    assert f"({code})" in sentence
    assert advice


@pytest.mark.parametrize("family", ["sakai", "generic"])
def test_formats_that_the_lms_imports_nowhere(results, platform, make_launch, family):
    """An LMS that takes a cartridge, from which teachers are offered none."""
    accepts = {
        "deep_link_return_url": "https://lms.example.org/return",
        "accept_types": ["file"],
        "accept_media_types": "application/vnd.ims.imsccv1p1",
    }
    for number in range(3):
        make_launch(str(number), family=family, deep_linking=accepts)
    platform.launched_at = now()
    platform.formats = ["qti21"]
    db.session.commit()
    assert bool(results("Formats")) == (family == "sakai")
    assert bool(results("Deep Linking")) == (family == "generic")


@pytest.mark.parametrize(
    ("issuer", "is_near"),
    [
        ("https://lms.example.org", True),
        ("https://lms.example.org/", True),
        ("http://lms.example.org", True),
        ("http://lms.example.org/", True),
        ("https://lms.example.org.evil.example", False),
    ],
)
def test_a_login_that_nearly_fits_is_named_until_a_launch_works(results, platform, issuer, is_near):
    refuse(arrived={"issuer": issuer, "client_id": "4711"})
    assert len(results("Logins")) == is_near
    if is_near:
        assert "4711" in results("Logins")[0][1]
    platform.launched_at = now() + timedelta(seconds=1)
    db.session.commit()
    assert results("Logins") == []


def test_shared_issuers_say_nothing_of_other_schools(results, platform):
    platform.issuer = "https://canvas.instructure.com"
    refuse(arrived={"issuer": platform.issuer, "client_id": "another school"})
    db.session.add(Platform(issuer=platform.issuer, client_id="2", authorization_url="x", jwks_url="x"))
    db.session.commit()
    assert results("Logins") == []
    assert results("Registrations") == []


@pytest.mark.parametrize(
    ("address", "status"),
    [("https://lms.example.org/back", CheckStatus.FINE), ("http://lms.example.org", CheckStatus.WRONG)],
)
def test_return_addresses_have_to_be_encrypted(results, make_launch, address, status):
    assert results("Return address") == []
    make_launch(return_url=address)
    ((shown, _, advice),) = results("Return address")
    assert shown is status
    assert bool(advice) is (status is CheckStatus.WRONG)
    make_launch(deep_linking={"deep_link_return_url": "http://lms.example.org/dl", "accept_types": []})
    assert results("Return address")[0][0] is CheckStatus.WRONG


def test_hosts_of_frames_are_named_and_tried(results, platform):
    assert results("Frames")[0][:1] == (CheckStatus.FINE,)
    platform.frame_hosts = ["https://courses.example.org", "https://coruses.example.com", "https://*.example.com"]
    db.session.commit()
    unknown, fine = results("Frames")
    assert unknown[0] is CheckStatus.NOTE
    assert "https://coruses.example.com" in unknown[1]
    assert "https://courses.example.org" in fine[1]


def test_a_tool_without_https_in_an_lms_with_https_is_reported(results):
    assert results("Frames", base_url="http://tool.example.org")[0][0] is CheckStatus.WRONG


def test_neither_grades_nor_members_are_asked_for(results):
    requested_scopes = {scope for plugin in plugins() for scope in (*SCOPES, *plugin.scopes)}
    assert not any(scope.startswith(GRADES_AND_MEMBERS) for scope in requested_scopes)
    assert results("Services")[0][0] is CheckStatus.FINE
    assert (
        results("Services", scopes=("https://purl.imsglobal.org/spec/lti-ags/scope/score",))[0][0] is CheckStatus.WRONG
    )
