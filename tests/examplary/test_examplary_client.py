"""The client of Examplary's API against the sandbox: workflow, refusals, retries and faults."""

from __future__ import annotations

import json
import logging
import socket
import threading
import time
import traceback
from datetime import UTC, datetime, timedelta

import pytest

from lti_tool.errors import ExamplaryError, SettingsError
from lti_tool.examplary import (
    ActorIsKeyOwner,
    AddressRefused,
    ApiKeyRejected,
    EmailTaken,
    EmbedSessionRequest,
    ExamplaryClient,
    ExamplaryResponseTooLarge,
    Fetcher,
    FetchLimits,
    InvalidRequest,
    InvalidResponse,
    NotAllowed,
    NotFound,
    RateLimited,
    RetryPolicy,
    SessionState,
    Timeouts,
    Unavailable,
    UserUnknown,
)
from sandbox.examplary import ExamplaryConfig, Fault, RateLimit

GET_EXAM = "GET /exams/{id}"
USERS = "POST /users"
SECRET_ID = "embed_session_Secret42"
SECRET_KEY = "examp_Secret99"
KEY_OF_WORLD = ExamplaryConfig().api_key


class TestWorkflow:
    def test_the_whole_life_of_an_embed_session(self, world):
        client = world.client()
        teacher = client.create_user("ann@school.example", " Ann ")
        assert teacher.created
        assert teacher.name == "Ann"
        request = EmbedSessionRequest(
            actor=teacher.id,
            presets={"name": "Water", "language": "nl"},
            metadata={"course": "42"},
            return_url="https://tool.example/back/1",
            allowed_origin="https://tool.example",
        )
        session = client.create_embed_session(request)
        assert session.response_modes == ("return_url", "post_message")
        assert session.state(datetime.now(UTC)) is SessionState.OPEN
        token = session.embed_url.rpartition("/")[2]
        assert session.id == f"embed_session_{token}"
        world.app.test_client().post(f"/embeds/{token}/generate")

        done = client.get_embed_session(session.id)
        assert done.state(datetime.now(UTC)) is SessionState.COMPLETED
        assert done.metadata == {"course": "42"}
        exam = client.get_exam(done.exam_id)
        assert exam.data["name"] == "Water"
        assert json.loads(exam.text) == exam.data
        assert client.export_qti3_zip(done.exam_id).startswith(b"PK\x03\x04")

        for _ in range(2):  # deleting it again does nothing
            client.delete_exam(done.exam_id)
            client.delete_embed_session(session.id)
        with pytest.raises(NotFound):
            client.get_exam(done.exam_id)

    def test_long_names_are_cut(self, world):
        assert len(world.client().create_user("b@school.example", "n" * 300).name) == 100

    def test_the_key_owner_is_known(self, world):
        assert world.client().me().id == ExamplaryConfig().owner_id

    def test_images_of_an_exam_can_be_downloaded(self, world):
        client = world.client()
        image = client.download(f"{world.server.local_url}/uploads/circle-red.png")
        assert image.media_type == "image/png"


class TestRefusals:
    def test_a_wrong_key_is_rejected(self, world):
        with pytest.raises(ApiKeyRejected):
            world.client("examp_wrong").me()

    def test_a_key_that_fits_in_no_header(self):
        with pytest.raises(SettingsError):
            ExamplaryClient("https://api.example", "examp_a\nb")

    def test_a_workspace_that_is_not_approved(self, make_world):
        with pytest.raises(NotAllowed):
            make_world(ExamplaryConfig(approved=False)).open_session()

    def test_an_email_that_has_a_user(self, world):
        client = world.client()
        client.create_user("ann@school.example")
        with pytest.raises(EmailTaken):
            client.create_user("Ann@school.example")

    @pytest.mark.parametrize(
        ("actor", "error"),
        [(ExamplaryConfig().owner_id, ActorIsKeyOwner), ("user_gone000", UserUnknown), ("someone", InvalidRequest)],
    )
    def test_an_actor_that_may_not_start_a_session_is_refused(self, world, actor, error):
        with pytest.raises(error) as caught:
            world.client().create_embed_session(EmbedSessionRequest(actor=actor))
        assert type(caught.value) is error

    @pytest.mark.parametrize(
        ("status", "body", "error"),
        [
            (400, '{"error": {"message": "Actor with the given ID does not exist as a member"}}', UserUnknown),
            (404, '{"error": "Actor not found"}', UserUnknown),
            (409, '{"errors": [{"message": "Email already in use"}]}', EmailTaken),
            (400, '{"message": "email: Invalid email address"}', InvalidRequest),
            (422, '{"error": "presets.name: too long"}', InvalidRequest),
            (402, "{}", NotAllowed),
            (410, "{}", NotFound),
            (418, "plain words", InvalidRequest),
            (302, "<p>elsewhere</p>", InvalidResponse),
            (413, '[["deep"]]', InvalidRequest),
        ],
    )
    def test_other_statuses_and_shapes_of_error(self, world, status, body, error):
        world.faults.script(USERS, Fault(status=status, body=body))
        with pytest.raises(error) as caught:
            world.client().create_user("a@school.example")
        assert type(caught.value) is error
        assert world.faults.count(USERS) == 1

    @pytest.mark.parametrize("exam_id", ["", "..", "a/b", "exam_1?x=1", "exam_é", "a" * 201])
    def test_an_invalid_id_is_not_sent(self, world, exam_id):
        with pytest.raises(InvalidRequest):
            world.client().get_exam(exam_id)
        assert not world.faults.journal


