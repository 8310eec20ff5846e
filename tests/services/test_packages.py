"""Links to packages, and the packages behind them."""

import hashlib
import io
import zipfile
from datetime import timedelta

import pytest
from sqlalchemy import delete

from lti_tool.formats import UnknownFormat
from lti_tool.models import AuditAction, AuditEntry, Delivery, Exam, db, now
from lti_tool.services.delivery.packages import ORIGINAL, PackageGone
from tests.support.threads import run_at_once


def link_token(link):
    return link.split("/packages/")[1].split("/")[0]


@pytest.fixture
def link(services, exam, make_launch):
    link = services.packages.link(exam, "canvas-qti", make_launch())
    db.session.commit()
    return link


def test_a_link_ends_in_zip_and_cannot_be_guessed(link):
    assert link.startswith("http://tool.localhost:5000/packages/")
    assert link.endswith("/Cells-canvas-qti.zip")
    assert len(link_token(link)) >= 43
    assert link_token(link) not in db.session.query(Delivery).one().capability_hash


def test_a_link_works_many_times_until_it_expires(services, link):
    delivery = db.session.query(Delivery).one()
    assert delivery.expires_at - now() > timedelta(days=7)
    first = services.packages.fetch(link_token(link), count=True)
    again = services.packages.fetch(link_token(link), count=True)
    services.packages.fetch(link_token(link), count=False)
    assert first.path.read_bytes() == again.path.read_bytes()
    db.session.refresh(delivery)
    assert delivery.fetches == 2
    assert delivery.first_fetched_at <= delivery.last_fetched_at


def test_a_rebuilt_package_has_the_same_bytes(services, link):
    package = services.packages.fetch(link_token(link), count=False)
    before = hashlib.sha256(package.path.read_bytes()).hexdigest()
    package.path.unlink()
    after = services.packages.fetch(link_token(link), count=False)
    assert hashlib.sha256(after.path.read_bytes()).hexdigest() == before
    assert after.etag == package.etag
    assert "imsmanifest.xml" in zipfile.ZipFile(io.BytesIO(after.path.read_bytes())).namelist()


def test_concurrent_fetches_get_the_complete_file(app, services, link):
    def fetch():
        with app.app_context():
            return services.packages.fetch(link_token(link), count=True).path.read_bytes()

    assert len(set(run_at_once([fetch] * 12))) == 1


def test_an_exam_erased_during_the_fetch_is_not_counted(services, link, monkeypatch):
    package = services.packages.package

    def erase_meanwhile(exam, format_name, copy):
        first = package(exam, format_name, copy)
        db.session.rollback()
        with db.engine.begin() as elsewhere:
            elsewhere.execute(delete(Exam))
        return first

    monkeypatch.setattr(services.packages, "package", erase_meanwhile)
    assert services.packages.fetch(link_token(link), count=True).path.stat().st_size > 0
    assert db.session.query(AuditEntry).filter_by(action=AuditAction.PACKAGE_FETCHED).count() == 0
    with pytest.raises(PackageGone):
        services.packages.fetch(link_token(link), count=True)


@pytest.mark.parametrize("change", ["expires_at", "revoked_at", "unknown"])
def test_an_expired_revoked_or_unknown_link_is_rejected(services, link, change):
    delivery = db.session.query(Delivery).one()
    if change == "expires_at":
        delivery.expires_at = now() - timedelta(seconds=1)
    if change == "revoked_at":
        delivery.revoked_at = now()
    db.session.commit()
    requested = "made-up" if change == "unknown" else link_token(link)
    with pytest.raises(PackageGone) as gone:
        services.packages.fetch(requested, count=True)
    assert gone.value.status == 404


def test_examplarys_own_package_is_served_unchanged(services, exam):
    package = services.packages.package(exam, ORIGINAL)
    assert package.name == "Cells-examplary-qti3.zip"
    assert zipfile.is_zipfile(package.path)


def test_an_unknown_format_is_rejected(services, exam):
    with pytest.raises(UnknownFormat):
        services.packages.package(exam, "../../etc/passwd")
