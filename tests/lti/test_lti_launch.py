"""Accepted and refused launches (certification guide §6.1).

See docs/reference/lti.md and docs/reference/pylti1p3.md#defects.
"""

from __future__ import annotations

import base64
import secrets
import time
from datetime import timedelta

import jwt
import pytest
from werkzeug.wrappers import Response

from lti_tool.lti import LoginStates, MessageType, Role, proof_name, storage_lookup
from lti_tool.lti.protocol import errors as e
from lti_tool.lti.protocol import token_errors as t
from lti_tool.models import Deployment, Platform, UsedState, db, now
from tests.lti.conftest import STATES

LEARNER = "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"


def test_a_teachers_launch_is_read_in_full(lms):
    launch = lms.launch(
        custom={"exam": "e1", "unfilled": "$ResourceLink.id.history", "price": "$5", "n": 3, "yes": True, "none": None},
        launch_presentation={"locale": "nl-NL", "return_url": "https://moodle.example/course/view.php?id=2"},
        tool_platform={"product_family_code": "moodle", "version": "2024100706"},
    )
    assert launch.platform_id == lms.row_id
    assert (launch.issuer, launch.client_id, launch.deployment_id) == (lms.issuer, lms.client_id, "2")
    assert (launch.sub, launch.name, launch.email) == ("user-1", "Ada Lovelace", "ada@school.example")
    assert (launch.message_type, launch.role) == (MessageType.RESOURCE_LINK, Role.INSTRUCTOR)
    assert (launch.context_id, launch.context_title) == ("course-1", "Introduction to Testing")
    assert launch.resource_link_id == "link-1"
    assert launch.custom == {"exam": "e1", "price": "$5", "n": "3", "yes": "true"}
    assert launch.locale == "nl-NL"
    assert launch.return_url == "https://moodle.example/course/view.php?id=2"
    assert (launch.product_family, launch.platform_version) == ("moodle", "2024100706")
    assert launch.frame_origins == ("https://moodle.example",)
    assert launch.deep_linking is None


def test_a_deep_linking_launch_is_read(lms, deep_linking):
    launch = lms.launch(**deep_linking)
    assert launch.message_type is MessageType.DEEP_LINKING
    assert launch.deep_linking.return_url.endswith("course=2&sesskey=abc")
    assert launch.deep_linking.accept_types == {"ltiResourceLink"}
    assert launch.resource_link_id == ""


def test_canvas_migration_takes_files_only_and_is_read(lms, deep_linking):
    deep_linking["deep_linking_settings"] |= {
        "accept_types": ["file"],
        "accept_media_types": "application/vnd.ims.imsccv1p1,application/zip,application/xml",
    }
    launch = lms.launch(**deep_linking)
    assert launch.deep_linking.accept_media_types[1] == "application/zip"


@pytest.mark.parametrize(
    ("changes", "name", "email"),
    [
        ({"email": None}, "Ada Lovelace", ""),
        ({"name": None}, "", "ada@school.example"),
        ({"name": None, "email": None, "given_name": "Ada", "family_name": "L"}, "Ada L", ""),
        ({"name": None, "email": None}, "", ""),
        ({"context": None}, "Ada Lovelace", "ada@school.example"),
        ({"name": "A\x00B\n" + "x" * 400, "email": "not an address"}, "A B " + "x" * 251, ""),
        ({"email": "a@" + "x" * 400}, "Ada Lovelace", ""),
    ],
)
@pytest.mark.parametrize("roles", [[LEARNER], ["Learner"], [LEARNER, "http://other.example/role#X"]])
def test_little_or_no_personal_data_is_enough(lms, changes, name, email, roles):
    launch = lms.launch(roles=roles, **changes)
    assert (launch.name, launch.email, launch.role) == (name, email, Role.STUDENT)


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"name": "$Person.name.full"}, ""),
        ({"name": "$Person.name.full", "given_name": "Ada", "family_name": "$Person.name.family"}, "Ada"),
        ({"name": "$uicideboy$"}, "$uicideboy$"),
        ({"name": "Ke$ha.x"}, "Ke$ha.x"),
    ],
)
def test_an_unresolved_name_is_empty(lms, changes, name):
    assert lms.launch(**changes).name == name


