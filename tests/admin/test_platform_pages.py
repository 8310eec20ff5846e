"""The pages of platforms, and their forms."""

import json

import pytest
from lxml import html

from lti_tool.models import AdminRole, AuditEntry, Deployment, Exam, Platform, RegistrationLink, db, now
from tests.support.console import Console, add_account
from tests.support.examplary import API_KEY


def reread(platform):
    db.session.expire_all()
    return db.session.get(Platform, platform.id)


def test_the_list_shows_states_and_searches(owner, platform, other_platform, services):
    services.platforms.change(other_platform, {"active": False})
    text = owner.page("/admin/platforms").text_content()
    assert "Waiting for the first launch" in text
    assert "Other University" in text
    results = owner.page("/admin/platforms?q=OTHER").text_content()
    assert "Other University" in results
    assert "https://lms.example.org" not in results
    assert "No platform contains" in owner.page("/admin/platforms?q=100%25").text_content()


def test_the_list_has_pages(owner, services, app):
    for number in range(30):
        db.session.add(
            Platform(
                issuer=f"https://{number:02}.example.org",
                client_id="c",
                authorization_url="https://x.org",
                jwks_url="https://x.org",
            )
        )
    db.session.commit()
    first = owner.page("/admin/platforms")
    (more,) = first.xpath("//a[contains(., 'More')]/@href")
    second = owner.page(more).text_content()
    assert "https://24.example.org" in first.text_content()
    assert "https://25.example.org" in second
    assert "https://29.example.org" in second
    assert "https://24.example.org" not in second


def test_an_administrator_sees_only_the_own_platforms(signed_in, platform, other_platform):
    console = signed_in(AdminRole.ADMINISTRATOR, platforms=[platform])
    page = console.page("/admin/platforms")
    assert "Other University" not in page.text_content()
    assert not page.xpath("//a[@href='/admin/platforms/new']")
    assert console.get("/admin/platforms/new").status_code == 404
    assert console.get("/admin/platforms/new/moodle").status_code == 404
    assert console.post("/admin/platforms/new/moodle/link").status_code == 404


def test_a_platform_is_switched_off_and_on_again(owner, platform):
    path = f"/admin/platforms/{platform.id}"
    assert owner.post(f"{path}/off").status_code == 303
    assert not reread(platform).active
    assert "Launches are refused until you switch it on" in owner.page(path).text_content()
    owner.post(f"{path}/on")
    assert reread(platform).active
    entry = db.session.query(AuditEntry).order_by(AuditEntry.id.desc()).first()
    assert entry.actor.startswith("admin:")
    assert (entry.action, entry.platform_id) == ("platform.changed", platform.id)


def test_waiting_for_the_first_launch_turns_green_by_itself(owner, platform):
    """Without JavaScript the page reloads itself, with it a script asks for the state."""
    path = f"/admin/platforms/{platform.id}"
    waiting = owner.page(path)
    assert waiting.xpath("//noscript/meta[@http-equiv='refresh']/@content") == ["20"]
    (card,) = waiting.xpath("//*[@data-waiting]")
    assert (card.get("data-waiting"), owner.get(card.get("data-url")).json) == ("waiting", {"state": "waiting"})
    platform.launched_at = now()
    db.session.commit()
    assert owner.get(card.get("data-url")).json == {"state": "working"}
    working = owner.page(path)
    assert not working.xpath("//noscript/meta | //*[@data-waiting]")
    assert working.xpath("//*[contains(@class, 'tag-good')]")


