"""Off means off: open pages, downloads, new exams and package links end with the next request."""

import re

import jwt
import pytest
from click.testing import CliRunner

from lti_tool.cli import main
from lti_tool.models import AuditEntry, Delivery, Generation, Launch, LmsUser, Platform, db, now
from lti_tool.services.launches.access import SwitchedOff

CONTENT_ITEMS = "https://purl.imsglobal.org/spec/lti-dl/claim/content_items"


@pytest.fixture
def link(client, canvas, services, make_exam, signing):
    """The package link that Canvas gets."""
    response = canvas.post(f"exams/{make_exam().id}/add")
    token = re.search(r'name="JWT" value="([^"]+)"', response.text)[1]
    (item,) = jwt.decode(token, options={"verify_signature": False})[CONTENT_ITEMS]
    path = item["url"].removeprefix(services.settings.base_url)
    assert client.get(path).status_code == 200
    return path


@pytest.fixture
def off(services, platform):
    """Switch the platform or the deployment off or on, as the commands do."""

    def switch(what, active):
        row = db.session.get(Platform, platform.id)
        if what == "platform":
            services.platforms.change(row, {"active": active})
        else:
            services.platforms.switch_deployment(row, "1", active=active)

    return switch


@pytest.mark.parametrize("what", ["platform", "deployment"])
def test_switching_off_ends_everything_with_the_next_request(client, canvas, link, off, services, what):
    exam_id = db.session.query(Delivery).one().exam_id
    generation = services.generations.start(db.session.get(Launch, canvas.launch.id))
    gets = ["", f"exams/{exam_id}", f"exams/{exam_id}/download/moodle-xml", f"generations/{generation.id}/state"]
    posts = ["generations", f"exams/{exam_id}/add", f"generations/{generation.id}/hint"]
    assert all(canvas.get(path).status_code < 400 for path in gets)
    count = db.session.query(Generation).count()
    off(what, active=False)
    for response in (*(canvas.get(path) for path in gets), *(canvas.post(path) for path in posts)):
        assert (response.status_code, "access.switched_off" in response.text) == (403, True)
    assert client.get(link).status_code == 404
    assert db.session.query(Generation).count() == count
    off(what, active=True)
    assert canvas.get("").status_code == 200
    assert client.get(link).status_code == 200


def test_another_deployment_stays_on(pages, off):
    other = pages(deployment_id="2")
    off("deployment", active=False)
    assert other.get("").status_code == 200


def test_a_launch_from_a_deployment_that_is_off_is_refused(lms, services):
    assert lms.launch().status_code == 303
    launch = db.session.query(Launch).one()
    services.platforms.switch_deployment(
        db.session.get(Platform, launch.platform_id), launch.deployment_id, active=False
    )
    refused = lms.launch()
    assert (refused.status_code, "lti.deployment_inactive" in refused.text) == (403, True)
    assert db.session.query(Launch).count() == 1


def test_the_embed_return_ends_too(canvas, services, off):
    generation = services.generations.start(db.session.get(Launch, canvas.launch.id))
    token = services.tokens.sign("embed-return", generation.id)
    assert services.access.returning_generation(token).id == generation.id
    off("platform", active=False)
    with pytest.raises(SwitchedOff):
        services.access.returning_generation(token)


def test_erasing_a_person_revokes_their_links_to_exams_of_others(client, canvas, make_exam, services, pages, signing):
    exam = make_exam()
    colleague = pages(
        "2", family="canvas", message_type="LtiDeepLinkingRequest", deep_linking=canvas.launch.deep_linking
    )
    colleague.post(f"exams/{exam.id}/add")
    delivery = db.session.query(Delivery).one()
    services.privacy.erase(db.session.query(LmsUser).filter_by(sub="2").one())
    db.session.refresh(delivery)
    assert delivery.revoked_at is not None


def test_a_teacher_revokes_the_link_without_a_script(client, canvas, link):
    exam_id = db.session.query(Delivery).one().exam_id
    page = canvas.get(f"exams/{exam_id}").text
    assert f'action="{canvas.url(f"exams/{exam_id}/links/revoke")}"' in page
    answer = canvas.post(f"exams/{exam_id}/links/revoke")
    assert answer.status_code == 303
    assert client.get(link).status_code == 404
    assert "links/revoke" not in canvas.get(f"exams/{exam_id}").text
    entry = db.session.query(AuditEntry).filter_by(action="links.revoked").one()
    assert (entry.actor, entry.subject, entry.detail) == (canvas.launch.lms_user_id, exam_id, "1")


def test_a_student_and_a_stranger_revoke_nothing(client, pages, link):
    exam_id = db.session.query(Delivery).one().exam_id
    assert pages("3", role="student").post(f"exams/{exam_id}/links/revoke").status_code == 403
    assert pages("4", context_id="another-course").post(f"exams/{exam_id}/links/revoke").status_code == 404
    assert client.get(link).status_code == 200


@pytest.mark.parametrize("way", ["link", "exam", "platform", "token"])
def test_an_administrator_revokes_by_link_exam_or_platform(client, services, platform, link, way):
    links, delivery = services.package_links, db.session.query(Delivery).one()
    revoke = {
        "link": lambda: links.revoke_link(services.settings.base_url + link),
        "token": lambda: links.revoke_link(link.split("/")[2]),
        "exam": lambda: links.revoke_exam(delivery.exam_id),
        "platform": lambda: links.revoke_platform(db.session.get(Platform, platform.id)),
    }[way]
    assert (revoke(), revoke()) == (1, 0)
    assert client.get(link).status_code == 404
    assert db.session.query(Delivery).filter(Delivery.revoked_at <= now()).count() == 1


def test_the_command_names_exactly_one_target():
    for arguments in ([], ["--issuer", "a"], ["--link", "a", "--exam", "b"]):
        assert CliRunner().invoke(main, ["deliveries", "revoke", *arguments]).exit_code == 2