def test_other_unresolved_variables_are_ignored(lms):
    launch = lms.launch(
        email="$Person.email.primary",
        context={"id": "course-1", "title": "$Context.title", "label": "BIO"},
        launch_presentation={"locale": "$Message.locale"},
    )
    assert (launch.email, launch.context_title, launch.locale) == ("", "BIO", "")


def test_an_unresolved_user_id_is_refused(lms):
    with pytest.raises(t.UserMissing):
        lms.launch(sub="$User.id")


@pytest.mark.parametrize("roles", [[], ["urn:unknown"]])
def test_unknown_roles_are_accepted(lms, roles):
    assert lms.launch(roles=roles).role is Role.OTHER


def test_canvas_student_view_is_recognised(lms):
    roles = ["http://purl.imsglobal.org/vocab/lti/system/person#TestUser", LEARNER]
    assert lms.launch(roles=roles).role is Role.TEST_STUDENT


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"version": "1.1"}, t.WrongVersion),
        ({"version": None}, t.WrongVersion),
        ({"version": 1.3}, t.WrongVersion),
        ({"message_type": None}, t.ClaimMissing),
        ({"message_type": "basic-lti-launch-request"}, t.UnknownMessage),
        ({"message_type": "LtiSubmissionReviewRequest"}, t.UnknownMessage),
        ({"roles": None}, t.ClaimMissing),
        ({"roles": "Instructor"}, t.ClaimMalformed),
        ({"roles": [1]}, t.ClaimMalformed),
        ({"deployment_id": None}, t.ClaimMissing),
        ({"deployment_id": ""}, t.ClaimMissing),
        ({"deployment_id": 2}, t.ClaimMalformed),
        ({"resource_link": None}, t.ClaimMissing),
        ({"resource_link": {}}, t.ClaimMissing),
        ({"resource_link": {"id": ""}}, t.ClaimMissing),
        ({"resource_link": "link"}, t.ClaimMalformed),
        ({"target_link_uri": None}, t.ClaimMissing),
        ({"target_link_uri": "javascript:alert(1)"}, t.ClaimMalformed),
        ({"sub": None}, t.ClaimMissing),
        ({"sub": ""}, t.ClaimMissing),
        ({"sub": "s" * 256}, t.ClaimMalformed),
        ({"sub": "s\x00"}, t.ClaimMalformed),
        ({"context": {"id": "c" * 256}}, t.ClaimMalformed),
        ({"resource_link": []}, t.ClaimMissing),
        ({"resource_link": {"id": True}}, t.ClaimMalformed),
        ({"context": {"id": [5]}}, t.ClaimMalformed),
        ({"sub": 7}, t.ClaimMalformed),
        ({"roles": {"a": "Instructor"}}, t.ClaimMalformed),
        ({"roles": {"0": "Instructor"}}, t.ClaimMalformed),
        ({"iss": "https://other.example"}, t.WrongIssuer),
        ({"iss": "https://moodle.example/"}, t.WrongIssuer),
        ({"iss": None}, t.ClaimMissing),
        ({"aud": "other"}, t.WrongAudience),
        ({"aud": []}, t.WrongAudience),
        ({"aud": None}, t.ClaimMissing),
        ({"aud": ["client-1", "other"], "azp": "other"}, t.WrongAudience),
        ({"aud": ["other", "client-1"], "azp": "client-1"}, t.WrongAudience),
        ({"azp": "other"}, t.WrongAudience),
        ({"exp": None}, t.ClaimMissing),
        ({"iat": None}, t.ClaimMissing),
        ({"nonce": None}, t.ClaimMissing),
        ({"nonce": "another"}, t.NonceWrong),
        ({"exp": "tomorrow"}, t.ClaimMalformed),
        ({"exp": True}, t.ClaimMalformed),
        ({"iat": -1}, t.ClaimMalformed),
        ({"exp": 1e300}, t.ClaimMalformed),
    ],
)
def test_bad_payloads_of_the_certification_are_refused(lms, changes, refusal):
    with pytest.raises(refusal) as raised:
        lms.launch(**changes)
    assert 400 <= raised.value.status < 500
    assert raised.value.plain()


