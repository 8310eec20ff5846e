"""Access rights to launches, generations and exams."""

from datetime import timedelta

import pytest

from lti_tool.models import CourseCopy, ExamCourse, db, now
from lti_tool.security.tokens import LinkExpired, LinkInvalid
from lti_tool.services.exams.exam_list import list_exams
from lti_tool.services.launches.access import ItemNotFound, TeachersOnly
from lti_tool.services.launches.browser_binding import Visitor


def test_a_link_opens_its_launch_until_the_launch_expires(services, make_launch):
    launch = make_launch()
    token = services.access.link_to(launch)
    assert services.access.launch(token, Visitor()).id == launch.id
    launch.expires_at = now() - timedelta(seconds=1)
    db.session.commit()
    with pytest.raises(LinkExpired):
        services.access.launch(token, Visitor())


def test_a_link_to_a_deleted_launch_has_expired(services, make_launch):
    launch = make_launch()
    token = services.access.link_to(launch)
    db.session.delete(launch)
    db.session.commit()
    with pytest.raises(LinkExpired):
        services.access.launch(token, Visitor())


def test_the_link_contains_no_personal_data(services, make_launch):
    token = services.access.link_to(make_launch(name="Tess Teacher", email="tess@school.example"))
    assert "tess" not in token.lower()


@pytest.mark.parametrize("role", ["student", "other"])
def test_only_teachers_open_teacher_pages(services, make_launch, role):
    with pytest.raises(TeachersOnly):
        services.access.require_teacher(make_launch(role=role))


def test_a_forged_link_is_rejected(services):
    with pytest.raises(LinkInvalid):
        services.access.launch("made-up", Visitor())


def test_an_exam_is_available_to_its_owner_and_in_its_course(services, exam, make_launch):
    for launch in (make_launch(context_id="course-2"), make_launch(context_id=""), make_launch("2")):
        assert services.access.exam(launch, exam.id).id == exam.id


def test_an_exam_id_in_a_link_grants_no_access(services, exam, make_launch):
    """A student can read a link's parameters in their own launch, and may teach another course."""
    stranger = make_launch("3", context_id="course-2", exam_id=exam.id)
    with pytest.raises(ItemNotFound):
        services.access.exam(stranger, exam.id)
    assert services.access.names_exam_of_another_course(stranger)
    assert list_exams(stranger).exams == ()
    assert not services.access.names_exam_of_another_course(make_launch("3", context_id="course-2", exam_id="gone"))
    assert not services.access.names_exam_of_another_course(make_launch("2", exam_id=exam.id))


class TestCourses:
    """Exams sent to other courses, and copied courses."""

    @pytest.fixture
    def exam_sent(self, services, exam, make_launch):
        """Send the exam to "course-2"."""
        deep_linking = {"deep_link_return_url": "https://lms.example.org/return", "accept_types": ["ltiResourceLink"]}
        launch = make_launch(context_id="course-2", message_type="LtiDeepLinkingRequest", deep_linking=deep_linking)
        services.deep_linking.add(launch, exam)

    @pytest.fixture
    def copy(self, platform):
        """Record that a course is a copy of another, as a launch does."""

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

    def test_teachers_of_a_course_have_the_exams_sent_to_it(self, services, exam_sent, exam, make_launch):
        colleague = make_launch("2", context_id="course-2")
        assert services.access.exam(colleague, exam.id).id == exam.id
        assert [row.id for row in list_exams(colleague).exams] == [exam.id]

    def test_sending_an_exam_twice_adds_it_once(self, services, exam_sent, exam, make_launch):
        deep_linking = {"deep_link_return_url": "https://lms.example.org/return", "accept_types": ["ltiResourceLink"]}
        again = make_launch(context_id="course-2", message_type="LtiDeepLinkingRequest", deep_linking=deep_linking)
        services.deep_linking.add(again, exam)
        assert db.session.query(ExamCourse).count() == 1

    @pytest.mark.parametrize("origin", ["course-1", "course-2"])
    def test_teachers_of_a_copied_course_have_its_exams(self, services, exam_sent, exam, make_launch, copy, origin):
        copy("course-9", origin)
        colleague = make_launch("2", context_id="course-9")
        assert services.access.exam(colleague, exam.id).id == exam.id
        assert [row.id for row in list_exams(colleague).exams] == [exam.id]

    def test_exams_made_in_the_original_after_the_copy_stay_there(self, services, exam, make_launch, copy):
        copy("course-9", "course-1", learned_at=exam.created_at - timedelta(days=1))
        colleague = make_launch("2", context_id="course-9")
        assert list_exams(colleague).exams == ()
        with pytest.raises(ItemNotFound):
            services.access.exam(colleague, exam.id)

    def test_a_later_exam_is_available_if_its_link_was_copied_too(self, services, exam, make_launch, copy):
        copy("course-9", "course-1", learned_at=exam.created_at - timedelta(days=1))
        launched = make_launch("2", context_id="course-9", exam_id=exam.id)
        assert services.access.exam(launched, exam.id).id == exam.id

    def test_a_copy_on_another_platform_grants_no_access(self, services, exam, make_launch, copy, other_platform):
        """Course ids are small numbers in some LMSs, so several platforms have the same ones."""
        copy("course-9", "course-1", platform=other_platform)
        for launch in (
            make_launch("2", context_id="course-9", exam_id=exam.id),
            make_launch("2", platform=other_platform, context_id="course-9", exam_id=exam.id),
            make_launch("2", context_id="course-8", exam_id=exam.id),
            make_launch("2", context_id="", exam_id=exam.id),
        ):
            with pytest.raises(ItemNotFound):
                services.access.exam(launch, exam.id)
            assert list_exams(launch).exams == ()

    def test_the_original_course_gets_no_exams_from_its_copy(self, services, exam, make_launch, copy):
        copy("course-1", "course-9")
        copy("course-9", "course-8")
        with pytest.raises(ItemNotFound):
            services.access.exam(make_launch("2", context_id="course-8"), exam.id)
        assert list_exams(make_launch("2", context_id="course-8")).exams == ()


def test_an_exam_is_not_available_on_another_platform(services, exam, make_launch, other_platform):
    refused = [
        make_launch("2", context_id="course-2"),
        make_launch("2", context_id=""),
        make_launch("2", context_id="course-2", exam_id="something else"),
        make_launch("1", platform=other_platform, exam_id=exam.id),
    ]
    for launch in refused:
        with pytest.raises(ItemNotFound):
            services.access.exam(launch, exam.id)
    with pytest.raises(ItemNotFound):
        services.access.exam(make_launch(), "no such exam")


def test_the_list_has_the_persons_own_exams_and_the_courses(services, exam, make_launch):
    assert [row.id for row in list_exams(make_launch(context_id="course-2")).exams] == [exam.id]
    assert [row.id for row in list_exams(make_launch("2")).exams] == [exam.id]
    assert list_exams(make_launch("2", context_id="course-2")).exams == ()
    assert list_exams(make_launch("2", context_id="")).exams == ()


def test_only_its_owner_sees_a_generation(services, make_launch):
    generation = services.generations.start(make_launch())
    assert services.access.generation(make_launch(), generation.id).id == generation.id
    with pytest.raises(ItemNotFound):
        services.access.generation(make_launch("2"), generation.id)
