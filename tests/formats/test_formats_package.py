"""Packages, read with Python's ``zipfile``."""

import io
import tempfile
import zipfile

import pytest

from lti_tool.formats.writing.package import PackageWriter, write_package


def write(fill, out=None):
    out = io.BytesIO() if out is None else out
    with PackageWriter(out) as package:
        fill(package)
    return zipfile.ZipFile(out)


def fill_with_everything(package):
    package.add("a.xml", b"stored", pack=False)
    package.stream("b/c.xml", ("part " * 1000 for _ in range(30)))
    package.add("d.png", b"compressed already")
    package.add("e", "")
    package.stream("f", [])


def test_entries_read_back():
    package = write(fill_with_everything)
    assert package.testzip() is None
    contents = {name: package.read(name) for name in package.namelist()}
    assert contents == {
        "a.xml": b"stored",
        "b/c.xml": b"part " * 30_000,
        "d.png": b"compressed already",
        "e": b"",
        "f": b"",
    }
    assert package.getinfo("b/c.xml").compress_size < 2_000
    metadata = {(entry.date_time, entry.external_attr >> 16, entry.create_system) for entry in package.infolist()}
    assert metadata == {((1980, 1, 1, 0, 0, 0), 0o644, 3)}
    stored = {entry.filename for entry in package.infolist() if entry.compress_type == zipfile.ZIP_STORED}
    assert stored == {"a.xml", "d.png"}


def test_output_is_deterministic():
    first, second = io.BytesIO(), io.BytesIO()
    write(fill_with_everything, first), write(fill_with_everything, second)
    assert first.getvalue() == second.getvalue()


def test_line_ends_and_scripts_are_written_unchanged():
    assert write(lambda package: package.stream("a", ["x\ny\r\n", "日本語"])).read("a") == "x\ny\r\n日本語".encode()


def test_a_package_may_be_empty():
    assert write(lambda package: None).namelist() == []


@pytest.mark.slow
@pytest.mark.parametrize("count", [65_534, 65_535, 70_000])
def test_more_entries_than_a_plain_zip_directory_counts(count):
    package = write(lambda writer: [writer.add(f"{number}", b"", pack=False) for number in range(count)])
    assert len(package.infolist()) == count
    assert package.read(f"{count - 1}") == b""


def test_beyond_four_gigabytes():
    with tempfile.TemporaryFile() as out:
        out.seek(2**32 - 50)  # a hole, which takes no space on disk
        package = write(fill_with_everything, out)
        assert package.testzip() is None
        assert package.read("d.png") == b"compressed already"
        assert package.getinfo("d.png").header_offset > 2**32


def test_a_package_that_compresses_too_well_is_stored():
    out = io.BytesIO()
    assert write_package(out, lambda package: package.add("a.xml", "a" * 1_000_000) or "result") == "result"
    (entry,) = zipfile.ZipFile(out).infolist()
    assert entry.compress_type == zipfile.ZIP_STORED
