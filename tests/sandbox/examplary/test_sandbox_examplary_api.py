"""The API of the sandbox's Examplary."""

from __future__ import annotations

import io
import json
import time
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
import requests
from lxml import etree

from sandbox.examplary import ExamplaryConfig, Fault, RateLimit, create_examplary
from sandbox.serve import serve

HEADERS = {"Authorization": f"Bearer {ExamplaryConfig().api_key}"}


@pytest.fixture
def api():
    """A test client with the key, and the app behind it as ``.application``."""
    return make_api()


def make_api(**config):
    client = create_examplary(ExamplaryConfig(**config)).test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = HEADERS["Authorization"]
    return client


def add_user(api, email="ann@school.example"):
    return api.post("/users", json={"email": email}).json["id"]


def add_session(api, **more):
    body = {"flow": "generate-exam", "actor": add_user(api)} | more
    return api.post("/embed-sessions", json=body)


class TestUsers:
    def test_created_with_the_default_role(self, api):
        answer = api.post("/users", json={"email": "ann@school.example", "name": "Ann"})
        assert answer.status_code == 201
        assert answer.json["role"] == "teacher"
        assert answer.json["id"].startswith("user_")

    @pytest.mark.parametrize(
        "body",
        [{}, {"email": "ann@localhost"}, {"email": "é@school.example"}, {"email": "a@b.nl", "name": ""},
         {"email": "a@b.nl", "name": "n" * 101}, {"email": "a@b.nl", "role": "pupil"}],
    )  # fmt: skip
    def test_refused(self, api, body):
        assert api.post("/users", json=body).status_code == 400

    def test_an_email_only_once(self, api):
        add_user(api)
        again = api.post("/users", json={"email": "ANN@school.example"})
        assert again.status_code == 400
        assert "email" in again.json["message"]


class TestSessions:
    def test_the_reply(self, api):
        answer = add_session(api, returnUrl="https://t.example/b", allowedOrigin="https://t.example", metadata={"a": 1})
        session = answer.json
        assert answer.status_code == 201
        assert session["enabledResponseModes"] == ["return_url", "post_message"]
        assert session["embedUrl"].endswith("/embeds/" + session["id"].removeprefix("embed_session_"))
        assert session["embedUrl"].startswith("http://examplary.localhost")
        days = datetime.fromisoformat(session["expiresAt"]) - datetime.fromisoformat(session["createdAt"])
        assert days == timedelta(days=7)
        assert (session["status"], session["outputs"], session["metadata"]) == ("pending", {}, {"a": 1})

    def test_reading_echoes_another_flow(self, api):
        session = add_session(api).json
        assert session["flow"] == "generate-exam"
        assert api.get(f"/embed-sessions/{session['id']}").json["flow"] == "generate-questions"

    @pytest.mark.parametrize(
        ("actor", "text"),
        [
            (None, "must start with user_"),
            ("org_1", "must start with user_"),
            (ExamplaryConfig().owner_id, "Actor ID cannot be the same as the requesting user."),
            ("user_1", "Actor with the given ID does not exist as a"),
        ],
    )
    def test_actor_rules(self, api, actor, text):
        answer = add_session(api, actor=actor)
        assert answer.status_code == 400
        assert text in answer.json["message"]

    @pytest.mark.parametrize(
        "wrong",
        [{"flow": "make-coffee"}, {"presets": []}, {"allowedOrigin": "https://t.example/path"},
         {"allowedOrigin": "t.example"}, {"returnUrl": "javascript:1"}],
    )  # fmt: skip
    def test_other_rules(self, api, wrong):
        assert add_session(api, **wrong).status_code == 400

    def test_gone_after_delete(self, api):
        path = f"/embed-sessions/{add_session(api).json['id']}"
        assert api.delete(path).status_code == 200
        assert api.get(path).status_code == 404
        assert api.delete(path).status_code == 404

    def test_gone_after_seven_days(self):
        present = datetime.now(UTC)
        clock = [present]
        api = make_api(clock=lambda: clock[0])
        session = add_session(api).json
        page = f"/embeds/{session['id'].removeprefix('embed_session_')}"
        clock[0] = present + timedelta(days=6.99)
        assert api.get(f"/embed-sessions/{session['id']}").status_code == 200
        clock[0] = present + timedelta(days=7)
        assert api.get(f"/embed-sessions/{session['id']}").status_code == 404
        assert api.get(page).status_code == 404

    def test_a_workspace_that_is_not_approved(self):
        assert add_session(make_api(approved=False)).status_code == 403

    def test_without_the_key(self, api):
        api.environ_base["HTTP_AUTHORIZATION"] = "Bearer examp_other"
        assert api.get("/me").status_code == 401

    def test_rate_limit(self):
        api = make_api(rate_limits={"GET /me": RateLimit(2, 60.0)})
        assert [api.get("/me").status_code for _ in range(3)] == [200, 200, 429]
        assert 1 <= int(api.get("/me").headers["Retry-After"]) <= 60