@pytest.mark.parametrize(
    ("claim", "refusal"),
    [
        ("version", t.WrongVersion),
        ("aud", t.ClaimMissing),
        *((name, t.ClaimMissing) for name in ("iss", "sub", "exp", "iat", "nonce", "roles")),
        *((name, t.ClaimMissing) for name in ("message_type", "deployment_id", "resource_link", "target_link_uri")),
    ],
)
def test_a_missing_claim_is_the_same_as_null(lms, absent, claim, refusal):
    with pytest.raises(refusal):
        lms.launch(**{claim: absent})


@pytest.mark.parametrize(("aud", "azp"), [(["client-1"], None), (["client-1"], "client-1"), ("client-1", "client-1")])
def test_both_forms_of_the_audience_are_accepted(lms, aud, azp):
    assert lms.launch(aud=aud, azp=azp).sub == "user-1"


@pytest.mark.parametrize(
    ("issued", "lives", "refusal"),
    [
        (-3600, 60, t.TokenExpired),
        (-100, 30, t.TokenExpired),
        (-3700, 7200, t.TokenTooOld),
        (90, 60, t.TokenFromFuture),
        (-90, 60, None),
        (45, 60, None),
        (-3500, 3600, None),
    ],
)
def test_clocks_may_differ_by_a_minute(lms, issued, lives, refusal):
    issued_at = time.time() + issued
    changes = {"iat": issued_at, "exp": int(issued_at + lives)}
    if refusal is None:
        assert lms.launch(**changes).sub == "user-1"
        return
    with pytest.raises(refusal) as raised:
        lms.launch(**changes)
    assert "NTP" in raised.value.plain()


def test_a_token_is_refused_before_its_time(lms):
    with pytest.raises(t.TokenFromFuture):
        lms.launch(nbf=int(time.time()) + 600)


@pytest.mark.parametrize(
    ("settings", "refusal"),
    [
        (None, t.ClaimMissing),
        ([], t.ClaimMalformed),
        ({"deep_link_return_url": None}, t.ClaimMissing),
        ({"deep_link_return_url": 5}, t.ClaimMalformed),
        ({"deep_link_return_url": "http://moodle.example/return"}, t.ReturnAddressUnsafe),
        ({"deep_link_return_url": 'https://moodle.example"><script>/'}, t.ReturnAddressUnsafe),
        ({"deep_link_return_url": "javascript:alert(1)//https://x"}, t.ReturnAddressUnsafe),
        ({"deep_link_return_url": "https://user:pw@moodle.example/"}, t.ReturnAddressUnsafe),
        ({"data": float("nan")}, t.ClaimMalformed),
        ({"data": [[[[]]] * 100]}, t.ClaimMalformed),
    ],
)
def test_deep_linking_settings_are_checked(lms, deep_linking, settings, refusal):
    if isinstance(settings, dict):
        settings = deep_linking["deep_linking_settings"] | settings
    with pytest.raises(refusal):
        lms.launch(**deep_linking | {"deep_linking_settings": settings})


@pytest.mark.parametrize("depth", range(100, 1000, 60))
def test_deeply_nested_data_is_refused(lms, deep_linking, depth):
    data = "x"
    for _ in range(depth):
        data = [data]
    settings = deep_linking["deep_linking_settings"] | {"data": data}
    if depth <= 200:
        assert lms.launch(**deep_linking | {"deep_linking_settings": settings}).deep_linking.data == data
        return
    with pytest.raises(t.TokenError):
        lms.launch(**deep_linking | {"deep_linking_settings": settings})