def test_settings_are_tidied_and_stored(owner, platform):
    path = f"/admin/platforms/{platform.id}/settings"
    fields = {
        "name": "  Our LMS ",
        "notes": "Ask\r\nBob",
        "theme_color": "#112233",
        "presets": "subject=Biology\r\n\r\nduration=50",
        "frame_hosts": "https://courses.example.org",
    }
    assert owner.post(path, **fields).status_code == 303
    row = reread(platform)
    assert (row.name, row.theme_color, row.frame_hosts) == ("Our LMS", "#112233", ["https://courses.example.org"])
    assert row.presets == {"subject": "Biology", "intendedDuration": 45}
    assert row.jwks_url == platform.jwks_url
    page = owner.page(path)
    assert page.xpath("//textarea[@name='presets']")[0].text.strip() == "subject=Biology\nduration=45"
    assert "Our LMS" in owner.page("/admin/platforms").text_content()


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("theme_color", "red", "It must be a colour such as #4f46e5."),
        ("presets", "colour=red", "must be name=value"),
        ("frame_hosts", "not a host", "is not a host"),
        ("jwks_url", "http://lms.example.org/keys\x00", "It must be a complete address."),
        ("client_id", "", "It can't be empty."),
        ("name", "x" * 300, "longer than 255"),
    ],
)
def test_a_wrong_value_is_refused_beside_its_field(owner, platform, field, value, reason):
    response = owner.post(f"/admin/platforms/{platform.id}/settings", **{field: value})
    assert response.status_code == 422
    page = html.document_fromstring(response.text)
    (error,) = page.xpath(f"//*[@id='{field}-error']")
    assert reason in error.text_content()
    (control,) = page.xpath(f"//*[@id='{field}']")
    assert control.get("aria-invalid") == "true"
    assert f"{field}-error" in control.get("aria-describedby")
    assert reread(platform).theme_color == ""


@pytest.fixture
def german_owner(app, services):
    """An owner whose browser asks for German."""
    add_account(services, "owner@example.org")
    console = Console(app.test_client())
    console.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "de"
    assert console.sign_in("owner@example.org").status_code == 303
    return console


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("default_format", "word", "Es muss canvas-qti, qti21, qti30, moodle-xml oder common-cartridge sein."),
        ("formats", "word", "Es muss eines oder mehrere hiervon sein: canvas-qti, qti21, qti30, moodle-xml, "),
        ("frame_hosts", "not a host", "not a host ist kein Host."),
        ("role_overrides", "Dean", "Dean muss Rolle=teacher, =administrator oder =nobody sein."),
        ("role_overrides", "Dean=teacher\nDean=nobody", "Dean steht zweimal da."),
        ("presets", "colour=red", "colour=red muss Name=Wert sein, mit einem dieser Namen: "),
        ("notes", "x" * 4001, "Sie sind länger als 4.000 Zeichen."),
    ],
)
def test_reasons_with_lists_are_in_the_pages_language(german_owner, platform, field, value, reason):
    response = german_owner.post(f"/admin/platforms/{platform.id}/settings", **{field: value})
    (error,) = html.document_fromstring(response.text).xpath(f"//*[@id='{field}-error']")
    assert reason in error.text_content()


def test_findings_with_lists_are_in_the_pages_language(german_owner, platform, services):
    addresses = {"authorization_url": platform.authorization_url, "jwks_url": platform.jwks_url}
    for number in ("2", "3"):
        services.platforms.add({"issuer": platform.issuer, "client_id": f"client-{number}"} | addresses)
    services.platforms.change(platform, {"frame_hosts": ["https://example.org"]})
    german_owner.post(f"/admin/platforms/{platform.id}/check")
    text = german_owner.get(f"/admin/platforms/{platform.id}").text
    assert "die anderen Client-IDs: client-2 und client-3." in text
    assert "https://lms.example.org und https://example.org" in text


def test_why_a_merge_is_refused_is_in_the_pages_language(german_owner, platform, services):
    addresses = {"authorization_url": platform.authorization_url, "jwks_url": platform.jwks_url}
    duplicate = services.platforms.add({"issuer": platform.issuer, "client_id": "client-2"} | addresses)
    duplicate.api_key_encrypted = "own"
    db.session.commit()
    response = german_owner.post(f"/admin/platforms/{duplicate.id}/danger/merge", into=platform.id)
    assert "eine von ihnen hat einen eigenen API-Schlüssel" in response.text


def test_deployments_are_added_and_switched_off(owner, platform):
    path = f"/admin/platforms/{platform.id}/deployments"
    assert owner.post(path, deployment_id="7").status_code == 303
    owner.post(f"{path}/off", deployment_id="7")
    assert [(row.deployment_id, row.active, row.named) for row in reread(platform).deployments][-1] == (
        "7",
        False,
        True,
    )
    owner.post(f"{path}/on", deployment_id="7")
    owner.post(f"{path}/remove", deployment_id="7")
    owner.post(f"{path}/on", deployment_id="never heard of")
    assert [row.deployment_id for row in reread(platform).deployments] == ["1"]
    assert owner.post(path, deployment_id="x" * 300).status_code == 422


