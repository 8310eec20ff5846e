"""Lines of code in a plain title, and formulas that an editor has divided, in every format."""

import io
import json
import re
from html import unescape
from pathlib import Path
from zipfile import ZipFile, is_zipfile

import pytest

from lti_tool import formats
from lti_tool.exam import parse_exam

EXAMS = Path(__file__).parents[1] / "fixtures" / "exams"


def written(name, exam):
    """All texts of a package, their character references resolved."""
    out = io.BytesIO()
    formats.get(name).write(parse_exam(json.loads((EXAMS / exam).read_bytes())), {}, out)
    if not is_zipfile(out):
        return unescape(out.getvalue().decode())
    with ZipFile(out) as package:
        return unescape(unescape("".join(package.read(path).decode() for path in package.namelist())))


@pytest.mark.parametrize("name", formats.names())
def test_lines_of_code_keep_their_indentation(name):
    text = written(name, "lines-3.json").replace("\u2060", "")
    lines = re.findall(r"<br ?/?>(\xa0*)([a-z][^<]*(?:<(?! ?/?(?:br|p))[^<]*)*)", text)
    assert {(len(space), words.strip()) for space, words in lines} >= {
        (0, "for i in range(3):"),
        (4, "if i < 2:"),
        (8, "print(i)"),
        (4, "return x"),
        (0, "print(f(2))"),
    }


@pytest.mark.parametrize("name", formats.names())
def test_a_divided_formula_is_one(name):
    text = written(name, "divided-formulas-2.json")
    if name.startswith("qti"):
        assert text.count("<math") == 4
    else:
        assert len(re.findall(r"\\begin\{aligned\}[^$]*?\\end\{aligned\}", text)) >= 1
        assert not re.search(r"\\begin\{aligned\}[^$]*?<br[^$]*?\\end\{aligned\}", text)
    assert "costs $30 in the sale" in text
    assert "$$" not in text