def test_a_deep_linking_launch_needs_no_target(lms, deep_linking, absent):
    assert lms.launch(**deep_linking | {"target_link_uri": absent}).target_link_uri == ""


def test_media_types_may_come_as_a_list(lms, deep_linking):
    settings = deep_linking["deep_linking_settings"] | {"accept_media_types": ["application/zip", " "]}
    launch = lms.launch(**deep_linking | {"deep_linking_settings": settings})
    assert launch.deep_linking.accept_media_types == ("application/zip",)


def test_a_platform_without_https_can_have_a_return_url_without(lms, deep_linking):
    lms.issuer = "http://moodle.localhost:8000"
    db.session.get_one(Platform, lms.row_id).issuer = lms.issuer
    db.session.commit()
    deep_linking["deep_linking_settings"]["deep_link_return_url"] = "http://moodle.localhost:8000/return"
    assert lms.launch(**deep_linking).frame_origins == ("http://moodle.localhost:8000", "https://moodle.example")


# -- signature ---------------------------------------------------------------------------------------------------


def form_with(lms, make_token):
    request = lms.login()
    return {"state": request["state"], "id_token": make_token(lms.claims(request["nonce"]))}


def test_unsigned_tokens_are_refused(lms, raw):
    for header in ({"alg": "none", "kid": "first"}, {"alg": "None", "kid": "first"}, {"kid": "first"}):
        with pytest.raises((t.AlgorithmRefused, t.TokenUnreadable)):
            lms.open(form_with(lms, lambda claims, header=header: raw(header, claims, b"")))


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
def test_a_shared_secret_is_refused(lms):
    for secret in ("secret", str(lms.key.jwk()["n"])):
        with pytest.raises(t.AlgorithmRefused):
            lms.open(form_with(lms, lambda c, s=secret: jwt.encode(c, s, algorithm="HS256", headers={"kid": "first"})))


@pytest.mark.parametrize("algorithm", ["RS384", "PS256"])
def test_other_algorithms_are_refused(lms, algorithm):
    def sign(claims):
        return jwt.encode(claims, lms.key.private, algorithm=algorithm, headers={"kid": "first"})

    with pytest.raises(t.AlgorithmRefused):
        lms.open(form_with(lms, sign))


def test_a_known_key_id_is_required(lms):
    with pytest.raises(t.KeyIdMissing):
        lms.open(form_with(lms, lambda c: jwt.encode(c, lms.key.private, algorithm="RS256")))
    with pytest.raises(t.KeyUnknown):
        lms.open(form_with(lms, lambda c: lms.sign(c, kid="unknown")))


def test_another_key_under_a_known_id_is_refused(lms, keyring):
    with pytest.raises(t.SignatureWrong):
        lms.open(form_with(lms, lambda c: lms.sign(c, key=keyring["second"], kid="first")))


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
def test_a_short_key_is_refused(lms, keyring, jwks_server):
    jwks_server.show(keyring["weak"].jwk())
    with pytest.raises(t.KeyTooWeak):
        lms.open(form_with(lms, lambda c: lms.sign(c, key=keyring["weak"])))


def test_changed_claims_are_refused(lms, raw):
    form = lms.form()
    head, body, signature = form["id_token"].split(".")
    claims = jwt.decode(form["id_token"], options={"verify_signature": False})
    forged = raw({}, claims | {"sub": "somebody-else"}).split(".")[1]
    assert forged != body
    with pytest.raises(t.SignatureWrong):
        lms.open(form | {"id_token": f"{head}.{forged}.{signature}"})


