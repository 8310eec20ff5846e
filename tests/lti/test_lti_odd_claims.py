"""Odd optional claims never keep a teacher out: required claims are strict, others are ignored and logged."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.lti import Role
from lti_tool.lti.protocol.launch_message import read_message
from lti_tool.lti.protocol.platform_record import PlatformRecord
from tests.lti.conftest import CORE, INSTRUCTOR

PLATFORM = PlatformRecord(
    id="1",
    issuer="https://lms.example",
    client_id="client-1",
    authorization_url="https://lms.example/auth",
    jwks_url="https://lms.example/jwks",
)
OPTIONAL = (
    *(f"{CORE}{name}" for name in ("custom", "context", "launch_presentation", "tool_platform")),
    *(f"{CORE}custom.{name}" for name in ("examplary_exam", "examplary_course_history", "examplary_subject")),
    *(f"{CORE}launch_presentation.{name}" for name in ("locale", "return_url", "document_target")),
    *(f"{CORE}context.{name}" for name in ("title", "label", "type")),
    *(f"{CORE}tool_platform.{name}" for name in ("product_family_code", "version", "name")),
    *("name", "given_name", "family_name", "email", "locale", f"{CORE}lis", f"{CORE}role_scope_mentor"),
    "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint",
)
"""Claims, and properties of claims after the last dot."""
TEXT = st.text(max_size=20)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"custom": []}, {"custom": {}}),
        ({"context": []}, {"context_id": "", "context_title": ""}),
        ({"launch_presentation": []}, {"locale": "", "return_url": ""}),
        ({"tool_platform": []}, {"product_family": "", "platform_version": ""}),
        ({"tool_platform": {"product_family_code": "moodle", "version": 2025}}, {"platform_version": "2025"}),
        ({"context": {"id": 5, "title": 101}}, {"context_id": "5", "context_title": "101"}),
        ({"resource_link": {"id": 9}}, {"resource_link_id": "9"}),
        ({"custom": {"a": 1, "b": "x"}}, {"custom": {"a": "1", "b": "x"}}),
        ({"name": 12, "email": 5, "locale": {}}, {"name": "12", "email": ""}),
        ({"ags": {"scope": "https://purl.imsglobal.org/spec/lti-ags/scope/score", "lineitems": []}}, {}),
    ],
)
def test_claims_as_php_writes_them_are_read(lms, changes, expected):
    launch = lms.launch(**changes)
    assert {name: getattr(launch, name) for name in expected} == expected
    assert launch.ignored_claims == ()


@pytest.mark.parametrize(
    ("changes", "ignored"),
    [
        ({"custom": {"a": ["x"], "b": {"c": 1}, "d": "kept"}}, ("custom.a", "custom.b")),
        ({"custom": "x"}, ("custom",)),
        ({"context": "course-1"}, ("context",)),
        ({"context": {"id": "1", "title": ["a"]}}, ("context.title",)),
        ({"launch_presentation": {"locale": {}, "return_url": 5}}, ("launch_presentation.locale",)),
        ({"tool_platform": ["moodle"]}, ("tool_platform",)),
        ({"name": ["Ada"], "email": {}}, ("name", "email")),
    ],
)
def test_optional_claims_that_cannot_be_read_are_ignored(lms, changes, ignored):
    launch = lms.launch(**changes)
    assert launch.sub == "user-1"
    assert set(launch.ignored_claims) == set(ignored)


@given(st.sampled_from(OPTIONAL), st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner)))
def test_no_optional_claim_keeps_a_teacher_out(claim, value):
    name, inner = claim.removeprefix(CORE), ""
    if claim.startswith(CORE):
        name, _, inner = name.partition(".")
        name = CORE + name
    claims = {
        "sub": "1",
        f"{CORE}deployment_id": "1",
        f"{CORE}message_type": "LtiResourceLinkRequest",
        f"{CORE}version": "1.3.0",
        f"{CORE}target_link_uri": "https://tool.example/lti/launch",
        f"{CORE}roles": [INSTRUCTOR],
        f"{CORE}resource_link": {"id": "1"},
        name: {inner: value} if inner else value,
    }
    if name == f"{CORE}context" and isinstance(value, dict):
        value.pop("id", None)
    launch = read_message(claims, PLATFORM, handover_id="", administrators_may_author=True)
    assert launch.role is Role.INSTRUCTOR


@pytest.mark.parametrize(
    ("value", "accepts"),
    [(0, False), (1, True), ("0", False), ("1", True), ("true", True), (True, True), ([], False), ("x", False)],
)
def test_flags_of_deep_linking_are_read_in_all_their_forms(lms, deep_linking, value, accepts):
    settings = deep_linking["deep_linking_settings"] | {
        "accept_multiple": value,
        "accept_types": "file, ltiResourceLink",
    }
    launch = lms.launch(**deep_linking | {"deep_linking_settings": settings})
    assert launch.deep_linking.accept_multiple is accepts
    assert launch.deep_linking.accept_types == {"file", "ltiResourceLink"}


def test_a_list_with_gaps_is_an_object_in_php(lms, deep_linking):
    settings = deep_linking["deep_linking_settings"] | {"accept_types": {"0": "file", "2": "link"}}
    launch = lms.launch(**deep_linking | {"deep_linking_settings": settings})
    assert launch.deep_linking.accept_types == {"file", "link"}


@pytest.mark.parametrize("value", [["file", None], 5, {"a": "file"}])
def test_odd_lists_of_deep_linking_are_ignored(lms, deep_linking, value):
    settings = deep_linking["deep_linking_settings"] | {"accept_types": value, "accept_media_types": "a/b," * 500}
    launch = lms.launch(**deep_linking | {"deep_linking_settings": settings})
    assert (launch.deep_linking.accept_types, launch.deep_linking.accept_media_types) == (frozenset(), ())
    ignored = {"deep_linking_settings.accept_types", "deep_linking_settings.accept_media_types"}
    assert set(launch.ignored_claims) == ignored
