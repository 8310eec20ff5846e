"""The zip files that we write, read by Python's own reader."""

import io
import tempfile
import zipfile

import pytest

from lti_tool.formats.writing.zip import ZipWriter


def written(fill, out=None):
    out = io.BytesIO() if out is None else out
    package = ZipWriter(out)
    fill(package)
    package.close()
    return zipfile.ZipFile(out)


def both(package):
    package.store("a.xml", b"as it is")
    package.stream("b/c.xml", (b"part " * 1000 for _ in range(30)))
    package.stream("d.xml", [b"never packed"], pack=False)
    package.store("e", b"")
    package.stream("f", [])


def test_everything_comes_back():
    package = written(both)
    assert package.testzip() is None
    contents = {name: package.read(name) for name in package.namelist()}
    assert contents == {
        "a.xml": b"as it is",
        "b/c.xml": b"part " * 30_000,
        "d.xml": b"never packed",
        "e": b"",
        "f": b"",
    }
    assert package.getinfo("b/c.xml").compress_size < 2_000
    assert {(one.date_time, one.external_attr >> 16) for one in package.infolist()} == {((1980, 1, 1, 0, 0, 0), 0o644)}


def test_the_same_bytes_every_time():
    one, other = io.BytesIO(), io.BytesIO()
    written(both, one), written(both, other)
    assert one.getvalue() == other.getvalue()


def test_an_empty_package():
    assert written(lambda package: None).namelist() == []


@pytest.mark.parametrize("count", [65_534, 65_535, 70_000])
def test_more_entries_than_the_old_directory_counts(count):
    package = written(lambda zipped: [zipped.store(f"{number}", b"") for number in range(count)])
    assert len(package.infolist()) == count
    assert package.read(f"{count - 1}") == b""


def test_beyond_four_gigabytes():
    with tempfile.TemporaryFile() as out:
        out.seek(2**32 - 50)  # a hole, that takes no place
        package = written(both, out)
        assert package.testzip() is None
        assert package.read("d.xml") == b"never packed"
        assert package.getinfo("d.xml").header_offset > 2**32


def test_names_are_of_ascii():
    with pytest.raises(UnicodeEncodeError):
        written(lambda package: package.store("é", b""))
