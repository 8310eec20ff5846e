"""Everything that an administrator can paste wrong: tidied where it is clear, else refused beside its field."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import html
from sqlalchemy import String

from lti_tool.models import AuditEntry, Deployment, LmsApiKey, Platform, RegistrationLink, db

ZERO_WIDTH = "\u200b"

TIDIED = [
    ("issuer", " https://moodle.example.org/ ", "https://moodle.example.org"),
    ("issuer", "Platform ID: https://moodle.example.org", "https://moodle.example.org"),
    ("issuer", "Issuer:https://moodle.example.org", "https://moodle.example.org"),
    ("issuer", "moodle.example.org", "https://moodle.example.org"),
    ("issuer", "HTTPS://Moodle.Example.org/my/courses.php", "https://moodle.example.org"),
    ("issuer", f"https://moodle{ZERO_WIDTH}.example.org\u200e", "https://moodle.example.org"),
    ("client_id", "Client ID: 123", "123"),
    ("client_id", "Client ID:123", "123"),
    ("client_id", "client_id=123", "123"),
    ("client_id", "“123”", "123"),
    ("client_id", f"{ZERO_WIDTH}1{ZERO_WIDTH}23\ufeff\r\n", "123"),
    ("deployment_id", "'Deployment ID: 1:abc',", "1:abc"),
    ("jwks_url", "<https://moodle.example.org/keys>", "https://moodle.example.org/keys"),
    (
        "token_url",
        "Access token URL: moodle.example.org/mod/lti/token.php",
        "https://moodle.example.org/mod/lti/token.php",
    ),
]
"""Field, pasted text, stored value."""


def test_unambiguous_values_are_tidied(owner):
    for number, (field, pasted, stored) in enumerate(TIDIED):
        values = {"issuer": "https://moodle.example.org", "client_id": f"client-{number}"} | {field: pasted}
        response = owner.post("/admin/platforms/new/moodle", **values)
        assert response.status_code == 303, (field, pasted, response.text)
        row = db.session.query(Platform).one()
        value = row.deployments[0].deployment_id if field == "deployment_id" else getattr(row, field)
        assert value == stored, (field, pasted)
        db.session.delete(row)
        db.session.commit()


REFUSED = [
    ("issuer", "https://moodle.example.org\r\nSet-Cookie: a=b", "It's not an ID."),
    ("issuer", "https://user:secret@moodle.example.org", "It must be a complete address."),
    ("issuer", "javascript:alert(1)", "It must be a complete address."),
    ("issuer", "", "It's missing."),
    ("client_id", "1\r\nLocation: https://evil.example.org", "It's not an ID."),
    ("client_id", "x" * 256, "It's not an ID."),
    ("deployment_id", "1\nX: y", "It's not an ID."),
    ("deployment_id", "x" * 256, "It's not an ID."),
    ("jwks_url", "file:///etc/passwd", "It must be a complete address."),
    ("token_url", "the token", "It must be a complete address."),
    ("token_audience", "a\r\nb", "It's too long, or has several lines."),
    ("token_audience", "x" * 1001, "It's too long, or has several lines."),
    ("name", "a\x07b", "contains invalid ones"),
]
"""Field, pasted text, reason of the refusal."""


def test_the_rest_is_refused_beside_its_field_and_nothing_is_stored(owner):
    for field, pasted, reason in REFUSED:
        values = {"issuer": "https://moodle.example.org", "client_id": "123"} | {field: pasted}
        response = owner.post("/admin/platforms/new/moodle", **values)
        assert response.status_code == 422, (field, pasted)
        page = html.document_fromstring(response.text)
        errors = page.xpath(f"//*[@id='{field}-error']")
        assert errors, (field, pasted, response.text)
        assert reason in errors[0].text_content(), (field, pasted)
        assert db.session.query(Platform).count() == 0


def test_settings_and_keys_are_tidied_too(owner, platform, services):
    path = f"/admin/platforms/{platform.id}"
    pasted = {
        "theme_color": "Color: 'ABC'",
        "frame_hosts": f"“courses.example.org”,\r\n {ZERO_WIDTH}\r\nhttps://lms.example.org/",
        "client_id": "Client ID: 77",
    }
    assert owner.post(f"{path}/settings", **pasted).status_code == 303
    db.session.expire_all()
    assert (platform.theme_color, platform.client_id) == ("#aabbcc", "77")
    assert platform.frame_hosts == ["courses.example.org", "https://lms.example.org/"]
    services.platforms.change(platform, {"family": "canvas"})
    key = {"base_url": " school.instructure.com/ ", "key_id": "Client ID: 17", "secret": f"'s3cret{ZERO_WIDTH}'"}
    assert owner.post(f"{path}/lms-key", **key).status_code == 303
    row = services.api_keys.of(platform)
    assert (row.base_url, row.client_id) == ("https://school.instructure.com", "17")
    assert services.vault.decrypt(row.secret_encrypted) == "s3cret"
    for field, value in (("base_url", "https://school.instructure.com/courses/1"), ("key_id", "1\r\nX: y")):
        refused = owner.post(f"{path}/lms-key", **key | {field: value})
        assert (refused.status_code, f'id="{field}-error"' in refused.text) == (422, True)
    assert owner.post(f"{path}/deployments", deployment_id=" “7” ").status_code == 303
    assert "7" in {row.deployment_id for row in db.session.query(Deployment)}


FIELDS = {
    "new/moodle": (
        "name",
        "issuer",
        "client_id",
        "deployment_id",
        "authorization_url",
        "jwks_url",
        "token_url",
        "token_audience",
    ),
    "new/canvas": ("name", "issuer", "client_id", "deployment_id", "jwks_url"),
    "new/generic": ("issuer", "client_id", "authorization_url", "jwks_url"),
    "new/moodle/link": ("name",),
    "{id}/settings": (
        *("name", "notes", "theme_color", "presets", "formats", "default_format", "choices", "requires_review"),
        *("question_tag", "title_prefix", "role_overrides", "deletes_exams", "keep_exam_days", "keep_launch_days"),
        *("frame_hosts", "client_id", "authorization_url", "jwks_url", "token_url", "token_audience"),
    ),
    "{id}/key": ("api_key", "workspace", "anyway"),
    "{id}/lms-key": ("base_url", "key_id", "secret", "all_scopes"),
    "{id}/deployments": ("deployment_id",),
    "{id}/danger/move": ("issuer",),
    "{id}/danger/merge": ("into",),
    "{id}/danger/remove": ("confirmation", "with_exams"),
}
"""Forms by their addresses below ``/admin/platforms/``."""

NASTY = st.sampled_from(
    [
        *(
            "",
            " ",
            "\x00",
            "a\x00b",
            "\r\n",
            "a\r\nSet-Cookie: b=c",
            ZERO_WIDTH,
            "\u202e",
            "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
        ),
        *("{", "{}", "[]", '{"issuer": 1}', '{"client_id": ["a"]}', '{"issuer": {"client_id": null}}', "{" * 5000),
        *(
            "https://",
            "http://[",
            "https://[::1",
            "https://x:99999",
            "https://ex\u0430mple.org",
            "//x",
            "https://*.x.org",
        ),
        *("=", "a=", "=teacher", "Instructor=nobody", "duration=1e9", "duration=\u0663", "subject=" + "x" * 3000),
        *("#12", "\u0665\u0665\u0665", "-0", "1e3", "9" * 5000, "x" * 1001, "x" * 5000, "%s %(problem)s", "<b>&amp;"),
        *("moodle-xml", "https://lms.example.org", "https://moodle.example.org", "1"),
    ]
)
VALUES = NASTY | st.text(max_size=40) | st.tuples(NASTY, NASTY).map("".join)


@pytest.fixture
def send(owner, platform, services):
    """Send a form with the token of the session."""
    services.platforms.change(platform, {"family": "canvas"})
    platform_id, token = platform.id, owner.token()

    def post(form, values):
        path = f"/admin/platforms/{form.format(id=platform_id)}"
        return owner.client.post(path, data={"csrf_token": token} | values)

    return post


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.data())
def test_nothing_that_is_pasted_is_an_error_of_the_tool(send, data):
    form = data.draw(st.sampled_from(sorted(FIELDS)))
    values = data.draw(st.dictionaries(st.sampled_from(FIELDS[form]), VALUES, min_size=1, max_size=6))
    response = send(form, values)
    db.session.rollback()
    db.session.expire_all()
    assert response.status_code in (303, 422), (form, values, response.status_code)
    assert all("\n" not in value and "\r" not in value for _, value in response.headers)
    for table in (Platform, Deployment, RegistrationLink, LmsApiKey, AuditEntry):
        for row in db.session.query(table):
            _assert_storable(row)


def _assert_storable(row):
    """Every database can store the row: SQLite alone takes texts of any length, and PostgreSQL no NUL."""
    for column in row.__table__.columns:
        value = getattr(row, row.__mapper__.get_property_by_column(column).key)
        if isinstance(value, str):
            assert "\x00" not in value, (column, value)
            if isinstance(column.type, String) and column.type.length:
                assert len(value) <= column.type.length, (column, value)
            if column.name not in ("notes",):
                assert "\n" not in value, (column, value)
