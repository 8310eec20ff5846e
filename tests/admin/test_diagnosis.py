"""The console's pages of refused launches."""

from __future__ import annotations

import pytest

from lti_tool.models import AdminRole, Deployment, Refusal, db


@pytest.fixture
def refusal(platform):
    """A verified launch with an unknown deployment."""
    return store("a1b2c3d4e5f6", platform, deployment_id="campus-2")


def store(number, platform=None, *, code="lti.deployment_unknown", verified=True, **arrived):
    values = {"issuer": platform.issuer if platform else "https://unknown.example"} | arrived
    row = Refusal(
        number=number,
        code=code,
        platform_id=platform.id if platform else None,
        source_hash="x",
        verified=verified,
        arrived=values,
    )
    db.session.add(row)
    db.session.commit()
    return row


def test_the_number_leads_to_the_reason_and_the_correction(owner, platform, refusal):
    assert "campus-2" not in {deployment.deployment_id for deployment in platform.deployments}
    response = owner.get("/admin/diagnosis?number=A1B2C3D4E5F6", follow_redirects=True)
    assert "campus-2" in response.text
    assert "Signed with this LMS" in response.text
    assert owner.post(f"/admin/diagnosis/{refusal.number}/deployment").status_code == 303
    assert db.session.query(Deployment).filter_by(platform_id=platform.id, deployment_id="campus-2").one().named
    assert "Add this deployment" not in owner.page(f"/admin/diagnosis/{refusal.number}").text_content()


def test_an_unverified_token_is_marked_and_offers_nothing(owner, platform):
    row = store("ffffffffffff", platform, verified=False, deployment_id="<b>evil</b>")
    page = owner.page(f"/admin/diagnosis/{row.number}")
    assert "Not verified" in page.text_content()
    assert page.xpath("//b") == []
    assert "Add this deployment" not in page.text_content()
    assert owner.post(f"/admin/diagnosis/{row.number}/deployment").status_code == 409


def test_the_list_counts_reasons(owner, platform, refusal):
    store("000000000001", code="lti.unknown_platform", verified=False)
    text = owner.page("/admin/diagnosis").text_content()
    assert "lti.deployment_unknown" in text
    assert "https://unknown.example" in text


def test_others_refusals_are_not_found(signed_in, platform, other_platform, refusal):
    store("000000000001", code="lti.unknown_platform")
    console = signed_in(AdminRole.ADMINISTRATOR, platforms=[other_platform])
    assert "a1b2c3" not in console.get("/admin/diagnosis").text
    assert "unknown.example" not in console.get("/admin/diagnosis").text
    assert console.get(f"/admin/diagnosis/{refusal.number}").status_code == 404
    assert console.post(f"/admin/diagnosis/{refusal.number}/deployment").status_code == 404


def test_readers_look_and_change_nothing(signed_in, platform, refusal):
    reader = signed_in(AdminRole.READER, all_platforms=True)
    assert "campus-2" in reader.get(f"/admin/diagnosis/{refusal.number}").text
    assert reader.post(f"/admin/diagnosis/{refusal.number}/deployment").status_code == 403
