"""The content that each LMS family accepts, and its next steps.

See docs/reference/lms-behaviour.md#canvas and docs/reference/moodle.md.
"""

from __future__ import annotations

import pytest

from lti_tool import formats
from lti_tool.lms import Course, OfferKind, plugin_for, plugin_for_family, plugins
from lti_tool.lms.teacher_choices import ALL_FORMATS
from lti_tool.lti import DeepLinkingSettings, MessageType, Role, VerifiedLaunch

CANVAS_CLOUD = "https://canvas.instructure.com"
ALL = ("canvas-qti", "qti21", "qti30", "moodle-xml", "common-cartridge")
MIGRATION = ("application/vnd.ims.imsccv1p1", "application/vnd.ims.imsccv1p2", "application/zip", "application/xml")


@pytest.fixture(autouse=True)
def _all_formats(monkeypatch):
    """Make all formats available: these tests are about the LMSs."""
    monkeypatch.setattr(formats, "names", lambda: ALL)


def settings(*types, media=()):
    return DeepLinkingSettings(
        return_url="https://lms.example/return",
        accept_types=frozenset(types),
        accept_media_types=tuple(media),
    )


@pytest.mark.parametrize(
    ("product", "issuer", "family"),
    [
        ("canvas", "https://own.example", "canvas"),
        ("", CANVAS_CLOUD, "canvas"),
        ("", "https://canvas.beta.instructure.com", "canvas"),
        ("", "https://canvas.instructure.com.evil.example", "generic"),
        ("moodle", "https://m.example", "moodle"),
        ("Moodle", "https://m.example", "moodle"),
        ("moodle", CANVAS_CLOUD, "moodle"),
        ("sakai", "https://s.example", "sakai"),
        ("BlackboardLearn", "https://blackboard.com", "blackboard"),
        ("", "https://blackboard.com", "blackboard"),
        ("desire2learn", "https://d.example", "brightspace"),
        ("", "https://school.brightspace.com", "brightspace"),
        ("", "https://brightspace.com.evil.example", "generic"),
        ("Open edX", "https://o.example", "openedx"),
        ("olat", "https://o.example", "generic"),
        ("", "", "generic"),
    ],
)
def test_the_plugin_of_a_platform(product, issuer, family):
    plugin = plugin_for(product, issuer)
    assert plugin.family == family
    assert plugin_for_family(family) is plugin


def test_an_unknown_family_gets_the_generic_plugin():
    assert plugin_for_family("vanished").family == "generic"


@pytest.mark.parametrize(
    ("family", "deep_linking", "kind"),
    [
        ("canvas", settings("file", media=MIGRATION), OfferKind.FILE),
        ("canvas", settings("ltiResourceLink"), OfferKind.RESOURCE_LINK),
        ("canvas", settings("link", "file", "html", "ltiResourceLink", "image", media=("image/*", "*/*")), "link"),
        ("canvas", settings("file", "ltiResourceLink", media=("*/*",)), OfferKind.RESOURCE_LINK),
        ("canvas", settings("file", media=("image/*",)), OfferKind.NOTHING),
        ("canvas", settings("link", "html"), OfferKind.NOTHING),
        ("canvas", settings(), OfferKind.NOTHING),
        ("canvas", None, OfferKind.NOTHING),
        ("moodle", settings("ltiResourceLink"), OfferKind.RESOURCE_LINK),
        ("moodle", settings("file", media=MIGRATION), OfferKind.NOTHING),
        ("moodle", None, OfferKind.NOTHING),
        ("generic", settings("ltiResourceLink", "file", media=MIGRATION), OfferKind.RESOURCE_LINK),
        ("generic", settings("file", media=MIGRATION), OfferKind.NOTHING),
        ("blackboard", settings("ltiResourceLink"), OfferKind.RESOURCE_LINK),
        ("brightspace", settings("file", "html", "ltiResourceLink", media=("*/*",)), OfferKind.RESOURCE_LINK),
        ("brightspace", settings("file", "html", media=("*/*",)), OfferKind.NOTHING),
        ("sakai", settings("file", media=("application/pdf",)), OfferKind.NOTHING),
        ("sakai", settings("ltiResourceLink", media=MIGRATION), OfferKind.RESOURCE_LINK),
        ("openedx", settings("ltiResourceLink", "link", "html", "image"), OfferKind.RESOURCE_LINK),
    ],
)
def test_the_content_offered(family, deep_linking, kind):
    offer = plugin_for_family(family).offer(deep_linking, ALL_FORMATS)
    assert offer.kind == (OfferKind.RESOURCE_LINK if kind == "link" else kind)
    expected = ("canvas-qti", "application/zip") if kind is OfferKind.FILE else ("", "")
    assert (offer.format_name, offer.media_type) == expected