@pytest.mark.parametrize("token", ["x", "a.b.c", "....", "é.é.é", "\ud800.x.y", "x" * 300_000])
def test_malformed_tokens_are_refused(lms, token):
    with pytest.raises(t.TokenUnreadable):
        lms.open(form_with(lms, lambda _: token))


@pytest.mark.parametrize("value", [[], "text", 5, None])
def test_tokens_of_other_json_are_refused(lms, raw, value):
    for token in (raw({"alg": "RS256", "kid": "first"}, value), raw(value, {})):
        with pytest.raises(t.TokenUnreadable):
            lms.open(form_with(lms, lambda _, token=token: token))


def test_deeply_nested_json_is_refused(lms, raw):
    deep = raw({"alg": "RS256", "kid": "first"}, "@").split(".")
    deep[1] = base64.urlsafe_b64encode(b"[" * 100_000).rstrip(b"=").decode()
    with pytest.raises(t.TokenUnreadable):
        lms.open(form_with(lms, lambda _: ".".join(deep)))


# -- state and browser -------------------------------------------------------------------------------------------


def test_a_launch_works_once(lms):
    form = lms.form()
    lms.open(form)
    with pytest.raises(e.LaunchUsed):
        lms.open(form)


def test_another_token_for_a_used_login_is_refused(lms):
    request = lms.login()
    claims = lms.claims(request["nonce"])
    lms.open({"state": request["state"], "id_token": lms.sign(claims)})
    with pytest.raises(e.LaunchUsed):
        lms.open({"state": request["state"], "id_token": lms.sign(claims | {"sub": "user-2"})})


def test_a_rejected_launch_uses_its_state(lms):
    form = lms.form(version="1.1")
    with pytest.raises(t.WrongVersion):
        lms.open(form)
    assert db.session.query(UsedState).count() == 1
    with pytest.raises(e.LaunchUsed):
        lms.open(form)


def test_another_encoding_of_a_used_state_is_refused(lms):
    """The last Base64 character of a signature has unused bits, so another character decodes to the same value."""
    form = lms.form()
    variants = [
        form["state"][:-1] + last for last in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    ]
    valid = [state for state in variants if _is_issued(state)]
    assert len(valid) > 1
    lms.open(form)
    for state in valid:
        cookies = {proof_name(state): value for value in lms.cookies.values()}
        with pytest.raises(e.LaunchUsed):
            lms.open(form | {"state": state}, cookies=cookies)


def _is_issued(state):
    try:
        STATES.read(state)
    except e.LaunchUsed:
        return False
    return True


@pytest.mark.parametrize(
    "change", [lambda s: s[:-5], lambda s: "A" + s, lambda s: s.replace(".", ".."), lambda s: s.swapcase()]
)
def test_a_changed_state_is_rejected(lms, change):
    form = lms.form()
    with pytest.raises(e.LaunchUsed):
        lms.open(form | {"state": change(form["state"])})


def test_a_state_signed_with_another_key_is_rejected(lms):
    state, contents, proof = LoginStates("another secret").issue(lms.row_id, lifetime=timedelta(minutes=5), now=now())
    form = {"state": state, "id_token": lms.sign(lms.claims(contents.nonce))}
    with pytest.raises(e.LaunchUsed):
        lms.open(form, cookies={proof.name: proof.value})


def test_a_state_of_an_earlier_release_is_rejected(lms):
    """Its row was removed by the upgrade, so the person has to start again from the course."""
    with pytest.raises(e.LaunchUsed) as refusal:
        lms.open(lms.form() | {"state": secrets.token_urlsafe(32)})
    assert "Open Examplary again from your course" in refusal.value.plain()


def test_a_launch_can_be_posted_again_after_a_key_fetch_failed(lms, jwks_server, keyring, monkeypatch):
    monkeypatch.setattr("lti_tool.lti.store.platform_keys.PAUSE_SECONDS", 1)
    form, ordinary = lms.form(), jwks_server.answer
    jwks_server.answer = lambda request: Response("down", status=503)
    with pytest.raises(e.KeysUnreachable):
        lms.open(form)
    jwks_server.answer = ordinary
    time.sleep(1.1)
    assert lms.open(form).sub == "user-1"


