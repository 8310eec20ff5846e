"""Another implementation of a platform (lti1p3platform) drives login, launch and deep linking."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from lti1p3platform.ltiplatform import LTI1P3PlatformConfAbstract
from lti1p3platform.message_launch import LTIAdvantageMessageLaunchAbstract
from lti1p3platform.oidc_login import OIDCLoginAbstract
from lti1p3platform.registration import Registration

from lti_tool.lti import DeepLinkingSettings, FileItem, Role, begin_login, sign_deep_linking_response
from tests.lti.conftest import STATES, verified
from tests.support.addresses import query_of

TOOL = "https://tool.example"
ISSUER = "https://other-lms.example"
INSTRUCTOR = "http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"


class Conf(LTI1P3PlatformConfAbstract):
    def init_platform_config(self, **kwargs):
        self._registration = kwargs["registration"]

    def get_registration_by_params(self, **kwargs):
        return self._registration


class Login(OIDCLoginAbstract):
    def set_lti_message_hint(self, **kwargs):
        self._lti_message_hint = "message hint & more"

    def get_redirect(self, url):
        return url


class Launch(LTIAdvantageMessageLaunchAbstract):
    def render_launch_form(self, launch_data, **kwargs):
        return launch_data


class AuthenticationRequest:
    """The authentication request as that library reads it."""

    def __init__(self, url):
        self.get_data = query_of(url)
        self.form_data = {}


@pytest.fixture
def registration(keyring):
    private = keyring["first"].private
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    registration = Registration().set_iss(ISSUER).set_client_id("their-client").set_deployment_id("their-deployment")
    registration.set_launch_url(f"{TOOL}/lti/launch").set_deeplink_launch_url(f"{TOOL}/lti/launch")
    registration.set_oidc_login_url(f"{TOOL}/lti/login")
    return registration.set_platform_public_key(public).set_platform_private_key(pem)


@pytest.fixture
def other(registration, jwks_server, make_platform):
    jwks_server.show(*registration.get_jwks())
    make_platform(ISSUER, "their-client", jwks_url=jwks_server.url)
    return Conf(registration=registration)


def launch_by(other, platform_keys, prepare):
    """From the click in the LMS to the verified launch."""
    login = Login(None, other)
    login.set_lti_message_hint()
    params = query_of(login.initiate_login("user 1"))
    redirect = begin_login(params, states=STATES, redirect_uri=f"{TOOL}/lti/launch", lifetime=timedelta(minutes=5))
    message = Launch(AuthenticationRequest(redirect.url), other)
    message.set_user_data("user 1", [INSTRUCTOR])
    message.set_extra_claims({"name": "Tess", "email": "tess@x.example"})
    prepare(message)
    form = message.lti_launch()
    assert form["launch_url"] == f"{TOOL}/lti/launch"
    cookies = {redirect.cookie.name: redirect.cookie.value}
    return verified(form, cookies, keys=platform_keys, trust_first_deployment=True)


def test_a_link(other, platform_keys):
    def prepare(message):
        message.set_resource_link_claim("link 1")
        message.set_launch_context_claim("course 1", context_title="Course")
        message.set_custom_parameters_claim({"examplary_exam": "e1"})
        message.set_launch_presentation_claim("iframe", f"{ISSUER}/course/1")
        message.set_ags(f"{ISSUER}/lineitems")

    launch = launch_by(other, platform_keys, prepare)
    assert (launch.sub, launch.role, launch.name) == ("user 1", Role.INSTRUCTOR, "Tess")
    assert (launch.resource_link_id, launch.context_id, launch.custom) == (
        "link 1",
        "course 1",
        {"examplary_exam": "e1"},
    )
    assert launch.deployment_id == "their-deployment"


def test_deep_linking_round_trip(other, platform_keys, registration, tool_keys):
    data = {"course": 1}
    launch = launch_by(
        other,
        platform_keys,
        lambda message: message.set_dl(f"{ISSUER}/return", accept_types={"file"}, extra_data=data),
    )
    assert launch.deep_linking.accept_types == {"file"}
    stored = launch.deep_linking.to_json()
    answer = sign_deep_linking_response(
        issuer=launch.issuer,
        client_id=launch.client_id,
        deployment_id=launch.deployment_id,
        settings=DeepLinkingSettings.from_json(stored),
        items=[FileItem(url=f"{TOOL}/packages/t/e.zip", title="Exam", text="Exam")],
        keys=tool_keys,
    )
    registration.set_tool_key_set(tool_keys.jwks())
    assert other.validate_deeplinking_resp({"JWT": answer})[0]["url"] == f"{TOOL}/packages/t/e.zip"
    assert other.tool_validate_and_decode(answer)["https://purl.imsglobal.org/spec/lti-dl/claim/data"] == data
