"""Who may see what."""

from datetime import timedelta

import pytest

from lti_tool.models import Platform, db, now
from lti_tool.security.tokens import LinkExpired, LinkInvalid
from lti_tool.services.access import NotYours, TeachersOnly


def test_a_link_leads_to_its_launch_and_runs_out_with_it(services, make_launch):
    launch = make_launch()
    token = services.access.link_to(launch)
    assert services.access.launch(token).id == launch.id
    launch.expires_at = now() - timedelta(seconds=1)
    db.session.commit()
    with pytest.raises(LinkExpired):
        services.access.launch(token)


def test_a_link_to_a_launch_that_is_no_longer_kept_has_run_out(services, make_launch):
    launch = make_launch()
    token = services.access.link_to(launch)
    db.session.delete(launch)
    db.session.commit()
    with pytest.raises(LinkExpired):
        services.access.launch(token)


def test_the_link_says_nothing_about_the_person(services, make_launch):
    token = services.access.link_to(make_launch(name="Tess Teacher", email="tess@school.example"))
    assert "tess" not in token.lower()


@pytest.mark.parametrize("role", ["student", "other"])
def test_only_teachers_pass_the_teachers_door(services, make_launch, role):
    token = services.access.link_to(make_launch(role=role))
    with pytest.raises(TeachersOnly):
        services.access.teacher_launch(token)


def test_a_made_up_link_leads_nowhere(services):
    with pytest.raises(LinkInvalid):
        services.access.launch("made-up")


def test_an_exam_is_seen_by_its_owner_its_course_and_the_link_that_names_it(services, exam, make_launch):
    allowed = [
        make_launch(context_id="course-2"),
        make_launch("2"),
        make_launch("3", context_id="course-2", exam_id=exam.id),
    ]
    for launch in allowed:
        assert services.access.exam(launch, exam.id).id == exam.id


def test_an_exam_is_not_seen_from_elsewhere(services, exam, make_launch, platform):
    other = Platform(
        issuer="https://other.example.org",
        client_id="c",
        authorization_url="https://other.example.org/auth",
        jwks_url="https://other.example.org/jwks",
    )
    db.session.add(other)
    db.session.commit()
    refused = [
        make_launch("2", context_id="course-2"),
        make_launch("2", context_id=""),
        make_launch("2", context_id="course-2", exam_id="something else"),
        make_launch("1", platform=other, exam_id=exam.id),
    ]
    for launch in refused:
        with pytest.raises(NotYours):
            services.access.exam(launch, exam.id)
    with pytest.raises(NotYours):
        services.access.exam(make_launch(), "no such exam")


def test_the_list_holds_ones_own_exams_and_the_courses_and_no_others(services, exam, make_launch):
    assert [row.id for row in services.access.exams(make_launch(context_id="course-2"))] == [exam.id]
    assert [row.id for row in services.access.exams(make_launch("2"))] == [exam.id]
    assert services.access.exams(make_launch("2", context_id="course-2")) == []
    assert services.access.exams(make_launch("2", context_id="")) == []


def test_a_generation_is_seen_by_the_person_who_began_it_alone(services, make_launch):
    generation = services.generations.begin(make_launch())
    assert services.access.generation(make_launch(), generation.id).id == generation.id
    with pytest.raises(NotYours):
        services.access.generation(make_launch("2"), generation.id)