def test_a_refused_launch_stores_nothing(lms, raw):
    """Not even the deployment, which is recorded before the claims are read."""
    with pytest.raises(t.RolesMissing):
        lms.open(lms.form(deployment_id="new", roles=None), trust_first_deployment=True)
    assert db.session.query(Deployment).count() == 1


def test_the_nonce_of_another_login_is_refused(lms):
    mine, other = lms.login(), lms.login()
    with pytest.raises(t.NonceWrong):
        lms.open({"state": mine["state"], "id_token": lms.sign(lms.claims(other["nonce"]))})


def test_another_browser_is_refused(lms):
    form = lms.form()
    with pytest.raises(e.ProofMissing):
        lms.open(form, cookies={})
    form = lms.form()
    with pytest.raises(e.ProofWrong):
        lms.open(form, cookies=dict.fromkeys(lms.cookies, "é\ud800"))


def test_the_cookie_of_another_tab_does_not_help(lms):
    form = lms.form()
    mine = set(lms.cookies)
    lms.form()
    with pytest.raises(e.ProofMissing):
        lms.open(form, cookies={name: value for name, value in lms.cookies.items() if name not in mine})


def test_two_tabs_can_log_in_at_the_same_time(lms):
    first, second = lms.form(), lms.form(sub="user-2")
    assert (lms.open(second).sub, lms.open(first).sub) == ("user-2", "user-1")


def test_a_login_expires(lms):
    with pytest.raises(e.LaunchExpired):
        lms.open(lms.form(), now=now() + timedelta(minutes=16))


@pytest.mark.parametrize("missing", ["state", "id_token"])
def test_an_incomplete_form_is_refused(lms, missing):
    with pytest.raises(e.LaunchIncomplete) as refusal:
        lms.open(lms.form() | {missing: ""})
    assert missing in refusal.value.plain()


@pytest.mark.parametrize("state", ["unknown", "x" * 43, "\x00" * 43, "é" * 43, "\ud800", "' OR 1=1 --"])
def test_an_unknown_state_is_refused(lms, state):
    with pytest.raises(e.LaunchUsed):
        lms.open(lms.form() | {"state": state})


@pytest.mark.parametrize(
    ("code", "refusal"),
    [
        ("login_required", e.NotSignedIn),
        ("launch_no_longer_valid", e.LaunchOutdated),
        ("unauthorized_client", e.PlatformRefused),
        ("<script>", e.PlatformRefused),
        ("", e.PlatformRefused),
    ],
)
def test_errors_of_the_platform_are_explained(lms, code, refusal):
    with pytest.raises(refusal) as raised:
        lms.open({"error": code, "error_description": "<script>alert(1)</script>\n" + "x" * 1000})
    assert "script" not in raised.value.plain()
    assert "\n" not in raised.value.detail
    assert len(raised.value.detail) < 400


def test_the_proof_can_come_from_the_platforms_storage(lms):
    request = lms.login(lti_storage_target="_parent")
    form = {"state": request["state"], "id_token": lms.sign(lms.claims(request["nonce"]))}
    (name, proof), *_ = lms.cookies.items()
    assert storage_lookup(form, lms.cookies, STATES) is None
    lookup = storage_lookup(form, {}, STATES)
    assert (lookup.target, lookup.origin, lookup.key) == ("_parent", "https://moodle.example", name)
    assert lms.open(form, cookies={}, stored_proof=proof).sub == "user-1"
    assert storage_lookup(form, {}, STATES) is None


def test_without_platform_storage_only_the_browser_is_asked(lms):
    assert storage_lookup(lms.form(), {}, STATES).target == ""
    assert storage_lookup({"state": "a" * 43}, {}, STATES) is None
    assert storage_lookup({}, {}, STATES) is None
    assert storage_lookup({"state": "\x00"}, {}, STATES) is None


