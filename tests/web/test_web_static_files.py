"""The weight of what every page loads, and the mathematics font."""

import re
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[2] / "static"
TEMPLATES = STATIC.parent / "lti_tool" / "web" / "templates"
MAX_BYTES = 40 * 1024
"""Bytes, before compression."""

IMPORT = re.compile(r'^import .*"\./(\w+\.js)"', re.MULTILINE)
FONTS = STATIC / "fonts"


def test_styles_of_teachers_stay_small():
    files = [path for path in (STATIC / "css").iterdir() if not path.name.startswith("admin")]
    assert sum(path.stat().st_size for path in files) < MAX_BYTES


@pytest.mark.parametrize("template", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.stem)
def test_scripts_of_a_page_stay_small(template):
    scripts = with_imports(scripts_in(template) | scripts_in(TEMPLATES / "base.html"))
    assert sum((STATIC / "js" / name).stat().st_size for name in scripts) < MAX_BYTES


def scripts_in(template):
    return set(re.findall(r"js/(\w+\.js)", template.read_text()))


def with_imports(scripts):
    imported = {name for script in scripts for name in IMPORT.findall((STATIC / "js" / script).read_text())}
    return scripts if imported <= scripts else with_imports(scripts | imported)


def test_the_mathematics_font_is_small_and_has_its_licence_beside_it():
    font = (FONTS / "math.woff2").read_bytes()
    assert font.startswith(b"wOF2")
    assert len(font) < 120_000
    assert "Latin Modern Math" in (FONTS / "GUST-FONT-LICENSE.txt").read_text()


def test_pages_may_load_the_font(client):
    response = client.get("/static/fonts/math.woff2")
    assert response.status_code == 200
    assert "font-src 'self'" in client.get("/").headers["Content-Security-Policy"]
