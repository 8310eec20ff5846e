"""The platform's colour in our pages: readable in both schemes, whatever the colour."""

import re

from hypothesis import example, given
from hypothesis import strategies as st

from lti_tool.models import db
from lti_tool.web.theme import DARK, LIGHT, contrast, palette, rgb, style_sheet

part = st.integers(0, 255).map(lambda number: number / 255)


@given(st.tuples(part, part, part))
@example((1.0, 1.0, 0.0))
@example((0.0, 0.0, 0.0))
@example((1.0, 1.0, 1.0))
def test_every_colour_can_be_read(color):
    for scheme in (LIGHT, DARK):
        colors = palette(color, scheme)
        for background in (*scheme.backgrounds, colors.wash):
            assert contrast(colors.accent, background) >= 4.5
            assert contrast(colors.hover, background) >= 4.5
        assert contrast(colors.on_accent, colors.accent) >= 4.5
        assert contrast(colors.on_accent, colors.hover) >= 4.5


def test_a_readable_colour_is_unchanged():
    assert "--accent: #4338ca" in style_sheet(rgb("#4338ca"))


def test_pages_of_a_platform_load_its_colour(pages, platform, tree, client):
    own = pages()
    assert "/theme/" not in own.get().text
    platform.theme_color = "#ffcc00"
    db.session.commit()
    (sheet,) = [link for link in tree(own.get()).xpath("//link[@rel='stylesheet']/@href") if "/theme/" in link]
    response = client.get(sheet)
    assert response.content_type.startswith("text/css")
    assert len(re.findall("--on-accent", response.text)) == 2
    assert client.get("/theme/red;}.css").status_code == 404
