"""Atomic file writes, and safe file names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.services.delivery.files import atomic_write, safe_file_name


def test_a_file_appears_once_it_is_complete(tmp_path):
    path = tmp_path / "folder" / "package.zip"
    with atomic_write(path) as out:
        out.write(b"half")
        assert not path.exists()
        out.write(b" and half")
    assert path.read_bytes() == b"half and half"


def test_an_interrupted_write_leaves_no_file(tmp_path):
    path = tmp_path / "package.zip"

    def write_half():
        with atomic_write(path) as out:
            out.write(b"half")
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        write_half()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Cells", "Cells"),
        ("Nederland & de wereld – gemengde toets 🌍", "Nederland-de-wereld-gemengde-toets"),
        ("../../etc/passwd", "etc-passwd"),
        ("世界", "exam"),
        ("Éléments", "Elements"),
        ("", "exam"),
    ],
)
def test_a_title_becomes_a_portable_file_name(title, name):
    assert safe_file_name(title) == name


@given(st.text(max_size=300))
def test_a_title_cannot_escape_the_folder(title):
    name = safe_file_name(title)
    assert name.isascii()
    assert set(name).isdisjoint("/\\:. \"'<>|?*\r\n\0")
    assert 0 < len(name) <= 80