@pytest.mark.parametrize(
    ("media", "accepted"),
    [
        (MIGRATION, "application/vnd.ims.imsccv1p1"),
        (("application/vnd.ims.imsccv1p3",), "application/vnd.ims.imsccv1p3"),
    ],
)
def test_sakai_imports_a_cartridge(media, accepted):
    offer = plugin_for_family("sakai").offer(settings("file", media=media), ALL_FORMATS)
    assert (offer.kind, offer.format_name, offer.media_type) == (OfferKind.FILE, "common-cartridge", accepted)


@pytest.mark.parametrize(
    ("family", "first"),
    [
        ("canvas", "canvas-qti"),
        ("moodle", "moodle-xml"),
        ("blackboard", "qti21"),
        ("brightspace", "common-cartridge"),
        ("sakai", "common-cartridge"),
        ("openedx", "common-cartridge"),
        ("generic", "qti21"),
    ],
)
def test_the_best_format_comes_first(family, first):
    plugin = plugin_for_family(family)
    assert plugin.formats[0] == first
    assert set(plugin.formats) == set(ALL)


def test_only_available_formats_are_listed(monkeypatch):
    monkeypatch.setattr(formats, "names", lambda: ("moodle-xml",))
    assert plugin_for_family("canvas").formats == ("moodle-xml",)
    assert plugin_for_family("canvas").offer(settings("file", media=MIGRATION), ALL_FORMATS).kind is OfferKind.NOTHING


def moodle_course(version):
    return Course(issuer="https://m.example/sub", context_id="17", platform_version=version)


@pytest.mark.parametrize(
    ("version", "link"),
    [
        ("2024100706", "https://m.example/sub/question/bank/importquestions/import.php?courseid=17"),
        ("2022041900", "https://m.example/sub/question/bank/importquestions/import.php?courseid=17"),
        ("", "https://m.example/sub/question/bank/importquestions/import.php?courseid=17"),
        ("2025041400", "https://m.example/sub/question/banks.php?courseid=17"),
        ("2025100600.03", "https://m.example/sub/question/banks.php?courseid=17"),
    ],
)
def test_moodles_steps_lead_to_the_import(version, link):
    steps = plugin_for_family("moodle").next_steps(moodle_course(version), "moodle-xml", OfferKind.NOTHING)
    assert [step.link for step in steps if step.link] == [link]
    assert any("Moodle XML" in step.text for step in steps)


@pytest.mark.parametrize(
    ("version", "present", "absent"),
    [
        ("2025041406.11", ("Question banks", "Create default", "Switch bank", "Apply filters"), ("Select a category",)),
        ("2024100706", ("“Question bank”", "Apply filters"), ("Switch bank", "Question banks", "Select a category")),
        ("2022112800", ("“Question bank”", "Select a category"), ("Switch bank", "Apply filters")),
    ],
)
def test_moodles_steps_follow_the_version_of_the_launch(version, present, absent):
    steps = plugin_for_family("moodle").next_steps(moodle_course(version), "moodle-xml", OfferKind.NOTHING)
    text = " ".join(step.text for step in steps)
    assert all(words in text for words in (*present, "menu “Questions”", "sort by name"))
    assert not any(words in text for words in absent)


def test_moodles_cartridge_is_restored_and_its_grades_are_corrected():
    steps = plugin_for_family("moodle").next_steps(moodle_course(""), "common-cartridge", OfferKind.NOTHING)
    assert any("Restore" in step.text for step in steps)
    assert "wrong grades" in steps[-1].text


@pytest.mark.parametrize("family", ["moodle", "generic", "brightspace"])
def test_a_link_is_hidden_from_students_by_the_teacher(family):
    steps = plugin_for_family(family).next_steps(moodle_course(""), "qti21", OfferKind.RESOURCE_LINK)
    assert "ide it" in steps[0].text


