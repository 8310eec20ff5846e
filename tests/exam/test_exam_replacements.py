"""Elements no LMS supports are replaced by text, links or files with the same content."""

import pytest

from lti_tool.exam import parse_exam
from lti_tool.exam.html.tree import parse_rich_text, web_url
from lti_tool.exam.richtext import Attachment, Element, Image
from tests.support.exam_builders import exam, question
from tests.support.growth import growth


def plain_text(html):
    return parse_rich_text(html).plain_text()


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<dl><dt>term</dt><dd>meaning</dd></dl>", "term meaning"),
        ("<section>one</section><article>two</article>", "one two"),
        ("<details open><summary>Hint</summary>Think.</details>", "Hint Think."),
        ("<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp>字<rt>ji</ruby>", "漢(kan)字(ji"),
        ("<ruby>漢字<rt>かんじ</rt></ruby>", "漢字(かんじ)"),
        ("he said <q>no</q>", "he said “no”"),
        ("<video>Your browser is old.</video>end", "end"),
        ("<dtx>a</dtx> b", "<dtx>a</dtx> b"),
    ],
)
def test_words_and_their_spaces_are_kept(html, text):
    assert plain_text(html) == text


def test_a_figure_keeps_its_direction():
    (block,) = parse_rich_text("<figure dir=rtl><img src='https://x.example/a.png'></figure>").nodes
    assert (block.tag, block.attributes) == ("div", (("dir", "rtl"),))


def test_inline_svg_becomes_a_missing_picture():
    nodes = parse_rich_text("a<svg><title>t</title><path d='M0 0'/></svg>b").nodes
    assert [node.url for node in nodes if isinstance(node, Image)] == [""]


@pytest.mark.parametrize(
    ("html", "urls"),
    [
        ('<audio src="https://x.example/l%20i.mp3"></audio>', ["https://x.example/l%20i.mp3"]),
        (
            "<video controls><source src='https://x.example/a b.mp4'><source src='https://x.example/b.webm'>old</video>",
            ["https://x.example/a%20b.mp4"],
        ),
        ("<video src=//x.example/a.mp4?x=1></video>", ["https://x.example/a.mp4?x=1"]),
        ('<video src="javascript:alert(1)"></video>', [""]),
        ("<object data='data:text/html,x'></object>", [""]),
        ("<audio></audio>", []),
    ],
)
def test_sound_and_video_become_files(html, urls):
    attachments = [node for node in parse_rich_text(html).walk() if isinstance(node, Attachment)]
    assert [node.url for node in attachments] == urls
    assert all(node.title for node in attachments)


def test_an_iframe_becomes_a_link():
    rich = parse_rich_text('<iframe width="5" src="https://www.youtube.com/embed/x?a=1&amp;b=2">no frames</iframe>')
    (link,) = (node for node in rich.walk() if isinstance(node, Element))
    assert link.attributes == (("href", "https://www.youtube.com/embed/x?a=1&b=2"),)
    assert rich.plain_text() == "https://www.youtube.com/embed/x?a=1&b=2"


def test_players_are_reported():
    def codes(html):
        (parsed,) = parse_exam(exam(question("essay", description=html))).questions
        return {flaw.code for flaw in parsed.flaws}

    assert "exam.player-linked" in codes("<audio src='https://x.example/a.mp3'></audio>")
    assert "exam.player-linked" not in codes(
        "<picture><source srcset='a'><img src='https://x.example/a.png'></picture>"
    )


@pytest.mark.parametrize(
    ("address", "normalised"),
    [
        (" https://x.example/kaart van nl.png\n", "https://x.example/kaart%20van%20nl.png"),
        ("https://x.example/l'été.png", "https://x.example/l%27été.png"),
        ("https://x.ex\nample/a", "https://x.example/a"),
        ("//cdn.example/a.png", "https://cdn.example/a.png"),
        ("///a", ""),
        ("/a.png", ""),
        ("https://x.example\\@evil.example/", ""),
        ("java\nscript:alert(1)", ""),
        ('https://x.example/"><script>', "https://x.example/%22%3E%3Cscript%3E"),
    ],
)
def test_addresses_are_normalised_like_in_browsers(address, normalised):
    assert web_url(address) == normalised


@pytest.mark.parametrize("piece", ["<rt>", "<rp>", "<video>", "<source src=a>", "<iframe", "<section", "<svg ", "<q>"])
def test_repeated_elements_take_linear_time(piece):
    """The work is that of lxml, so CPU time is compared, with a bound that only quadratic time reaches."""
    assert growth(parse_rich_text, 2_500, lambda size: piece * size, enough=4) < 4
