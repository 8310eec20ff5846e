"""Media types are the same on every machine; types an LMS cannot restrict are reported."""

import io
import subprocess
import sys

import pytest

from lti_tool import formats
from lti_tool.exam import Asset, parse_exam
from lti_tool.formats.writing.media import file_name
from lti_tool.formats.writing.media_types import extension_for_media_type, media_type_for_extension
from tests.support.exam_builders import exam, question


@pytest.mark.parametrize(
    ("extension", "media_type"),
    [
        (".pdf", "application/pdf"),
        (".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (".webp", "image/webp"),
        (".png", "image/png"),
    ],
)
def test_extensions_and_types(extension, media_type):
    assert (media_type_for_extension(extension), extension_for_media_type(f"{media_type}; charset=x")) == (
        media_type,
        extension,
    )


def test_unknown_endings_and_types():
    assert (
        media_type_for_extension(".wombat"),
        extension_for_media_type("x/wombat"),
        extension_for_media_type(""),
    ) == (None, "", "")


def test_mime_types_of_the_system_are_ignored(tmp_path):
    """The mimetypes module also reads files of the system."""
    (tmp_path / "mime.types").write_text("image/png  wombat\n")
    code = (
        "import mimetypes; mimetypes.knownfiles.append('mime.types'); mimetypes.init(['mime.types'])\n"
        "assert mimetypes.guess_type('a.wombat')[0] == 'image/png'\n"
        "from lti_tool.formats.writing.media_types import media_type_for_extension\n"
        "assert media_type_for_extension('.wombat') is None"
    )
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True, env={"PYTHONPATH": ":".join(sys.path)})


def test_a_file_without_an_extension_gets_one_for_its_type():
    asset = Asset.held("https://x.example/1", "figuur", "image/png", b"x")
    assert file_name(asset).endswith("-figuur.png")


@pytest.mark.parametrize("name", ["canvas-qti", "moodle-xml"])
@pytest.mark.parametrize(
    ("accept", "is_reported"),
    [
        ("application/pdf", False),
        ("*/*", False),
        ("", False),
        (".pdf,text/csv", False),
        ("application/x-wombat", True),
        (".pdf,application/x-wombat", True),
    ],
)
def test_unsupported_file_types_are_reported(name, accept, is_reported):
    raw = exam(question("upload-file", {"acceptFileTypes": accept}))
    (line,) = formats.get(name).write(parse_exam(raw), {}, io.BytesIO()).lines
    assert ("format.file-types" in [remark.code for remark in line.remarks]) is is_reported
