"""From "New exam" to the moment when Examplary has an exam for us."""

from datetime import UTC, datetime

import pytest

from lti_tool.errors import ExamplaryError
from lti_tool.models import Chore, GenerationState, Launch, db


def test_an_embed_is_opened_for_the_person_with_all_that_examplary_may_know(services, make_launch, store, secret_of):
    launch = make_launch(locale="nl-NL", presets={"intendedDuration": 45})
    generation = services.generations.begin(launch)
    asked = store.sessions[secret_of(generation)].request
    assert asked["flow"] == "generate-exam"
    assert asked["actor"] == launch.user.examplary_user_id
    assert asked["presets"] == {"subject": "Biology 101", "language": "nl", "intendedDuration": 45}
    assert asked["theme"] == {"primaryColor": "#4f46e5", "locale": "nl"}
    assert asked["metadata"] == {"generation": generation.id}
    assert asked["allowedOrigin"] == "http://tool.localhost:5000"
    assert asked["returnUrl"].startswith("http://tool.localhost:5000/embed/return/")
    assert services.generations.embed_url(generation).startswith("http://examplary.localhost")


def test_the_return_address_names_the_generation_and_opens_nothing_else(services, make_launch, store, secret_of):
    generation = services.generations.begin(make_launch())
    token = store.sessions[secret_of(generation)].request["returnUrl"].rsplit("/", 1)[1]
    assert services.access.returning_generation(token).id == generation.id
    with pytest.raises(Exception, match="link"):
        services.access.launch(token)


def test_neither_the_session_nor_the_embed_stands_in_the_table_as_plain_text(services, make_launch, secret_of):
    generation = services.generations.begin(make_launch())
    secret = secret_of(generation).removeprefix("embed_session_")
    assert secret not in generation.session_id_encrypted + generation.embed_url_encrypted


def test_a_user_that_examplary_has_forgotten_is_made_again_and_the_teacher_notices_nothing(
    services, make_launch, store, control
):
    launch = make_launch(email="tess@school.example")
    services.generations.begin(launch)
    before = launch.user.examplary_user_id
    control.forget_user(before)
    services.generations.begin(launch)
    assert launch.user.examplary_user_id != before
    assert launch.user.examplary_user_id in store.users


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ({"status": 401}, "examplary.key_refused"),
        ({"status": 403}, "examplary.not_allowed"),
        ({"status": 404}, "examplary.not_found"),
        ({"status": 429, "retry_after": "120"}, "examplary.busy"),
        ({"html": True}, "examplary.unavailable"),
        ({"text": "<p>hello</p>"}, "examplary.garbled"),
        ({"half": True}, None),
    ],
)
def test_what_examplary_refuses_is_said_with_a_code_and_nothing_is_left_behind(
    services, make_launch, control, fault, code
):
    control.faults("POST /embed-sessions", *[fault] * 5)
    launch = make_launch()
    with pytest.raises(ExamplaryError) as refused:
        services.generations.begin(launch)
    assert code is None or refused.value.code == code
    assert services.generations.unfinished(launch) == []


def test_discarding_an_open_generation_closes_its_session_at_examplary(services, make_launch, store):
    generation = services.generations.begin(make_launch())
    services.generations.cancel(generation)
    db.session.refresh(generation)
    assert generation.state == GenerationState.CANCELLED
    assert store.sessions == {}
    assert db.session.query(Chore).one().done_at is not None


def test_unfinished_generations_are_found_again_by_the_same_person_in_the_same_course(services, make_launch):
    generation = services.generations.begin(make_launch())
    later = make_launch()
    assert [row.id for row in services.generations.unfinished(later)] == [generation.id]
    assert services.generations.unfinished(make_launch("2")) == []
    assert services.generations.unfinished(make_launch(context_id="course-2")) == []


def test_a_generation_outlives_the_launch_that_began_it(services, make_launch):
    launch = make_launch()
    generation = services.generations.begin(launch)
    db.session.delete(db.session.get(Launch, launch.id))
    db.session.commit()
    db.session.refresh(generation)
    assert generation.launch_id is None
    assert generation.session_expires_at > datetime.now(UTC)
