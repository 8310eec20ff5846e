"""The exams of the fixtures with their files, and writing them in a format."""

import io
import json
import os
from pathlib import Path

from lti_tool import formats
from lti_tool.exam import Asset, parse_exam

FIXTURES = Path(__file__).parents[1] / "fixtures"
PICTURE = "https://cdn.examplary.ai/uploads/a.png"
PICTURES = {PICTURE: Asset.held(PICTURE, "ä b.png", "image/png", b"\x89PNG picture")}


def load(name):
    raw = json.loads((FIXTURES / "exams" / f"{name}.json").read_bytes())
    urls = parse_exam(raw).media
    return raw, {url: _asset(url) for url in urls}


def _asset(url):
    name = url.rsplit("/", 1)[1]
    return Asset.held(url, name, "", (FIXTURES / "assets" / name).read_bytes())


def build(format_name, raw, assets=None):
    """Build the package; its report must equal the report without writing."""
    parsed = parse_exam(raw)
    writer = formats.get(format_name)
    out = io.BytesIO()
    report = writer.write(parsed, assets or {}, out)
    assert report == writer.report(parsed, assets or {})
    return out.getvalue(), report


def assert_golden(folder, files):
    """Compare files by name with those in ``folder``."""
    for name, content in files.items():
        if os.environ.get("UPDATE_GOLDEN"):
            (folder / name).write_text(content, encoding="utf-8")
        assert content == (folder / name).read_text(encoding="utf-8"), "UPDATE_GOLDEN=1 writes a new one; review it"


def report_text(report):
    return json.dumps(report.to_json(), ensure_ascii=False, indent=1) + "\n"


def codes(line):
    return {remark.code for remark in line.remarks}