# -- registration and deployment ---------------------------------------------------------------------------------


def test_an_unknown_deployment_is_refused_or_recorded(lms):
    with pytest.raises(t.DeploymentUnknown):
        lms.launch(deployment_id="new")
    assert lms.open(lms.form(deployment_id="new"), trust_first_deployment=True).deployment_id == "new"
    assert lms.launch(deployment_id="new").deployment_id == "new"
    assert db.session.query(Deployment).count() == 2


def test_an_unknown_deployment_is_refused_where_the_operator_named_some(lms):
    db.session.query(Deployment).update({"named": True})
    db.session.commit()
    with pytest.raises(t.DeploymentUnknown):
        lms.open(lms.form(deployment_id="new"), trust_first_deployment=True)
    assert lms.open(lms.form(), trust_first_deployment=True).deployment_id == "2"
    assert db.session.query(Deployment).count() == 1


def test_deployments_belong_to_one_client(lms, make_platform, jwks_server):
    make_platform(lms.issuer, "client-2", "other", jwks_url=jwks_server.url)
    with pytest.raises(t.DeploymentUnknown):
        lms.launch(deployment_id="other")


@pytest.mark.parametrize("deployment", ["2 ", "２"])
def test_deployments_are_compared_exactly(lms, deployment):
    with pytest.raises(t.DeploymentUnknown):
        lms.launch(deployment_id=deployment)


def test_an_untrusted_token_records_no_deployment(lms, keyring):
    form = form_with(lms, lambda c: lms.sign(c | {SHORT_DEPLOYMENT: "evil"}, key=keyring["second"], kid="first"))
    with pytest.raises(t.SignatureWrong):
        lms.open(form, trust_first_deployment=True)
    assert db.session.query(Deployment).count() == 1


SHORT_DEPLOYMENT = "https://purl.imsglobal.org/spec/lti/claim/deployment_id"


def test_switching_a_platform_off_ends_its_logins(lms):
    form = lms.form()
    db.session.get_one(Platform, lms.row_id).active = False
    db.session.commit()
    with pytest.raises(e.PlatformInactive):
        lms.open(form)


def test_removing_a_platform_ends_its_logins(lms):
    form = lms.form()
    db.session.delete(db.session.get_one(Platform, lms.row_id))
    db.session.commit()
    with pytest.raises(e.LaunchUsed):
        lms.open(form)


def test_the_administrators_choice_of_family_wins(lms):
    db.session.get_one(Platform, lms.row_id).family = "canvas"
    db.session.commit()
    assert lms.launch(tool_platform={"product_family_code": "moodle"}).product_family == "canvas"


def test_refusals_do_not_log_the_person(lms, deep_linking):
    with pytest.raises(e.PlatformRefused) as refusal:
        lms.open({"error": "access_denied", "error_description": "ada@school.example may not"})
    assert refusal.value.detail == "platform says 'access_denied': '… may not'"
    deep_linking["deep_linking_settings"]["deep_link_return_url"] = "http://m.example/return.php?sesskey=abc"
    with pytest.raises(t.ReturnAddressUnsafe) as refusal:
        lms.launch(**deep_linking)
    assert "sesskey" not in refusal.value.detail


def test_error_details_contain_no_secrets(lms):
    form = lms.form(aud="other")
    with pytest.raises(t.WrongAudience) as refusal:
        lms.open(form)
    for secret in (form["state"], form["id_token"], "ada@school.example", *lms.cookies.values()):
        assert secret not in refusal.value.detail + refusal.value.plain()


def test_a_token_with_unknown_critical_headers_is_refused(lms):
    request = lms.login()
    token = lms.sign(lms.claims(request["nonce"]), crit=["exp"])
    with pytest.raises(t.AlgorithmRefused):
        lms.open({"state": request["state"], "id_token": token})