def test_open_edx_imports_a_converted_cartridge():
    plugin = plugin_for_family("openedx")
    steps = plugin.next_steps(moodle_course(""), "common-cartridge", OfferKind.NOTHING)
    assert any("cc2olx" in step.text for step in steps)
    assert "Common Cartridge" in plugin.next_steps(moodle_course(""), "qti21", OfferKind.NOTHING)[0].text


def test_steps_without_a_course_id_have_no_links():
    for plugin in plugins():
        steps = plugin.next_steps(Course(issuer="urn:x"), plugin.formats[0], OfferKind.NOTHING)
        assert steps
        assert not any(step.link for step in steps)


def test_canvas_steps_end_with_the_import():
    course = Course(issuer=CANVAS_CLOUD, context_id="4dde05e8ca1973bcca9bffc13e1548820eee93a3")
    steps = plugin_for_family("canvas").next_steps(course, "canvas-qti", OfferKind.FILE)
    assert "Import" in steps[0].text


def test_canvas_links_come_from_the_return_url():
    course = Course(
        issuer=CANVAS_CLOUD,
        context_id="4dde05e8ca19",
        return_url="https://school.instructure.com/courses/42/external_content/success/external_tool_redirect",
    )
    links = [
        step.link
        for step in plugin_for_family("canvas").next_steps(course, "canvas-qti", OfferKind.NOTHING)
        if step.link
    ]
    assert links == [
        "https://school.instructure.com/courses/42/content_migrations",
        "https://school.instructure.com/courses/42/quizzes",
    ]


@pytest.mark.parametrize("plugin", plugins(), ids=lambda plugin: plugin.family)
@pytest.mark.parametrize("offer", OfferKind)
@pytest.mark.parametrize("name", [*ALL, "examplary-qti3"])
def test_all_steps_can_be_rendered(plugin, offer, name):
    steps = plugin.next_steps(moodle_course("2024100706"), name, offer)
    assert steps
    for step in steps:
        assert step.text % step.facts
    assert all((plugin.wording.add, plugin.wording.sent, plugin.wording.questions, plugin.display_name))


MENU, LINK = "course-1", "link-1"


@pytest.mark.parametrize(
    ("family", "message", "link", "registered", "tells"),
    [
        *((plugin.family, MessageType.DEEP_LINKING, "", False, True) for plugin in plugins()),
        ("moodle", MessageType.RESOURCE_LINK, LINK, True, True),
        ("moodle", MessageType.RESOURCE_LINK, LINK, False, False),
        ("canvas", MessageType.RESOURCE_LINK, MENU, False, True),
        ("canvas", MessageType.RESOURCE_LINK, LINK, True, False),
        ("sakai", MessageType.RESOURCE_LINK, LINK, True, False),
        ("blackboard", MessageType.RESOURCE_LINK, LINK, True, False),
        ("brightspace", MessageType.RESOURCE_LINK, LINK, True, False),
        ("openedx", MessageType.RESOURCE_LINK, LINK, True, False),
        ("generic", MessageType.RESOURCE_LINK, MENU, True, False),
    ],
)
def test_only_the_lms_vouches_for_the_course_history(family, message, link, registered, tells):
    """Any teacher can write parameters into a link; where those count, the history is not trusted."""
    launch = VerifiedLaunch(
        platform_id="p",
        issuer="https://lms.example",
        client_id="c",
        deployment_id="1",
        sub="7",
        message_type=message,
        role=Role.INSTRUCTOR,
        custom={},
        context_id="course-1",
        resource_link_id=link,
        course_history=("course-0",),
        history_registered=registered,
    )
    assert plugin_for_family(family).vouches_for_course_history(launch) is tells


def test_a_canvas_launch_without_a_course_vouches_for_nothing():
    launch = VerifiedLaunch(
        platform_id="p",
        issuer=CANVAS_CLOUD,
        client_id="c",
        deployment_id="1",
        sub="7",
        message_type=MessageType.RESOURCE_LINK,
        role=Role.INSTRUCTOR,
        custom={},
    )
    assert not plugin_for_family("canvas").vouches_for_course_history(launch)