def test_an_api_key_is_tried_and_stored_encrypted(owner, platform, services):
    path = f"/admin/platforms/{platform.id}/key"
    wrong = owner.post(path, api_key="no key")
    assert wrong.status_code == 422
    assert reread(platform).api_key_encrypted is None
    assert owner.post(path, api_key=f"API key: “{API_KEY}\u200b” ").status_code == 303
    assert services.vault.decrypt(reread(platform).api_key_encrypted) == API_KEY
    assert API_KEY not in owner.get(f"/admin/platforms/{platform.id}/settings").text
    assert owner.post(path, remove="1").status_code == 303
    assert reread(platform).api_key_encrypted is None


def test_a_check_is_shown_and_kept(owner, platform):
    response = owner.post(f"/admin/platforms/{platform.id}/check")
    assert response.status_code == 303
    text = owner.page(f"/admin/platforms/{platform.id}").text_content()
    assert "Latest check" in text
    assert "can't be reached" in text
    assert "Check failed" in owner.page("/admin/platforms").text_content()


def test_a_platform_is_moved_to_another_address(owner, platform):
    path = f"/admin/platforms/{platform.id}/danger/move"
    assert owner.post(path, issuer="nowhere at all").status_code == 422
    assert owner.post(path, issuer="https://new.example.org").status_code == 303
    assert reread(platform).jwks_url == "https://new.example.org/jwks"


def test_a_duplicate_is_merged_into_another_platform(owner, platform, services):
    addresses = {"authorization_url": platform.authorization_url, "jwks_url": platform.jwks_url}
    duplicate = services.platforms.add({"issuer": platform.issuer, "client_id": "client-2"} | addresses)
    path = f"/admin/platforms/{duplicate.id}/danger"
    assert "client-1" in owner.page(path).text_content()
    unchosen = owner.post(f"{path}/merge")
    assert unchosen.status_code == 422
    assert "Choose the registration that stays." in unchosen.text
    assert owner.post(f"{path}/merge", into="unknown").status_code == 422
    response = owner.post(f"{path}/merge", into=platform.id)
    assert response.location == f"/admin/platforms/{platform.id}"
    assert db.session.query(Platform).count() == 1


def test_removing_needs_its_client_id_and_lists_the_consequences(owner, platform, make_launch):
    launch = make_launch("1")
    db.session.add(
        Exam(
            platform_id=platform.id,
            owner_id=launch.lms_user_id,
            title="x",
            examplary_exam_id="e",
            points=1,
            question_count=1,
            snapshot=json.dumps({}),
        )
    )
    db.session.commit()
    path = f"/admin/platforms/{platform.id}/danger"
    text = owner.page(path).text_content()
    assert "its people (1)" in text
    assert "exams (1)" in text
    mistyped = owner.post(f"{path}/remove", confirmation="client")
    assert mistyped.status_code == 422
    assert "Type client-1 to confirm." in mistyped.text
    refused = owner.post(f"{path}/remove", confirmation="client-1")
    assert refused.status_code == 422
    assert "still in use" in refused.text
    assert owner.post(f"{path}/remove", confirmation="client-1", with_exams="1").status_code == 303
    assert db.session.query(Platform).count() == 0


