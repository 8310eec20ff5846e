"""The guides are pages of the tool."""

import re
from pathlib import Path

import pytest

from lti_tool.web.help import FOLDER, NAMES, anchor_of


@pytest.mark.parametrize("name", NAMES)
def test_every_guide_is_a_page_without_links_to_the_source(client, tree, name):
    response = client.get(f"/help/{name}")
    assert response.status_code == 200
    page = tree(response)
    assert len(page.xpath("//h1")) == 1
    assert "https://your-tool" not in response.text
    for href in page.xpath("//article//a/@href"):
        assert href.startswith(("https://", "#", "/help/"))
        assert ".md" not in href or href.startswith("https://")
        if href.startswith("/help/"):
            assert client.get(href).status_code == 200
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))


def test_links_within_the_guides_lead_to_their_headings(client, tree):
    pages = {name: tree(client.get(f"/help/{name}")) for name in NAMES}
    for name, page in pages.items():
        for href in page.xpath("//article//a/@href"):
            target, _, anchor = href.partition("#")
            if anchor and not href.startswith("https://"):
                there = pages[target.rsplit("/", 1)[-1] or name]
                assert there.xpath(f"//*[@id='{anchor}']"), (name, href)


def test_every_picture_of_a_guide_is_there(client, tree):
    pages_shown = set()
    for name in NAMES:
        for picture in tree(client.get(f"/help/{name}")).xpath("//article//img"):
            assert picture.get("alt")
            response = client.get(picture.get("src"))
            assert (response.status_code, response.mimetype) == (200, "image/png")
            pages_shown.add(picture.get("src"))
    assert len(pages_shown) >= len(list(FOLDER.glob("images/add-*.png"))) > 1
    assert client.get("/help/images/../administrators.md").status_code == 404
    assert client.get("/help/images/..%2fadministrators.md").status_code == 404


def test_the_addresses_are_the_tools_own(client):
    assert "http://tool.localhost:5000/lti/login" in client.get("/help/administrators").text


def test_other_names_are_no_page(client):
    assert client.get("/help/").location == "/help/administrators"
    for name in ("developers", "..%2fREADME", "x"):
        assert client.get(f"/help/{name}").status_code == 404


def test_no_site_frames_a_guide(client):
    assert "frame-ancestors 'none'" in client.get("/help/administrators").headers["Content-Security-Policy"]


def test_an_anchor_is_githubs():
    assert anchor_of("A launch belongs to its browser") == "a-launch-belongs-to-its-browser"
    assert anchor_of("Blackboard, Brightspace, Sakai, `Open edX`") == "blackboard-brightspace-sakai-open-edx"


def test_the_wheel_has_every_guide():
    project = (Path(__file__).parents[2] / "pyproject.toml").read_text()
    assert set(re.findall(r'"docs/([a-z-]+)\.md" =', project)) == set(NAMES)
