"""The overview: what needs attention, and numbers that are right."""

from datetime import timedelta

import pytest
from sqlalchemy import true

from lti_tool.lms.direct_import import OUTCOMES
from lti_tool.models import AdminRole, Chore, ChoreKind, Exam, Generation, Import, Refusal, db, now
from lti_tool.services.operations.failed_exams import list_failed
from lti_tool.services.operations.statistics import PeriodCounts, failures_since, read_statistics
from lti_tool.web.admin.charts import HEIGHT, WIDTH, bar_chart
from lti_tool.web.admin.labels import IMPORT_OUTCOMES
from tests.support.databases import DATABASES


@pytest.fixture(params=DATABASES)
def database_url(request, empty_database):
    return empty_database(request.param)


def test_every_outcome_of_an_import_has_a_label():
    assert IMPORT_OUTCOMES.keys() == OUTCOMES.keys()


def test_statistics_cover_visible_platforms_only(services, platform, other_platform, make_launch):
    moment = now()
    hour = moment.replace(minute=0, second=0, microsecond=0)
    for created_at in (moment, hour - timedelta(microseconds=1), hour - timedelta(days=3), moment - timedelta(days=40)):
        launch = make_launch("1", created_at=created_at)
    make_launch("2", platform=other_platform)
    for row, age in ((platform, 0), (platform, 40), (other_platform, 0)):
        owner = make_launch("3", platform=row).lms_user_id
        values = {
            "platform_id": row.id,
            "lms_user_id": owner,
            "launch_id": launch.id,
            "created_at": moment - timedelta(days=age),
        }
        db.session.add(Generation(state="ready", session_expires_at=moment, **values))
    db.session.commit()
    every = read_statistics(lambda column: column.is_not(None))
    of_platform = read_statistics(lambda column: column.in_({platform.id}))
    assert [sum(count.number for count in statistics.launches_by_hour) for statistics in (every, of_platform)] == [6, 4]
    assert of_platform.launches_by_hour[-1].number == 3
    assert of_platform.launches_by_hour[-2].number == 1
    assert [sum(count.number for count in statistics.launches_by_day) for statistics in (every, of_platform)] == [7, 5]
    assert (len(of_platform.launches_by_hour), len(of_platform.launches_by_day)) == (24, 30)
    assert (every.exams_by_state, of_platform.exams_by_state) == (
        [PeriodCounts(("ready",), 2, 2)],
        [PeriodCounts(("ready",), 1, 1)],
    )
    assert read_statistics(lambda column: column.in_(frozenset())).exams_by_state == []


def test_refusals_imports_and_failures_are_counted_for_a_day_and_a_month(platform, other_platform, make_launch):
    moment = now()
    launch = make_launch("1")
    exam = Exam(platform_id=platform.id, owner_id=launch.lms_user_id, title="x", examplary_exam_id="e", points=1)
    exam.question_count = 1
    exam.snapshot = "{}"
    db.session.add(exam)
    db.session.flush()
    person = {"platform_id": platform.id, "lms_user_id": launch.lms_user_id}
    imports = (("done", "created", 0), ("done_with_warnings", "created", 3), ("failed", "", 0), ("failed", "", 40))
    for state, outcome, age in imports:
        row = Import(exam_id=exam.id, deployment_id="1", family="moodle", state=state, outcome=outcome, **person)
        row.created_at = moment - timedelta(days=age)
        db.session.add(row)
    db.session.add(Generation(state="failed", session_expires_at=moment, **person))
    refused = (("lti.audience", platform, 0), ("lti.audience", platform, 2), ("lti.nonce", other_platform, 0))
    for number, (code, row, age) in enumerate((*refused, ("lti.unknown_platform", None, 0))):
        at, platform_id = moment - timedelta(days=age), row.id if row else None
        refusal = Refusal(number=str(number), code=code, platform_id=platform_id, source_hash="x", at=at)
        db.session.add(refusal)
    db.session.commit()
    every = read_statistics(lambda _: true())
    of_one_platform = read_statistics(lambda column: column.in_({platform.id}))
    assert every.imports == [PeriodCounts(("moodle", "created"), 1, 2), PeriodCounts(("moodle", "failed"), 1, 1)]
    assert every.refusals[0] == PeriodCounts(("lti.audience",), 1, 2)
    assert {tally.kind[0] for tally in every.refusals} == {"lti.audience", "lti.nonce", "lti.unknown_platform"}
    assert of_one_platform.refusals == [PeriodCounts(("lti.audience",), 1, 2)]
    since = moment - timedelta(days=1)
    assert [failures_since(scope, since) for scope in (lambda _: true(), lambda column: column.in_(set()))] == [2, 0]
    listed = list_failed(lambda _: true()).entries
    assert [entry.id for entry in listed].count(exam.id) == 2
    assert len(listed) == 3


