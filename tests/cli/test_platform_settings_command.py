"""``platforms edit`` and ``show``: an LMS's settings, and what applies where they are empty."""

from tests.support.cli import run

WHICH = ("--issuer", "https://lms.example.org")
ADDRESSES = ("--authorization-url", "https://lms.example.org/auth", "--jwks-url", "https://lms.example.org/jwks")
DESIGNER = "https://school.example.org/roles#CourseDesigner"


def shown():
    lines = run("platforms", "show", *WHICH).output.splitlines()
    return dict(line.split(": ", 1) for line in lines if ": " in line)


def test_settings_are_changed_shown_and_cleared(environment):
    assert run("platforms", "add", *WHICH, "--client-id", "1", *ADDRESSES, "--withhold", "print").exit_code == 0
    before = shown()
    assert (before["formats"], before["exams at Examplary"]) == ("all", "kept (the operator's default)")
    assert (before["keep launch days"], before["teachers may not"]) == ("90 (the operator's default)", "print")
    changes = (
        *("--format", "moodle-xml", "--format", "qti21", "--default-format", "qti21"),
        *("--withhold", "download", "--withhold", "change"),
        *("--role", f"{DESIGNER}=teacher", "--role", "Instructor=administrator"),
        *("--delete-at-examplary", "yes", "--keep-exam-days", "400", "--keep-launch-days", "0"),
    )
    assert run("platforms", "edit", *WHICH, *changes).exit_code == 0
    after = shown()
    assert after["formats"] == "qti21, moodle-xml"
    assert after["default format"] == "qti21"
    assert after["teachers may"] == "format, place, examplary, print"
    assert after["teachers may not"] == "change, download"
    assert after["roles"].startswith(
        f"{DESIGNER}=teacher, http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor="
    )
    assert (after["exams at Examplary"], after["keep exam days"]) == ("deleted", "400")
    assert after["keep launch days"] == "forever"
    cleared = ("--format", "", "--default-format", "", "--withhold", "", "--role", "", "--keep-launch-days", "default")
    assert run("platforms", "edit", *WHICH, *cleared, "--delete-at-examplary", "default").exit_code == 0
    assert {**shown(), "keep exam days": ""} == {
        **before,
        "teachers may": ", ".join([*before["teachers may"].split(", "), "print"]),
        "teachers may not": "-",
        "keep exam days": "",
    }
    assert "keep_exam_days: - → 400" in run("audit").output


def test_a_wrong_setting_is_refused_in_plain_words(environment):
    run("platforms", "add", *WHICH, "--client-id", "1", *ADDRESSES)
    refused = run("platforms", "edit", *WHICH, "--role", "Learner=teacher")
    assert refused.exit_code == 1
    assert "a role of students, parents or observers can't count as a teacher" in refused.output
    assert run("platforms", "edit", *WHICH, "--default-format", "word").exit_code == 1
    assert shown()["roles"] == "-"
