"""``platforms canvas-api``: the API key of a Canvas is set, shown without its secret, checked and removed."""

import pytest

from lti_tool.lms.canvas import scopes
from tests.support.canvas_consent import API_KEY_ID, API_KEY_SECRET, consenting_canvas
from tests.support.cli import run

WHICH = ("--issuer", "https://lms.example.org", "--client-id", "client-1")
ADDRESSES = ("--authorization-url", "https://lms.example.org/auth", "--jwks-url", "https://lms.example.org/jwks")


@pytest.fixture
def canvas(environment):
    with consenting_canvas() as canvas:
        canvas.key.redirect_uris = ("http://localhost:5000/consent/callback",)
        assert run("platforms", "add", *WHICH, *ADDRESSES).exit_code == 0
        yield canvas


def set_key(canvas, *options, url="", typed=f"{API_KEY_SECRET}\n"):
    address = ("--url", url or canvas.base_url, "--key-id", API_KEY_ID, "--insecure")
    return run("platforms", "canvas-api", "set", *WHICH, *address, *options, input=typed)


def show():
    return run("platforms", "canvas-api", "show", *WHICH).output


def test_without_a_key_it_prints_the_values_for_canvas(canvas):
    output = show()
    assert "No API key is set." in output
    assert "/consent/callback" in output
    assert all(scope in output for scope in (*scopes.REQUIRED, *scopes.OPTIONAL))


@pytest.mark.parametrize("options", [(), ("--secret-file", "-")])
def test_a_secret_is_never_shown(canvas, options):
    done = set_key(canvas, *options, "--transfer", "link", "--scope", scopes.READ_FEATURES)
    assert done.exit_code == 0, done.output
    output = show()
    assert API_KEY_SECRET not in done.output + output
    assert f"url: {canvas.base_url}\nkey id: {API_KEY_ID}\ntransfer: link\n" in output
    assert f"optional scopes: {scopes.READ_FEATURES}\n" in output


def test_setting_and_checking_a_key_report_the_answer_of_canvas(canvas):
    assert "accepts key, secret and redirect URI" in set_key(canvas, "--all-scopes").output
    canvas.calm()
    assert "✓ API key: " in run("platforms", "check", *WHICH).output
    canvas.calm()
    assert "Compare client ID and secret" in set_key(canvas, typed="another\n").output
    canvas.key.redirect_uris = ("https://elsewhere.example/consent/callback",)
    assert "as the redirect URI of the API key" in run("platforms", "check", *WHICH).output


def test_off_removes_the_key_after_a_confirmation(canvas):
    set_key(canvas)
    assert run("platforms", "canvas-api", "off", *WHICH, input="n\n").exit_code == 1
    assert f"key id: {API_KEY_ID}" in show()
    assert run("platforms", "canvas-api", "off", *WHICH, "--yes").exit_code == 0
    assert "No API key is set." in show()
    assert "No API key is set." in run("platforms", "canvas-api", "off", *WHICH, "--yes").output


@pytest.mark.parametrize(
    ("options", "url", "typed", "problem"),
    [
        ((), "https://school.instructure.com/courses/1", "secret\n", "it must be scheme and host"),
        ((), "", " \n", "it's empty"),
        (("--scope", "url:DELETE|/api/v1/courses/:id"), "", "secret\n", "isn't one of"),
        (("--transfer", "post"), "", "secret\n", "is not one of"),
    ],
)
def test_an_invalid_value_changes_nothing(canvas, options, url, typed, problem):
    done = set_key(canvas, "--secret-file", "-", *options, url=url, typed=typed)
    assert done.exit_code != 0
    assert problem in done.output
    assert "No API key is set." in show()
