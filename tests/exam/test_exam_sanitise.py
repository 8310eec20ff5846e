"""HTML that needs no parser is exactly HTML that an HTML5 parser would not change."""

from hypothesis import given
from hypothesis import strategies as st

from lti_tool.exam.html.sanitise import remove_forbidden_characters, sanitise

PIECES = [
    *("<p>", "</p>", "<em>", "</em>", "<b>", "</b>", "<ul>", "</ul>", "<ol>", "</ol>", "<li>", "</li>", "<br>"),
    *("<inline-math>", "</inline-math>", "<p>x</p>", "<em>y</em>", "<ul><li>z</li>\n<li><b>w</b></li></ul>"),
    *("<p>a <sub>b</sub></p>", "<p>$x_1$ <inline-math>\\frac{a}{b}</inline-math></p>", '<p class="c">', "<table>"),
    *("<table><tr><td>", "</td></tr></table>", "<td>", "</td>", "<tr>", "</tr>", "<tbody>", "</tbody>", "<thead>"),
    *("</table>", "</thead>", "<table><tr><th><p>x</p></th>", "<tr><td>y</td></tr>", "<table><tbody><tr><td>"),
    *("</td></tr></tbody></table>", "<table>\n<thead><tr><th>", "</th></tr></thead>", "<th>", "</th>"),
    *("word", " ", "\n", "\r", "\t", "\xa0", "\ufeff", "\u2028", ">", "&amp;", "&", '"', "'", "é", "مرحبا", "👩‍🏫"),
]


words = st.text(st.characters(exclude_characters="<"), max_size=5)


@given(st.lists(st.sampled_from(PIECES) | words, max_size=8).map("".join))
def test_a_comment_changes_nothing(html):
    """A comment forces the full parser."""
    html = remove_forbidden_characters(html)
    assert sanitise(html) == sanitise(f"{html}<!-- -->")