class TestTryingAgain:
    @pytest.mark.parametrize(
        "fault",
        [Fault(status=500), Fault(status=503), Fault(html=True), Fault(half=True), Fault(lost=True), Fault(text="[]")],
    )
    def test_reads_are_retried_after_any_fault(self, world, fault):
        exam_id = world.exam_id()
        world.faults.script(GET_EXAM, fault, fault)
        assert world.client().get_exam(exam_id).data["id"] == exam_id
        assert world.pauses == [0.25, 0.5]

    def test_reads_give_up_after_the_last_attempt(self, world):
        world.faults.script(GET_EXAM, *[Fault(html=True)] * 9)
        with pytest.raises(Unavailable) as caught:
            world.client().get_exam("exam_123456")
        assert world.faults.count(GET_EXAM) == 3
        assert "<" not in caught.value.detail

    @pytest.mark.parametrize(
        ("fault", "error"),
        [
            (Fault(lost=True), Unavailable),
            (Fault(status=503), Unavailable),
            (Fault(delay=1.5), Unavailable),
            (Fault(half=True), InvalidResponse),
            (Fault(text="<html>"), InvalidResponse),
            (Fault(text='{"email": "a@b.example"}'), InvalidResponse),
        ],
    )
    def test_creation_is_not_repeated_if_it_may_have_succeeded(self, world, fault, error):
        world.faults.script(USERS, fault)
        with pytest.raises(error) as caught:
            world.client().create_user("a@school.example")
        assert world.faults.count(USERS) <= 1
        assert world.pauses == []
        assert getattr(caught.value, "may_have_succeeded", True)

    def test_creation_is_repeated_after_429(self, world):
        world.faults.script(USERS, Fault(status=429, retry_after="3"))
        assert world.client().create_user("a@school.example").id
        assert world.pauses == [3.0]

    def test_the_rate_limit_of_the_sandbox_has_a_retry_time(self, make_world):
        world = make_world(ExamplaryConfig(rate_limits={USERS: RateLimit(1, 60.0)}))
        world.client().create_user("a@school.example")
        with pytest.raises(RateLimited) as caught:
            world.client().create_user("b@school.example")
        assert 50 < caught.value.retry_after <= 60

    def test_a_pause_over_the_budget_is_raised(self, world):
        later = (datetime.now(UTC) + timedelta(seconds=90)).strftime("%a, %d %b %Y %H:%M:%S GMT")
        world.faults.script(GET_EXAM, Fault(status=429, retry_after=later))
        with pytest.raises(RateLimited) as caught:
            world.client().get_exam("exam_123456")
        assert 80 < caught.value.retry_after <= 90
        assert world.faults.count(GET_EXAM) == 1

    def test_a_silent_server_times_out(self, world):
        world.faults.script(GET_EXAM, Fault(delay=1.0))
        client = world.client(timeouts=Timeouts(1.0, 0.2), retry=RetryPolicy(attempts=1))
        with pytest.raises(Unavailable, match="no answer in time"):
            client.get_exam("exam_123456")

    def test_a_refused_connection_is_retried_for_creation_too(self, free_port):
        pauses: list[float] = []
        client = ExamplaryClient(
            f"http://127.0.0.1:{free_port}", "k", sleep=pauses.append, retry=RetryPolicy(attempts=3)
        )
        with pytest.raises(Unavailable) as caught:
            client.create_user("a@school.example")
        assert not caught.value.may_have_succeeded
        assert len(pauses) == 2

    def test_a_body_that_drips_ends_with_the_clock(self):
        with _dripping() as address:
            client = ExamplaryClient(address, "k", timeouts=Timeouts(0.3, 0.5), retry=RetryPolicy(attempts=1))
            began = time.monotonic()
            with pytest.raises(Unavailable):
                client.me()
        assert time.monotonic() - began < 30


