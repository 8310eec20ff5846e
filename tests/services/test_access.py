"""Who may see what."""

from datetime import timedelta

import pytest

from lti_tool.models import CourseCopy, ExamCourse, Platform, db, now
from lti_tool.security.tokens import LinkExpired, LinkInvalid
from lti_tool.services.launches.access import ItemNotFound, TeachersOnly


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


def test_an_exam_is_seen_by_its_owner_and_in_its_course(services, exam, make_launch):
    for launch in (make_launch(context_id="course-2"), make_launch(context_id=""), make_launch("2")):
        assert services.access.exam(launch, exam.id).id == exam.id


def test_that_a_link_names_an_exam_opens_it_for_nobody(services, exam, make_launch):
    """A student of its course reads the link's parameters in their own launch, and may teach another course."""
    stranger = make_launch("3", context_id="course-2", exam_id=exam.id)
    with pytest.raises(ItemNotFound):
        services.access.exam(stranger, exam.id)
    assert services.access.names_exam_of_another_course(stranger)
    assert services.access.exams(stranger) == []
    assert not services.access.names_exam_of_another_course(make_launch("3", context_id="course-2", exam_id="gone"))
    assert not services.access.names_exam_of_another_course(make_launch("2", exam_id=exam.id))


class TestCourses:
    """Exams that were sent elsewhere, and courses that were copied."""

    @pytest.fixture
    def sent(self, services, exam, make_launch):
        """Send the exam into "course-2"."""
        deep_linking = {"deep_link_return_url": "https://lms.example.org/return", "accept_types": ["ltiResourceLink"]}
        launch = make_launch(context_id="course-2", message_type="LtiDeepLinkingRequest", deep_linking=deep_linking)
        services.deep_linking.add(launch, exam)

    @pytest.fixture
    def copy(self, platform):
        """Note that a course is a copy of another, as a launch does."""

        def note(context_id, copied_from, *, platform=platform, learned_at=None):
            row = CourseCopy(
                platform_id=platform.id,
                context_id=context_id,
                copied_from=copied_from,
                learned_at=learned_at or now(),
            )
            db.session.add(row)
            db.session.commit()

        return note

    def test_teachers_of_the_course_into_which_it_was_sent_have_it(self, services, sent, exam, make_launch):
        colleague = make_launch("2", context_id="course-2")
        assert services.access.exam(colleague, exam.id).id == exam.id
        assert [row.id for row in services.access.exams(colleague)] == [exam.id]

    def test_sending_it_twice_is_sending_it_once(self, services, sent, exam, make_launch):
        deep_linking = {"deep_link_return_url": "https://lms.example.org/return", "accept_types": ["ltiResourceLink"]}
        again = make_launch(context_id="course-2", message_type="LtiDeepLinkingRequest", deep_linking=deep_linking)
        services.deep_linking.add(again, exam)
        assert db.session.query(ExamCourse).count() == 1

    @pytest.mark.parametrize("origin", ["course-1", "course-2"])
    def test_teachers_of_a_copy_have_what_was_there_to_be_copied(self, services, sent, exam, make_launch, copy, origin):
        copy("course-9", origin)
        colleague = make_launch("2", context_id="course-9")
        assert services.access.exam(colleague, exam.id).id == exam.id
        assert [row.id for row in services.access.exams(colleague)] == [exam.id]

    def test_what_was_made_later_in_the_other_course_is_no_part_of_the_copy(self, services, exam, make_launch, copy):
        copy("course-9", "course-1", learned_at=exam.created_at - timedelta(days=1))
        colleague = make_launch("2", context_id="course-9")
        assert services.access.exams(colleague) == []
        with pytest.raises(ItemNotFound):
            services.access.exam(colleague, exam.id)

    def test_unless_its_link_was_copied_later_too(self, services, exam, make_launch, copy):
        copy("course-9", "course-1", learned_at=exam.created_at - timedelta(days=1))
        launched = make_launch("2", context_id="course-9", exam_id=exam.id)
        assert services.access.exam(launched, exam.id).id == exam.id

    def test_a_copy_elsewhere_opens_nothing(self, services, exam, make_launch, copy):
        """Course ids are small numbers in some LMSs: the same one is at every one of them."""
        other = Platform(
            issuer="https://other.example.org",
            client_id="c",
            authorization_url="https://other.example.org/auth",
            jwks_url="https://other.example.org/jwks",
        )
        db.session.add(other)
        db.session.commit()
        copy("course-9", "course-1", platform=other)
        for launch in (
            make_launch("2", context_id="course-9", exam_id=exam.id),
            make_launch("2", platform=other, context_id="course-9", exam_id=exam.id),
            make_launch("2", context_id="course-8", exam_id=exam.id),
            make_launch("2", context_id="", exam_id=exam.id),
        ):
            with pytest.raises(ItemNotFound):
                services.access.exam(launch, exam.id)
            assert services.access.exams(launch) == []

    def test_the_copied_course_gains_nothing_from_its_copy(self, services, exam, make_launch, copy):
        copy("course-1", "course-9")
        copy("course-9", "course-8")
        with pytest.raises(ItemNotFound):
            services.access.exam(make_launch("2", context_id="course-8"), exam.id)
        assert services.access.exams(make_launch("2", context_id="course-8")) == []


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
        with pytest.raises(ItemNotFound):
            services.access.exam(launch, exam.id)
    with pytest.raises(ItemNotFound):
        services.access.exam(make_launch(), "no such exam")


def test_the_list_holds_ones_own_exams_and_the_courses_and_no_others(services, exam, make_launch):
    assert [row.id for row in services.access.exams(make_launch(context_id="course-2"))] == [exam.id]
    assert [row.id for row in services.access.exams(make_launch("2"))] == [exam.id]
    assert services.access.exams(make_launch("2", context_id="course-2")) == []
    assert services.access.exams(make_launch("2", context_id="")) == []


def test_a_generation_is_seen_by_the_person_who_began_it_alone(services, make_launch):
    generation = services.generations.start(make_launch())
    assert services.access.generation(make_launch(), generation.id).id == generation.id
    with pytest.raises(ItemNotFound):
        services.access.generation(make_launch("2"), generation.id)