class TestAdding:
    def test_moodle_needs_no_more_than_three_values(self, owner):
        response = owner.post(
            "/admin/platforms/new/moodle",
            name="M",
            issuer=" moodle.example.org/ ",
            client_id="'abc'",
            deployment_id="2",
        )
        row = db.session.query(Platform).one()
        assert response.location == f"/admin/platforms/{row.id}"
        assert (row.issuer, row.client_id, row.family) == ("https://moodle.example.org", "abc", "moodle")
        assert row.token_url == "https://moodle.example.org/mod/lti/token.php"
        assert [row.deployment_id for row in db.session.query(Deployment)] == ["2"]
        assert "Waiting for the first launch" in owner.page(response.location).text_content()

    def test_canvas_knows_its_issuers(self, owner):
        owner.post("/admin/platforms/new/canvas", issuer="https://canvas.beta.instructure.com/", client_id="1")
        row = db.session.query(Platform).one()
        assert row.jwks_url == "https://sso.beta.canvaslms.com/api/lti/security/jwks"

    def test_a_wrong_value_is_refused_beside_its_field_and_the_input_is_kept(self, owner):
        response = owner.post(
            "/admin/platforms/new/sakai", issuer="https://s.example.org", client_id="typed", jwks_url="the keys"
        )
        assert response.status_code == 422
        assert 'id="jwks_url-error"' in response.text
        assert 'value="typed"' in response.text
        missing = owner.post("/admin/platforms/new/sakai", issuer="https://s.example.org")
        assert 'id="client_id-error"' in missing.text
        assert db.session.query(Platform).count() == 0

    def test_the_same_registration_twice_is_refused(self, owner, platform):
        response = owner.post(
            "/admin/platforms/new/generic",
            issuer=platform.issuer,
            client_id=platform.client_id,
            authorization_url=platform.authorization_url,
            jwks_url=platform.jwks_url,
        )
        assert response.status_code == 422
        assert "already registered" in response.text

    @pytest.mark.parametrize(
        "family", ["canvas", "moodle", "blackboard", "brightspace", "sakai", "openedx", "generic", "x"]
    )
    def test_every_lms_has_a_page_with_the_addresses(self, owner, family):
        text = owner.page(f"/admin/platforms/new/{family}").text_content()
        for path in ("/lti/login", "/lti/launch", "/lti/jwks.json"):
            assert f"http://tool.localhost:5000{path}" in text

    def test_a_link_is_shown_until_it_is_used_and_not_used_up_by_a_person(self, owner, services):
        page = owner.post("/admin/platforms/new/moodle/link", name="Our Moodle").location
        link = db.session.query(RegistrationLink).one()
        address = services.registration.address_of(link)
        for _ in range(2):
            assert address in owner.get(page).text
        assert owner.client.get(address.removeprefix("http://tool.localhost:5000")).status_code == 200
        assert owner.get(f"{page}/state").json == {"state": "invited"}
        assert "Our Moodle" in owner.page("/admin/platforms").text_content()
        assert address.rsplit("/", 1)[1] not in str(vars(link))

    def test_a_link_can_be_ended(self, owner, services):
        page = owner.post("/admin/platforms/new/moodle/link").location
        address = services.registration.address_of(db.session.query(RegistrationLink).one())
        assert owner.post(f"{page}/revoke").status_code == 303
        assert owner.client.get(address.removeprefix("http://tool.localhost:5000")).status_code == 410
        assert "This link is no longer valid" in owner.get(page).text


def test_readers_see_no_buttons(signed_in, platform):
    console = signed_in(AdminRole.READER, platforms=[platform])
    page = console.page(f"/admin/platforms/{platform.id}")
    assert {form.get("action") for form in page.xpath("//form")} == {"/admin/sign-out", "/language"}


class TestLmsKey:
    def test_only_an_lms_with_an_api_of_its_own_has_the_form(self, owner, platform, services):
        path = f"/admin/platforms/{platform.id}"
        assert 'id="lms-key"' not in owner.get(f"{path}/settings").text
        assert owner.post(f"{path}/lms-key", base_url="https://x.org", key_id="1", secret="s").status_code == 422

    def test_a_key_is_stored_encrypted_and_removed(self, owner, platform, services):
        services.platforms.change(platform, {"family": "canvas"})
        path = f"/admin/platforms/{platform.id}/lms-key"
        wrong = owner.post(path, base_url="https://school.instructure.com", key_id="", secret="s")
        assert wrong.status_code == 422
        assert 'id="key_id-error"' in wrong.text
        done = owner.post(
            path, base_url="https://school.instructure.com", key_id="17", secret="the secret", all_scopes="1"
        )
        assert done.status_code == 303
        key = services.api_keys.of(reread(platform))
        assert (key.client_id, services.vault.decrypt(key.secret_encrypted)) == ("17", "the secret")
        page = owner.get(f"/admin/platforms/{platform.id}/settings").text
        assert "https://school.instructure.com" in page
        assert "the secret" not in page
        owner.post(path, remove="1")
        assert services.api_keys.of(reread(platform)) is None
        entry = db.session.query(AuditEntry).order_by(AuditEntry.id.desc()).first()
        assert entry.actor.startswith("admin:")


def test_an_empty_key_is_asked_for(owner, platform):
    refused = owner.post(f"/admin/platforms/{platform.id}/key", api_key=" ")
    assert refused.status_code == 422
    assert "It&#39;s missing." in refused.text
    assert "…</" not in refused.text.split('id="api_key"')[1].split("</form>")[0]