class TestHooks:
    def test_limiter_and_observer_see_every_attempt(self, world):
        limited, observed = [], []

        class Hooks:
            def acquire(self, endpoint: str) -> None:
                limited.append(endpoint)

            def observe(self, endpoint: str, outcome: str, seconds: float) -> None:
                observed.append((endpoint, outcome, seconds >= 0))

        exam_id = world.exam_id()
        world.faults.script(GET_EXAM, Fault(status=500), Fault(text="not json"))
        world.client(limiter=Hooks(), observer=Hooks()).get_exam(exam_id)
        assert limited == [GET_EXAM] * 3
        outcomes = ["examplary.unavailable", "examplary.garbled", "ok"]
        assert observed == [(GET_EXAM, outcome, True) for outcome in outcomes]

    def test_a_limiter_may_stop_a_call(self, world):
        class Closed:
            def acquire(self, endpoint: str) -> None:
                raise Unavailable("the circuit is open")

        with pytest.raises(Unavailable, match="circuit"):
            world.client(limiter=Closed()).me()
        assert not world.faults.journal


class TestExport:
    def test_the_zip_as_the_response(self, world):
        world.faults.script("POST /exams/{id}/export/qti3-zip", Fault(text="PK\x03\x04rest"))
        assert world.client().export_qti3_zip(world.exam_id()) == b"PK\x03\x04rest"

    def test_a_package_over_its_limit(self, world):
        with pytest.raises(ExamplaryResponseTooLarge):
            world.client().export_qti3_zip(world.exam_id(), FetchLimits(max_bytes=100, images_only=False))

    @pytest.mark.parametrize("body", ["{}", '{"url": 3}', '{"url": ""}', "no"])
    def test_a_response_without_url(self, world, body):
        world.faults.script("POST /exams/{id}/export/qti3-zip", Fault(text=body))
        with pytest.raises(InvalidResponse):
            world.client().export_qti3_zip(world.exam_id())

    def test_a_private_address_is_not_opened(self, world):
        with pytest.raises(Unavailable):
            world.client(fetcher=Fetcher()).export_qti3_zip(world.exam_id())
        with pytest.raises(AddressRefused):
            world.client(fetcher=Fetcher()).download(f"{world.server.local_url}/uploads/circle-red.png")


class TestSecrets:
    @pytest.mark.parametrize(
        "fault",
        [Fault(status=500), Fault(html=True), Fault(half=True), Fault(lost=True), Fault(delay=0.5), Fault(text="x"),
         Fault(status=404, body='{"message": "no examp_Secret99 at embed_session_Secret42 for ann@school.example"}')],
    )  # fmt: skip
    def test_errors_contain_no_secrets(self, world, caplog, fault):
        caplog.set_level(logging.DEBUG)
        world.faults.script("GET /embed-sessions/{id}", *[fault] * 3)
        client = world.client(SECRET_KEY if fault.status else KEY_OF_WORLD, timeouts=Timeouts(1.0, 0.3))
        with pytest.raises(ExamplaryError) as caught:
            client.get_embed_session(SECRET_ID)
        text = "".join(traceback.format_exception(caught.value)) + repr(caught.value) + caplog.text + repr(client)
        assert caplog.records  # urllib3 logs at DEBUG, so there was something to leak
        assert "Secret" not in text
        assert KEY_OF_WORLD not in text
        assert "ann@" not in text

    def test_a_refused_connection_reveals_no_path(self, free_port, caplog):
        caplog.set_level(logging.DEBUG)
        client = ExamplaryClient(f"http://127.0.0.1:{free_port}", SECRET_KEY, retry=RetryPolicy(attempts=1))
        with pytest.raises(Unavailable) as caught:
            client.get_embed_session(SECRET_ID)
        assert caught.value.__cause__.__context__ is None  # a library's error would bring the URL along
        assert "Secret" not in "".join(traceback.format_exception(caught.value)) + caplog.text

    def test_a_session_keeps_its_secrets_out_of_repr(self, world):
        session = world.open_session()
        assert session.id.removeprefix("embed_session_") not in repr(session)


@pytest.fixture
def free_port() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return line.getsockname()[1]


class _dripping:
    """A server that sends a byte of its body every 0.1 s."""

    def __enter__(self) -> str:
        self._line = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()
        return f"http://127.0.0.1:{self._line.getsockname()[1]}"

    def _serve(self) -> None:
        client, _ = self._line.accept()
        with client:
            client.recv(65536)
            try:
                client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
                for _ in range(600):
                    client.sendall(b" ")
                    time.sleep(0.1)
            except OSError:
                return

    def __exit__(self, *_: object) -> None:
        self._line.close()
        self._thread.join()
