"""Read exams back, with texts of unknown types from their original packages."""

import hashlib
import io
import zipfile

from lti_tool.models import Asset, db

ITEM = "<qti-assessment-item><qti-item-body><p>{}</p></qti-item-body></qti-assessment-item>"
TEXT = "Look at the wheel and choose a colour."
OWN = {"id": "q_own", "type": "my-org.wheel", "title": "Colours", "settings": {}}


def keep_original(exam, text):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("item-q_own.xml", ITEM.format(text))
    data = out.getvalue()
    digest = hashlib.sha256(data).hexdigest()
    db.session.add(Asset(sha256=digest, media_type="application/zip", size=len(data), data=data))
    db.session.flush()
    exam.original_sha256 = digest
    db.session.commit()


def test_report_and_package_use_the_original_once_it_arrives(services, make_exam):
    exam = make_exam(questions=[OWN])
    exam.original_sha256 = None
    before = services.packages.package(exam, "moodle-xml")
    assert TEXT not in before.path.read_text()
    assert services.exam_reader.value(exam).questions[0].description.is_empty
    keep_original(exam, TEXT)
    after = services.packages.package(exam, "moodle-xml")
    assert TEXT in after.path.read_text()
    assert services.exam_reader.value(exam).questions[0].description.plain_text() == TEXT
    assert after.etag != before.etag


def test_a_damaged_original_is_ignored(services, make_exam):
    exam = make_exam(questions=[OWN])
    keep_original(exam, "<broken")
    assert services.exam_reader.value(exam).questions[0].description.is_empty


def test_an_exam_is_parsed_once_but_its_next_version_is_never_hidden_by_that(services, make_exam):
    exam = make_exam(questions=[OWN])
    exam.original_sha256 = None
    before = services.exam_reader.original(exam)
    assert services.exam_reader.original(exam).questions is before.questions
    exam.snapshot = exam.snapshot.replace("Colours", "Shapes")
    exam.snapshot_sha256 = hashlib.sha256(exam.snapshot.encode()).hexdigest()
    assert services.exam_reader.original(exam).questions[0].name() == "Shapes"
