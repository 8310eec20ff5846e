"""``python -m lti_tool convert``, run as a command."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from lti_tool.cli import main

FIXTURES = Path(__file__).parents[1] / "fixtures"
MIXED = FIXTURES / "exams" / "mixed-12.json"


@pytest.fixture
def convert(tmp_path):
    def run(exam=MIXED, to="canvas-qti", *more):
        return CliRunner().invoke(main, ["convert", str(exam), "--to", to, "--out", str(tmp_path / "o.zip"), *more])

    return run


def test_package_with_files_and_text_report(convert, tmp_path):
    result = convert(MIXED, "canvas-qti", "--assets", str(FIXTURES / "assets"))
    assert result.exit_code == 0
    assert "Questions that arrive unchanged: 11 of 12. Adapted: 1. Left out: 0." in result.stdout
    assert result.stdout.splitlines()[-1] == "Points: 26 of 26."
    with zipfile.ZipFile(tmp_path / "o.zip") as package:
        assert sum(name.startswith("media/") for name in package.namelist()) == 6
    assert [file.name for file in tmp_path.iterdir()] == ["o.zip"]


def test_the_report_is_printed_as_json(convert):
    report = json.loads(convert(MIXED, "canvas-qti", "--report", "json").stdout)
    assert report["counts"] == {"native": 8, "adapted": 4, "left-out": 0}  # without its images
    assert (report["points_in"], report["points_out"]) == (26, 26)
    assert report["questions"][4]["becomes"] == "Essay, marked by you"


def test_texts_of_unknown_types_come_from_the_original_package(convert, tmp_path):
    raw = json.loads((FIXTURES / "exams" / "pci-12.json").read_bytes())
    source = tmp_path / "exam.json"
    questions = [{**question, "description": ""} for question in raw["questions"]]
    source.write_text(json.dumps({**raw, "questions": questions}))
    text = b"Custom question type of a workspace."
    assert convert(source, "moodle-xml").exit_code == 0
    assert text not in (tmp_path / "o.zip").read_bytes()
    package = FIXTURES / "packages" / "pci-12.qti3.zip"
    assert convert(source, "moodle-xml", "--original", str(package)).exit_code == 0
    assert text in (tmp_path / "o.zip").read_bytes()
    missing = convert(source, "moodle-xml", "--original", str(tmp_path / "missing.zip"))
    assert (missing.exit_code, missing.stderr) == (
        1,
        f"Error: {tmp_path / 'missing.zip'}: No such file or directory.\n",
    )


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"{", "not an exam"),
        (b"[" * 100_000, "not an exam"),
        (b"\xff\xfe", "not an exam"),
        (b"[]", "not an exam"),
        (b'{"questions": []}', "no questions"),
        (None, "No such file"),
    ],
)
def test_an_error_is_one_sentence(convert, tmp_path, content, sentence):
    source = tmp_path / "exam.json"
    if content is not None:
        source.write_bytes(content)
    result = convert(source)
    assert result.exit_code == 1
    assert sentence in result.stderr
    assert result.stderr.count("\n") == 1
    assert not (tmp_path / "o.zip").exists()


def test_an_unknown_format_is_named_in_the_error(convert):
    result = convert(MIXED, "docx")
    assert (result.exit_code, "docx" in result.stderr) == (1, True)


def test_urls_cannot_leave_the_folder(convert, tmp_path):
    (tmp_path / "secret.txt").write_text("secret")
    folder = tmp_path / "assets"
    folder.mkdir()
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    links = ["https://x.example/..%2Fsecret.txt", "https://x.example/../secret.txt", "https://x.example/link.txt"]
    html = "".join(f'<file-attachment href="{link}">f</file-attachment>' for link in links)
    exam = tmp_path / "exam.json"
    exam.write_text(json.dumps({"questions": [{"id": "q", "type": "essay", "description": html}]}))
    assert convert(exam, "canvas-qti", "--assets", str(folder)).exit_code == 0
    with zipfile.ZipFile(tmp_path / "o.zip") as package:
        assert not any(name.startswith("media/") for name in package.namelist())


def test_conversion_needs_no_web_server(tmp_path):
    code = (
        "import sys; from lti_tool.cli import main\n"
        "main(sys.argv[1:], standalone_mode=False)\n"
        "print(sorted({'flask', 'sqlalchemy', 'requests'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "convert", str(MIXED), "--to", "canvas-qti", "--out", str(tmp_path / "o.zip")],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert done.stdout.splitlines()[-1] == "[]"