class TestExams:
    @pytest.fixture
    def server(self, api):
        with serve(api.application) as running:
            yield running.local_url

    def test_an_exam_with_its_images_and_package(self, api, server):
        exam_id = self._exam(api)
        exam = requests.get(f"{server}/exams/{exam_id}", headers=HEADERS, timeout=30).json()
        [pictures] = [question for question in exam["questions"] if question["type"] == "picture-choice"]
        for url in pictures["settings"]["options"]:
            assert url.startswith(server)
            assert requests.get(url, timeout=30).content.startswith(b"\x89PNG")
        url = requests.post(f"{server}/exams/{exam_id}/export/qti3-zip", headers=HEADERS, timeout=30).json()["url"]
        archive = zipfile.ZipFile(io.BytesIO(requests.get(url, timeout=30).content))
        assert archive.namelist()[-1] == "imsmanifest.xml"
        assert len(archive.namelist()) == len(exam["questions"]) + 2
        for name in archive.namelist():
            etree.fromstring(archive.read(name))

    def test_a_presigned_address_takes_no_key_and_no_other_signature(self, api, server):
        exam_id = self._exam(api)
        url = requests.post(f"{server}/exams/{exam_id}/export/qti3-zip", headers=HEADERS, timeout=30).json()["url"]
        assert requests.get(url, headers=HEADERS, timeout=30).status_code == 400
        assert requests.get(url + "x", timeout=30).status_code == 403

    def test_an_exam_from_a_file_with_its_assets(self, tmp_path):
        image = "https://cdn.examplary.ai/uploads/org_1/map.png?x=1"
        exam = {"id": "exam_1", "name": "é", "questions": [{"description": f'<img src="{image}">'}], "x": image[:-8]}
        exam["other"] = "https://cdn.examplary.ai/uploads/org_1/elsewhere.png"
        (tmp_path / "exam.json").write_text(json.dumps(exam))
        (tmp_path / "assets").mkdir()
        (tmp_path / "assets" / "map.png").write_bytes(b"\x89PNG...")
        api = make_api(exam_files=(tmp_path / "exam.json",), assets_dir=tmp_path / "assets")
        exam_json = api.get(f"/exams/{self._exam(api)}").json
        assert exam_json["id"] != "exam_1"
        assert exam_json["questions"][0]["description"] == '<img src="http://localhost/uploads/map.png">'
        assert exam_json["other"] == exam["other"]
        assert api.get("/uploads/map.png").data == b"\x89PNG..."

    def _exam(self, api):
        session = add_session(api).json["id"]
        api.post(f"/embeds/{session.removeprefix('embed_session_')}/generate", data={"questionTypes": "any"})
        return api.get(f"/embed-sessions/{session}").json["outputs"]["examId"]


class TestControl:
    @pytest.fixture
    def server(self):
        with serve(create_examplary(ExamplaryConfig(control=True))) as running:
            yield running.local_url

    def test_the_control_api_is_off_by_default(self, api):
        assert api.get("/_control/journal").status_code == 404

    def test_faults_come_in_order_and_are_recorded(self, server):
        faults = [{"status": 503, "retry_after": "2"}, {"html": True}, {"lost": True}, {"half": True}, {}]
        requests.post(f"{server}/_control/faults", json={"endpoint": "GET /me", "faults": faults}, timeout=30)
        assert self._me(server).headers["Retry-After"] == "2"
        assert "<html>" in self._me(server).text
        for _ in range(2):
            with pytest.raises(requests.RequestException):
                self._me(server)
        assert self._me(server).json()["id"] == ExamplaryConfig().owner_id
        journal = requests.get(f"{server}/_control/journal", timeout=30).json()
        assert [call["status"] for call in journal] == [503, 502, 0, 200, 200]
        assert {(call["method"], call["path"]) for call in journal} == {("GET", "/me")}
        count = requests.get(f"{server}/_control/count", params={"endpoint": "GET /me"}, timeout=30)
        assert count.json() == {"count": 5}

    def test_a_lost_response_was_still_processed(self, server):
        faults = {"endpoint": "POST /users", "faults": [{"lost": True}]}
        requests.post(f"{server}/_control/faults", json=faults, timeout=30)
        body = {"email": "ann@school.example"}
        with pytest.raises(requests.ConnectionError):
            requests.post(f"{server}/users", json=body, headers=HEADERS, timeout=30)
        again = requests.post(f"{server}/users", json=body, headers=HEADERS, timeout=30)
        assert again.status_code == 400

    def test_users_sessions_and_time_can_be_changed(self, server):
        def call(method, path, **body):
            return requests.request(method, server + path, json=body, headers=HEADERS, timeout=30)

        user = call("POST", "/users", email="ann@school.example").json()["id"]
        session = call("POST", "/embed-sessions", flow="generate-exam", actor=user).json()["id"]
        call("POST", f"/_control/sessions/{session}", status="in_progress", outputs={"examId": "exam_else"})
        session_json = call("GET", f"/embed-sessions/{session}").json()
        assert (session_json["status"], session_json["outputs"]) == ("in_progress", {"examId": "exam_else"})
        call("POST", f"/_control/sessions/{session}", expired=True)
        assert call("GET", f"/embed-sessions/{session}").status_code == 404
        call("DELETE", f"/_control/users/{user}")
        assert call("POST", "/embed-sessions", flow="generate-exam", actor=user).status_code == 400
        call("POST", "/_control/reset")
        assert call("GET", "/_control/journal").json() == []
        assert call("POST", "/_control/faults", endpoint="GET /me", faults=[{"nonsense": 1}]).status_code == 400

    def test_a_delay(self, server):
        faults = {"endpoint": "GET /me", "faults": [{"delay": 0.3}]}
        requests.post(f"{server}/_control/faults", json=faults, timeout=30)
        began = time.monotonic()
        self._me(server)
        assert time.monotonic() - began >= 0.3

    def _me(self, server):
        return requests.get(f"{server}/me", headers=HEADERS, timeout=30)


def test_faults_can_be_scripted_in_the_same_process(api):
    api.application.extensions["faults"].script("GET /me", Fault(status=418))
    assert api.get("/me").status_code == 418
