"""Questions as teachers write them, each with the expected text and key, independently of our parser.

``visible`` is the text as a student reads it, pictures as ⟦their name⟧ and mathematics as ⟪LaTeX⟫. White space
is ignored.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from urllib.parse import quote

from hypothesis import strategies as st

from lti_tool.exam import Asset

CDN = "https://cdn.examplary.ai/uploads"
PICTURES = {
    f"{CDN}/a.png": "A",
    f"{CDN}/b%20%C3%A9.png?w=200&h=1": "B",
    "https://images.example.org/kaart van nederland.jpg": "C",
    f"{CDN}/tekening.svg": "D",
}
FILES = {f"{CDN}/bron (1).pdf": "P"}
ASSETS = {
    quote(url, safe=":/?&=%()"): Asset.held(
        url, f"{name} 世.bin", "image/png" if name in "ABC" else "", f"file {name}".encode()
    )
    for url, name in {**PICTURES, **FILES}.items()
}
A, B, C, D = PICTURES
(P,) = FILES


@dataclass(frozen=True)
class Snippet:
    """HTML, its visible text, and its text where no markup is possible."""

    html: str
    visible: str
    plain: str = ""


def _same(*texts):
    return [Snippet(text, text) for text in texts]


WORDS = [
    *_same("Amsterdam", "twee woorden", "0", "-1,5", "50%", "True", "it's", "„Anführung“ “quote”", "a / b \\ c"),
    *_same("مرحبا بالعالم", "ما هي عاصمة مصر؟", "你好，世界", "日本の首都は？", "भारत की राजधानी", "שלום", "👩‍🏫 𠮷"),
    *_same("{x} ~ = # : |", "[blank1] [a] [[1]]", "{1:SHORTANSWER:=x~%50%y#no}", "*", "**bold**", "=SUM(A1:B2)"),
    *_same("$5 and $10", "100$", "C:\\temp\\new", "a = b", "key: value", "%20", "// not a comment", "_onder_ __init__"),
    Snippet("a &lt; b &amp;&amp; c &gt; d", "a < b && c > d"),
    Snippet("]]&gt; &lt;/p&gt; &lt;!--", "]]> </p> <!--"),
    Snippet("&amp;amp; &amp;eacute; &amp;#65;", "&amp; &eacute; &#65;"),
    Snippet("caf&eacute;&nbsp;&#233; &euro;", "café é €"),
    Snippet("H<sub>2</sub>SO<sub>4</sub> 10<sup>-3</sup>", "H2SO4 10-3", "H₂SO₄ 10⁻³"),
    Snippet("<b>vet</b>, <i>schuin</i>, <u>onder</u>, <s>door</s>", "vet, schuin, onder, door"),
    Snippet("<strong>Let op</strong>: <em>twee</em> <mark>keer</mark>", "Let op: twee keer"),
    Snippet("<code>x[0] &lt;&lt; 2 &amp;&amp; y['a'] == \"b\"</code>", "x[0] << 2 && y['a'] == \"b\""),
    Snippet('<span style="color: red">rood</span>', "rood"),
    Snippet('<a href="https://example.org/?a=1&amp;b=2">de bron</a>', "de bron"),
    Snippet("regel een<br>regel twee", "regel een regel twee"),
    Snippet("<inline-math>x^2 + 1</inline-math>", "⟪x^2 + 1⟫", "x² + 1"),
    Snippet("<inline-math>\\frac{1}{2}x &lt; 5</inline-math>", "⟪\\frac{1}{2}x < 5⟫"),
    Snippet("$E = mc^2$", "⟪E = mc^2⟫", "E = mc²"),
    Snippet("\\(\\sqrt{2}\\)", "⟪\\sqrt{2}⟫"),
    Snippet("$$\\sum_{i=1}^{n} i$$", "⟪\\sum_{i=1}^{n} i⟫"),
    Snippet(
        "<inline-math>\\begin{pmatrix} 1 &amp; 2 \\\\ 3 &amp; 4 \\end{pmatrix}</inline-math>",
        "⟪\\begin{pmatrix} 1 & 2 \\\\ 3 & 4 \\end{pmatrix}⟫",
    ),
    Snippet("<inline-math>v = 5\\,\\text{m/s}</inline-math>", "⟪v = 5\\,\\text{m/s}⟫"),
]
"""Short, without pictures."""

PLAIN = {snippet.visible: snippet.plain for snippet in WORDS if snippet.plain}

WITH_PICTURES = [
    Snippet(f'<img src="{A}" alt="Plaatje a">', "⟦A⟧"),
    Snippet(f'<img src="{B}">', "⟦B⟧"),
    Snippet(f'<img src="{C}" alt="Kaart &quot;1&quot; &amp; [x]" width="120" height="80">', "⟦C⟧"),
    Snippet(f'<p>Zie <img src="{A}" alt=""> en <img src="{A}" alt="nog eens"></p>', "Zie ⟦A⟧ en ⟦A⟧"),
]
"""With pictures."""

BLOCKS = [
    Snippet(
        "<p>Lees de <strong>bron</strong>.</p><p>Beantwoord dan de vraag.</p>", "Lees de bron. Beantwoord dan de vraag."
    ),
    Snippet("<ul><li>een</li><li>twee<ul><li>drie</li></ul></li></ul>", "een twee drie"),
    Snippet('<ol start="3"><li>derde</li><li>vierde</li></ol>', "derde vierde"),
    Snippet(
        "<table><caption>Tabel 1</caption><thead><tr><th>Jaar</th><th>Aantal</th></tr></thead>"
        '<tbody><tr><td>2020</td><td>a &lt; b</td></tr><tr><td colspan="2">samen</td></tr></tbody></table>',
        "Tabel 1 Jaar Aantal 2020 a < b samen",
    ),
    Snippet(
        '<pre><code>for (int i = 0; i &lt; 10; i++) {\n    a[i] = b &amp;&amp; "]]&gt;";\n}</code></pre>',
        'for (int i = 0; i < 10; i++) { a[i] = b && "]]>"; }',
    ),
    Snippet("<h2>Kop</h2><blockquote><p>Een citaat — van wie?</p></blockquote><hr>", "Kop Een citaat — van wie?"),
    Snippet('<p dir="rtl">ما هي <b>عاصمة</b> مصر؟ (Cairo)</p>', "ما هي عاصمة مصر؟ (Cairo)"),
    Snippet(
        "<p>次の文を読んで、<ruby>漢字<rt>かんじ</rt></ruby>に答えなさい。</p>",
        "次の文を読んで、漢字(かんじ)に答えなさい。",
    ),
    Snippet("<math><mfrac><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mn>2</mn></mfrac></math>", "⟪a+b2⟫"),
    Snippet("<p>Prijs: $5 per stuk, $9 per twee.</p>", "Prijs: $5 per stuk, $9 per twee."),
    Snippet(f'<file-attachment href="{P}" title="bron (1).pdf" type="application/pdf">x</file-attachment>', "⟦P⟧"),
    Snippet(f"<figure><img src='{B}' alt='b'><figcaption>Bijschrift</figcaption></figure>", "⟦B⟧ Bijschrift"),
    Snippet("<div><div><span>diep</span></div></div>los eronder", "diep los eronder"),
    Snippet(
        "<p>Word: <o:p>tekst</o:p><span lang=EN-GB style='mso-ansi-language:EN-GB'>vreemd</span></p>",
        "Word: tekst vreemd",
    ),
    Snippet("<details><summary>Hint</summary>Denk na.</details>", "Hint Denk na."),
    Snippet("<dl><dt>begrip</dt><dd>uitleg</dd></dl>", "begrip uitleg"),
    Snippet("<p>" + "Een lange zin over de bron. " * 700 + "</p>", "Een lange zin over de bron. " * 700),
]

TYPED = [snippet for snippet in WORDS if "⟪" not in snippet.visible and "<" not in snippet.html]
BETWEEN = [snippet for snippet in WORDS if "__" not in snippet.visible and "$" not in snippet.visible]
TYPED_TOO = {
    "it's": "it’s",
    "„Anführung“ “quote”": '"Anführung" "quote"',
    "日本の首都は？": "日本の首都は?",
    "你好，世界": "你好,世界",
    "l’eau": "l'eau",
    "−5": "-5",
}
"""Keyboard spellings of typographic characters, which must be accepted as well."""

ANSWERS = ["l’eau", "−5", "Parijs", "H2O", "a < b", "x=1", "café", "{a}", "50%", "#1", "~", "\\", "*", "日本", "0", "}"]

words = st.sampled_from(WORDS)
with_pictures = st.sampled_from(WORDS + WITH_PICTURES)
blocks = st.sampled_from(WORDS + WITH_PICTURES + BLOCKS)
scores = st.sampled_from([None, 0, 1, 2, 2.5, 0.1, 33.333, 7, 100])


@dataclass(frozen=True)
class Expected:
    """The expected question: its texts, answers and key."""

    kind: str
    stem: tuple[str, ...]
    points: Decimal
    options: tuple[str, ...] = ()
    right: object = None
    more: tuple[str, ...] = field(default=())


@st.composite
def questions(draw, kinds=None):
    """A raw question and the expected result."""
    kind = draw(st.sampled_from(kinds or sorted(MAKERS)))
    settings, expected = MAKERS[kind](draw)
    title = draw(st.one_of(words, with_pictures))
    description = draw(st.one_of(st.none(), blocks))
    points = draw(scores)
    raw = {
        "id": draw(st.sampled_from(["q_1", "Vraag 1", "日本"])),
        "type": kind,
        "title": title.html,
        "description": description.html if description else "",
        "settings": settings,
    }
    if points is not None:
        raw["scoring"] = {"criteria": [{"title": "c", "levels": [{"title": "l", "points": points}, {"points": 0}]}]}
    stem = (title.visible, *((description.visible,) if description else ()))
    worth = Decimal(str(1 if points is None else points))
    return raw, Expected(kind, stem, Decimal(0) if kind == "paragraph" else worth, **expected)


def _distinct(draw, source, least, most):
    return draw(st.lists(source, min_size=least, max_size=most, unique_by=_letters))


def typed(*texts):
    """All accepted ways to type these texts."""
    return tuple(way for text in texts for way in (text, TYPED_TOO.get(text)) if way)


def _letters(snippet):
    return "".join(snippet.visible.split()).casefold()


def _spelled(draw, html):
    """The key of an option as generators write it: unchanged, in a paragraph, or with spaces around it."""
    return draw(st.sampled_from([html, f"<p>{html}</p>" if not html.startswith("<p") else html, f" {html} \n"]))


def _single(draw):
    options = _distinct(draw, with_pictures, 2, draw(st.sampled_from([3, 6, 40])))
    right = draw(st.integers(0, len(options) - 1))
    settings = {"options": [snippet.html for snippet in options], "correctAnswer": _spelled(draw, options[right].html)}
    return settings, {"options": tuple(snippet.visible for snippet in options), "right": (right,)}


def _multiple(draw):
    options = _distinct(draw, with_pictures, 2, 6)
    right = sorted(draw(st.sets(st.integers(0, len(options) - 1), min_size=1)))
    settings = {
        "options": [snippet.html for snippet in options],
        "correctAnswer": [_spelled(draw, options[place].html) for place in right],
        "shuffleAnswers": draw(st.booleans()),
    }
    return settings, {"options": tuple(snippet.visible for snippet in options), "right": tuple(right)}


def _true_false(draw):
    right = draw(st.booleans())
    return {"correctAnswer": draw(st.sampled_from([right, str(right).lower(), str(right)]))}, {"right": right}


def _short(draw):
    accepted = _distinct(draw, st.sampled_from(TYPED), 1, 4)
    texts = [snippet.html for snippet in accepted]
    key = texts if len(texts) > 1 or draw(st.booleans()) else texts[0]
    return {"correctAnswer": key}, {"right": typed(*(snippet.visible for snippet in accepted))}


def _blanks(draw):
    pieces = draw(st.lists(st.sampled_from(BETWEEN), min_size=2, max_size=5))
    answers = [
        [draw(st.sampled_from(ANSWERS)), *draw(st.lists(st.sampled_from(["twee", "2"]), max_size=1))]
        for _ in pieces[1:]
    ]
    blank = draw(st.sampled_from(["___", "_____"]))
    html = f" {blank} ".join(piece.html for piece in pieces)
    settings = {
        "text": f"<p>{html}</p>",
        "correctAnswer": [snippet if len(snippet) > 1 else snippet[0] for snippet in answers],
    }
    return settings, {
        "right": tuple(typed(*snippet) for snippet in answers),
        "more": tuple(piece.visible for piece in pieces),
    }


def _matching(draw):
    prompts = _distinct(draw, with_pictures, 2, 5)
    answers = _distinct(draw, with_pictures, len(prompts), len(prompts) + 2)
    pairs = draw(
        st.one_of(st.just(range(len(prompts))), st.lists(st.integers(0, len(answers) - 1), min_size=len(prompts)))
    )
    key = [{"left": snippet.html, "right": answers[n].html} for snippet, n in zip(prompts, pairs, strict=False)]
    settings = {
        "left": [snippet.html for snippet in prompts],
        "right": [snippet.html for snippet in answers],
        "correctAnswer": key,
    }
    pairs_visible = tuple((snippet.visible, answers[n].visible) for snippet, n in zip(prompts, pairs, strict=False))
    return settings, {
        "right": pairs_visible,
        "options": tuple(snippet.visible for snippet in answers),
        "more": tuple(snippet.visible for snippet in prompts),
    }


def _sequence(draw):
    options = _distinct(draw, with_pictures, 2, 6)
    texts = tuple(snippet.visible for snippet in options)
    return {"options": [snippet.html for snippet in options]}, {"options": texts, "right": texts}


def _nothing(draw):
    return {}, {}


MAKERS = {
    "multiple-choice-single-answer": _single,
    "multiple-choice-multiple-answers": _multiple,
    "true-false": _true_false,
    "single-line-text": _short,
    "fill-in-blank": _blanks,
    "matching": _matching,
    "sequence": _sequence,
    "essay": _nothing,
    "paragraph": _nothing,
    "upload-file": _nothing,
    "formula": _nothing,
    "my-org.drawing": _nothing,
}
