"""Any signed message leads to a launch or a typed refusal, never to another exception."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from lti_tool.errors import LaunchError
from lti_tool.lti import VerifiedLaunch
from lti_tool.models import Launch, LmsUser, UsedState, db, now

texts = st.text(max_size=20) | st.sampled_from(["", "\x00", "\ud800", "é" * 300, "$User.id", "https://x.example/a"])
scalars = st.none() | st.booleans() | st.integers() | st.floats() | texts
json_values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3), max_leaves=6
)
INSIDE = {
    "resource_link": ("id",),
    "context": ("id", "title", "label"),
    "launch_presentation": ("locale", "return_url"),
    "tool_platform": ("product_family_code", "version"),
    "ags": ("scope",),
    "deep_linking_settings": (
        *("deep_link_return_url", "accept_types", "accept_media_types", "accept_multiple"),
        *("accept_lineitem", "title", "text", "data"),
    ),
}
PLAIN = (
    *("iss", "aud", "azp", "sub", "exp", "iat", "nbf", "name", "given_name", "family_name", "email"),
    *("deployment_id", "message_type", "version", "target_link_uri", "roles", "custom"),
)
changes = st.dictionaries(st.sampled_from(PLAIN + tuple(INSIDE)), json_values, min_size=1, max_size=3)
inside = st.sampled_from([(claim, name) for claim, names in INSIDE.items() for name in names])

many = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))


@given(changes=changes)
@example(changes={"sub": "\ud800"})
@example(changes={"name": "\ud800\x00"})
@many
def test_any_claims_are_opened_or_refused(lms, changes):
    opened_or_refused(lms, changes)


@given(place=inside, value=json_values)
@many
def test_any_value_inside_a_claim(lms, deep_linking, place, value):
    claim, name = place
    base = deep_linking if claim == "deep_linking_settings" else {"resource_link": {"id": "link-1"}}
    opened_or_refused(lms, base | {claim: base.get(claim, {"id": "x"}) | {name: value}})


@given(claims=json_values)
@settings(many, max_examples=40)
def test_any_json_as_a_token(lms, claims):
    request = lms.login()
    with pytest.raises(LaunchError):
        lms.open({"state": request["state"], "id_token": lms.sign(claims)})


@given(header=st.dictionaries(st.sampled_from(["alg", "kid", "typ", "crit", "b64", "jwk", "jku"]), json_values))
@settings(many, max_examples=60)
def test_any_header_is_refused(lms, raw, header):
    request = lms.login()
    with pytest.raises(LaunchError):
        lms.open({"state": request["state"], "id_token": raw(header, lms.claims(request["nonce"]))})


@given(form=st.dictionaries(st.sampled_from(["state", "id_token", "error", "error_description"]), texts))
@settings(many, max_examples=60)
def test_any_form_is_refused(lms, form):
    with pytest.raises(LaunchError):
        lms.open(form)


def opened_or_refused(lms, changes):
    """Open the launch; its values must fit the tables."""
    before = db.session.query(UsedState).count()
    outcome = outcome_of(lms, lms.form(**changes))
    if isinstance(outcome, LaunchError):
        assert 400 <= outcome.status < 500
        assert outcome.plain()
    else:
        keep(outcome)
    assert db.session.query(UsedState).count() == before + 1


def outcome_of(lms, form) -> VerifiedLaunch | LaunchError:
    try:
        return lms.open(form, trust_first_deployment=True)
    except LaunchError as refusal:
        return refusal


def keep(launch: VerifiedLaunch) -> None:
    """Store every field like the services do, then roll back: finds overlong values, NULs and surrogates."""
    for field, column in (
        ("sub", LmsUser.sub),
        ("name", LmsUser.name),
        ("email", LmsUser.email),
        ("deployment_id", Launch.deployment_id),
        ("context_id", Launch.context_id),
        ("context_title", Launch.context_title),
        ("resource_link_id", Launch.resource_link_id),
        ("locale", Launch.locale),
        ("return_url", Launch.return_url),
        ("product_family", Launch.family),
        ("platform_version", Launch.platform_version),
    ):
        assert len(getattr(launch, field)) <= column.type.length, field
    person = LmsUser(platform_id=launch.platform_id, sub=launch.sub, name=launch.name, email=launch.email)
    row = Launch(
        platform_id=launch.platform_id,
        user=person,
        deployment_id=launch.deployment_id,
        message_type=launch.message_type,
        role=launch.role,
        family=launch.product_family,
        platform_version=launch.platform_version,
        context_id=launch.context_id,
        context_title=launch.context_title,
        resource_link_id=launch.resource_link_id,
        locale=launch.locale,
        presets=dict(launch.custom),
        frame_origins=list(launch.frame_origins),
        return_url=launch.return_url,
        deep_linking=launch.deep_linking.to_json() if launch.deep_linking else None,
        expires_at=now(),
    )
    db.session.add(row)
    db.session.flush()
    db.session.rollback()