def test_a_chart_fills_its_frame_and_shows_every_number_that_is_not_0():
    chart = bar_chart([0, 1, 1000])
    assert (chart.most, chart.total) == (1000, 1001)
    assert chart.bars[0].height == 0
    assert chart.bars[1].height >= 3
    assert (chart.bars[2].y, chart.bars[2].height) == (0, HEIGHT)
    assert chart.bars[2].x + chart.bars[2].width <= WIDTH
    assert bar_chart([]).bars == ()
    assert {bar.height for bar in bar_chart([0, 0]).bars} == {0}


class TestPage:
    @pytest.fixture
    def database_url(self, empty_database):
        return empty_database("sqlite")

    def test_it_begins_with_a_first_platform(self, owner):
        assert "No LMS is registered yet" in owner.page().text_content()

    def test_it_names_the_problems(self, owner, platform, other_platform, make_launch):
        platform.failed_at = platform.failing_since = now()
        platform.failure_code = "lti.audience"
        other_platform.created_at = now() - timedelta(days=2)
        db.session.add(Chore(kind=ChoreKind.DELETE_USER, fingerprint="x", target_encrypted=""))
        db.session.commit()
        db.session.add(Refusal(number="1", code="lti.audience", platform_id=platform.id, source_hash="x"))
        failed = make_launch("1")
        person = {"platform_id": platform.id, "lms_user_id": failed.lms_user_id, "session_expires_at": now()}
        db.session.add(Generation(state="failed", error_code="examplary.busy", title="Lost exam", **person))
        db.session.commit()
        page = owner.page()
        text = page.text_content()
        for words in ("Launches are refused", "Refused launches", "(lti.audience)", "kept for 14 days"):
            assert words in text
        links = page.xpath("//section[@aria-labelledby='attention']//a/@href")
        leads_to = {link: owner.page(link).text_content() for link in links if "/help/" not in link}
        for words in ("Other University", "Delete the user at Examplary", "Lost exam"):
            assert any(words in target for target in leads_to.values()), words

    def test_it_shows_nothing_of_others(self, signed_in, platform, other_platform):
        for row in (platform, other_platform):
            row.failed_at = row.failing_since = now()
        db.session.commit()
        text = signed_in(AdminRole.READER, platforms=[platform]).page().text_content()
        assert "https://lms.example.org" in text
        assert "Other University" not in text
        assert "Health" not in text

    def test_every_chart_has_a_table(self, owner, platform, make_launch):
        make_launch("1")
        page = owner.page()
        assert len(page.xpath("//table//tbody/tr[th and td]")) >= 54
        assert all(svg.get("aria-hidden") == "true" or svg.getparent().get("aria-hidden") for svg in page.iter("svg"))

    def test_imports_are_counted_by_lms_and_outcome(self, owner, platform, make_launch, app):
        launch = make_launch("1")
        exam = Exam(
            platform_id=platform.id,
            owner_id=launch.lms_user_id,
            title="x",
            examplary_exam_id="e",
            points=1,
            question_count=1,
            snapshot="{}",
        )
        db.session.add(exam)
        db.session.flush()
        db.session.add(
            Import(
                exam_id=exam.id,
                platform_id=platform.id,
                lms_user_id=launch.lms_user_id,
                deployment_id="1",
                family="moodle",
                state="done",
                outcome="created",
            )
        )
        db.session.commit()
        assert "Moodle: Quiz made" in owner.page().text_content()

    def test_the_audit_log_has_pages_and_names_accounts(self, owner, platform, services):
        for number in range(55):
            services.platforms.change(platform, {"name": str(number)})
        first = owner.page("/admin/audit")
        assert "owner@example.org" not in first.xpath("//table")[0].text_content()
        (older,) = first.xpath("//a[contains(., 'Older')]/@href")
        assert "owner@example.org" in owner.page(older).xpath("//table")[0].text_content()
        assert owner.get("/admin/audit?before=x").status_code == 200
        assert owner.get(f"/admin/audit?before={10**30}").status_code == 200
