"""Reports are computed once and kept, and computed again when anything that they depend on changes."""

import json

import pytest
from sqlalchemy.exc import OperationalError

from lti_tool import formats
from lti_tool.lms import plugin_for_family
from lti_tool.models import ExamReport, Launch, db
from lti_tool.services.exams import exam_reports, snapshot_capture
from lti_tool.services.exams.exam_reports import format_for
from tests.support.databases import DATABASES

PICTURE = f"data:image/png;base64,{'A' * 4000}"


@pytest.fixture
def database_url(empty_database):
    return empty_database("sqlite")


@pytest.fixture
def exam(make_exam, fixtures):
    document = json.loads((fixtures / "exams" / "mixed-12.json").read_text())
    return make_exam(name=document["name"], questions=document["questions"])


@pytest.fixture
def computed(monkeypatch):
    """Names of the formats whose reports are computed."""
    names, get = [], formats.get

    def counting(name):
        names.append(name)
        return get(name)

    monkeypatch.setattr(formats, "get", counting)
    return names


@pytest.mark.parametrize("name", formats.names())
def test_a_kept_report_is_the_same(services, exam, name):
    value, assets = services.exam_reader.value(exam), services.exam_reader.assets(exam)
    expected = formats.get(name).report(value, assets)
    assert services.exam_reports.report(exam, name) == expected
    assert services.exam_reports.report(exam, name) == expected


def test_a_report_is_computed_once(services, exam, computed):
    for _ in range(3):
        services.exam_reports.report(exam, "moodle-xml")
    assert computed == ["moodle-xml"]


def test_the_first_page_finds_its_report_when_it_opens(services, make_exam):
    exam = make_exam()
    row = db.session.query(ExamReport).one()
    assert (row.exam_id, row.format_name) == (exam.id, format_for(plugin_for_family("generic").formats, "", ""))


def test_the_report_of_the_format_that_will_be_sent_is_prepared(services, exam, computed, make_launch):
    settings = {"deep_link_return_url": "https://lms.example.org/r", "accept_types": ["file"]}
    launch = make_launch(family="canvas", deep_linking=settings | {"accept_media_types": "application/zip"})
    services.exam_reports.prepare(exam, db.session.get(Launch, launch.id))
    db.session.expire_all()
    services.exam_reports.report(exam, "canvas-qti")
    assert computed.count("canvas-qti") == 1


class TestOnEveryDatabase:
    @pytest.fixture(params=DATABASES)
    def database_url(self, request, empty_database):
        return empty_database(request.param)

    @pytest.mark.parametrize("change", ["media", "original", "code"])
    def test_a_report_of_another_version_is_computed_again(self, services, exam, computed, monkeypatch, change):
        services.exam_reports.report(exam, "qti30")
        if change == "media":
            db.session.delete(exam.media[0])
            db.session.commit()
        elif change == "original":
            exam.original_sha256 = exam.media[0].asset_sha256
            db.session.commit()
        else:
            monkeypatch.setattr(exam_reports, "code_version", lambda: "another release")
        services.exam_reports.report(exam, "qti30")
        services.exam_reports.report(exam, "qti30")
        assert computed == ["qti30", "qti30"]
        assert db.session.query(ExamReport).filter_by(format_name="qti30").count() == 1


def test_a_report_is_shown_even_if_it_cannot_be_kept(services, exam, computed, monkeypatch):
    def fail(*_arguments):
        raise OperationalError("INSERT", {}, Exception("disk full"))

    monkeypatch.setattr(exam_reports, "_write", fail)
    assert services.exam_reports.report(exam, "moodle-xml").lines
    assert services.exam_reports.report(exam, "moodle-xml").lines
    assert computed == ["moodle-xml", "moodle-xml"]


def test_reports_go_with_their_exam(services, exam):
    services.exam_reports.report(exam, "moodle-xml")
    db.session.delete(exam)
    db.session.commit()
    assert db.session.query(ExamReport).count() == 0


def test_an_exam_of_too_much_text_ends_with_a_sentence(services, make_launch, finish):
    generation = services.generations.start(make_launch())
    finish(generation, questions=[{"id": str(number), "title": "x" * 90_000} for number in range(60)])
    services.collector.advance(generation.id)
    db.session.refresh(generation)
    assert (generation.state, generation.error_code) == ("failed", "exam.too_large")


@pytest.mark.parametrize(("text", "state"), [("A" * 4000, "failed"), (f'<img src="{PICTURE}">', "ready")])
def test_embedded_pictures_do_not_count_as_text(services, make_launch, finish, monkeypatch, text, state):
    monkeypatch.setattr(snapshot_capture, "MAX_CHARACTERS", 1000)
    generation = services.generations.start(make_launch())
    finish(generation, questions=[{"id": "q_1", "type": "essay", "title": "Look.", "description": text}])
    services.collector.advance(generation.id)
    db.session.refresh(generation)
    assert generation.state == state
