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


def test_the_kind_of_quizzes_is_for_an_lms_that_has_several(environment):
    run("platforms", "add", *WHICH, "--client-id", "1", *ADDRESSES, "--family", "moodle")
    assert "kind of quizzes made directly" not in shown()
    refused = run("platforms", "edit", *WHICH, "--quiz-kind", "new")
    assert (refused.exit_code, "this LMS has only one kind of quiz" in refused.output) == (1, True)
    assert run("platforms", "edit", *WHICH, "--family", "canvas", "--quiz-kind", "new").exit_code == 0
    assert shown()["kind of quizzes made directly"] == "new"
    assert run("platforms", "edit", *WHICH, "--quiz-kind", "default").exit_code == 0
    assert shown()["kind of quizzes made directly"] == "as the teacher chooses"
    assert "quiz_kind: - → new" in run("audit").output


def test_a_wrong_setting_is_refused_in_plain_words(environment):
    run("platforms", "add", *WHICH, "--client-id", "1", *ADDRESSES)
    refused = run("platforms", "edit", *WHICH, "--role", "Learner=teacher")
    assert refused.exit_code == 1
    assert "student, parent and observer roles can't count as teacher" in refused.output
    assert run("platforms", "edit", *WHICH, "--default-format", "word").exit_code == 1
    assert shown()["roles"] == "-"


def test_rename_notes_off_on_move_merge_and_remove(environment):
    for number in ("1", "2"):
        assert run("platforms", "add", *WHICH, "--client-id", number, *ADDRESSES).exit_code == 0
    first, second = (*WHICH, "--client-id", "1"), (*WHICH, "--client-id", "2")
    assert run("platforms", "edit", *first, "--name", "Our LMS", "--notes", "Ask the help desk").exit_code == 0
    output = run("platforms", "show", *first).output
    assert "name: Our LMS\n" in output
    assert "notes: Ask the help desk\n" in output
    assert run("platforms", "off", *first).output == "Deactivated.\n"
    assert "state: off" in run("platforms", "show", *first).output
    assert run("platforms", "on", *first).output == "Activated.\n"
    assert "state: waiting for the first launch" in run("platforms", "show", *first).output

    assert run("platforms", "merge", *second, "--into", "1", input="n\n").exit_code == 1
    merged = run("platforms", "merge", *second, "--into", "1", input="y\n")
    assert "Merge it, with 0 people and 0 exams, and remove it?" in merged.output
    assert merged.exit_code == 0
    moved = run("platforms", "move", *WHICH, "--to", "https://new.example.org")
    assert "jwks url: https://new.example.org/jwks\n" in moved.output

    there = ("--issuer", "https://new.example.org")
    declined = run("platforms", "remove", *there, input="n\n")
    assert (declined.exit_code, "Permanently delete it, with 0 people and 0 exams?" in declined.output) == (1, True)
    assert run("platforms", "remove", *there, "--yes").output == "Removed.\n"
    assert "No LMS is registered yet" in run("platforms", "list").output
    audit = run("audit").output
    changes = (
        "name: - → Our LMS",
        "notes: changed",
        "active: yes → no",
        "issuer: https://lms.example.org → https://new",
    )
    assert [change for change in changes if change not in audit] == []
    assert "Ask the help desk" not in audit
