"""The weight of what every page loads, and the mathematics font."""

from pathlib import Path

import pytest

STATIC = Path(__file__).parents[2] / "static"
FONTS = STATIC / "fonts"


@pytest.mark.parametrize("kind", ["css", "js"])
def test_styles_and_scripts_of_teachers_stay_small(kind):
    files = [path for path in (STATIC / kind).iterdir() if not path.name.startswith("admin")]
    assert sum(path.stat().st_size for path in files) < 40 * 1024


def test_the_mathematics_font_is_small_and_has_its_licence_beside_it():
    font = (FONTS / "math.woff2").read_bytes()
    assert font.startswith(b"wOF2")
    assert len(font) < 120_000
    assert "Latin Modern Math" in (FONTS / "GUST-FONT-LICENSE.txt").read_text()


def test_pages_may_load_the_font(client):
    response = client.get("/static/fonts/math.woff2")
    assert response.status_code == 200
    assert "font-src 'self'" in client.get("/").headers["Content-Security-Policy"]
