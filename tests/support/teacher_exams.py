"""Exams as teachers write them, each with what a student should see and what is right, told apart from our reading.

``seen`` is the text as it is read, pictures as ⟦their name⟧ and mathematics as ⟪LaTeX⟫. White space does not count.
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
class Said:
    """A piece of HTML, how it is seen, and how it reads where no markup is possible."""

    html: str
    seen: str
    plain: str = ""


def _same(*texts):
    return [Said(text, text) for text in texts]


WORDS = [
    *_same("Amsterdam", "twee woorden", "0", "-1,5", "50%", "True", "it's", "„Anführung“ “quote”", "a / b \\ c"),
    *_same("مرحبا بالعالم", "ما هي عاصمة مصر؟", "你好，世界", "日本の首都は？", "भारत की राजधानी", "שלום", "👩‍🏫 𠮷"),
    *_same("{x} ~ = # : |", "[blank1] [a] [[1]]", "{1:SHORTANSWER:=x~%50%y#no}", "*", "**bold**", "=SUM(A1:B2)"),
    *_same("$5 and $10", "100$", "C:\\temp\\new", "a = b", "key: value", "%20", "// not a comment", "_onder_ __init__"),
    Said("a &lt; b &amp;&amp; c &gt; d", "a < b && c > d"),
    Said("]]&gt; &lt;/p&gt; &lt;!--", "]]> </p> <!--"),
    Said("&amp;amp; &amp;eacute; &amp;#65;", "&amp; &eacute; &#65;"),
    Said("caf&eacute;&nbsp;&#233; &euro;", "café é €"),
    Said("H<sub>2</sub>SO<sub>4</sub> 10<sup>-3</sup>", "H2SO4 10-3", "H₂SO₄ 10⁻³"),
    Said("<b>vet</b>, <i>schuin</i>, <u>onder</u>, <s>door</s>", "vet, schuin, onder, door"),
    Said("<strong>Let op</strong>: <em>twee</em> <mark>keer</mark>", "Let op: twee keer"),
    Said("<code>x[0] &lt;&lt; 2 &amp;&amp; y['a'] == \"b\"</code>", "x[0] << 2 && y['a'] == \"b\""),
    Said('<span style="color: red">rood</span>', "rood"),
    Said('<a href="https://example.org/?a=1&amp;b=2">de bron</a>', "de bron"),
    Said("regel een<br>regel twee", "regel een regel twee"),
    Said("<inline-math>x^2 + 1</inline-math>", "⟪x^2 + 1⟫", "x² + 1"),
    Said("<inline-math>\\frac{1}{2}x &lt; 5</inline-math>", "⟪\\frac{1}{2}x < 5⟫"),
    Said("$E = mc^2$", "⟪E = mc^2⟫", "E = mc²"),
    Said("\\(\\sqrt{2}\\)", "⟪\\sqrt{2}⟫"),
    Said("$$\\sum_{i=1}^{n} i$$", "⟪\\sum_{i=1}^{n} i⟫"),
    Said(
        "<inline-math>\\begin{pmatrix} 1 &amp; 2 \\\\ 3 &amp; 4 \\end{pmatrix}</inline-math>",
        "⟪\\begin{pmatrix} 1 & 2 \\\\ 3 & 4 \\end{pmatrix}⟫",
    ),
    Said("<inline-math>v = 5\\,\\text{m/s}</inline-math>", "⟪v = 5\\,\\text{m/s}⟫"),
]
"""Short, without pictures."""

PLAIN = {one.seen: one.plain for one in WORDS if one.plain}

SHOWN = [
    Said(f'<img src="{A}" alt="Plaatje a">', "⟦A⟧"),
    Said(f'<img src="{B}">', "⟦B⟧"),
    Said(f'<img src="{C}" alt="Kaart &quot;1&quot; &amp; [x]" width="120" height="80">', "⟦C⟧"),
    Said(f'<p>Zie <img src="{A}" alt=""> en <img src="{A}" alt="nog eens"></p>', "Zie ⟦A⟧ en ⟦A⟧"),
]
"""With pictures."""

BLOCKS = [
    Said(
        "<p>Lees de <strong>bron</strong>.</p><p>Beantwoord dan de vraag.</p>", "Lees de bron. Beantwoord dan de vraag."
    ),
    Said("<ul><li>een</li><li>twee<ul><li>drie</li></ul></li></ul>", "een twee drie"),
    Said('<ol start="3"><li>derde</li><li>vierde</li></ol>', "derde vierde"),
    Said(
        "<table><caption>Tabel 1</caption><thead><tr><th>Jaar</th><th>Aantal</th></tr></thead>"
        '<tbody><tr><td>2020</td><td>a &lt; b</td></tr><tr><td colspan="2">samen</td></tr></tbody></table>',
        "Tabel 1 Jaar Aantal 2020 a < b samen",
    ),
    Said(
        '<pre><code>for (int i = 0; i &lt; 10; i++) {\n    a[i] = b &amp;&amp; "]]&gt;";\n}</code></pre>',
        'for (int i = 0; i < 10; i++) { a[i] = b && "]]>"; }',
    ),
    Said("<h2>Kop</h2><blockquote><p>Een citaat — van wie?</p></blockquote><hr>", "Kop Een citaat — van wie?"),
    Said('<p dir="rtl">ما هي <b>عاصمة</b> مصر؟ (Cairo)</p>', "ما هي عاصمة مصر؟ (Cairo)"),
    Said(
        "<p>次の文を読んで、<ruby>漢字<rt>かんじ</rt></ruby>に答えなさい。</p>",
        "次の文を読んで、漢字(かんじ)に答えなさい。",
    ),
    Said("<math><mfrac><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mn>2</mn></mfrac></math>", "⟪a+b2⟫"),
    Said("<p>Prijs: $5 per stuk, $9 per twee.</p>", "Prijs: $5 per stuk, $9 per twee."),
    Said(f'<file-attachment href="{P}" title="bron (1).pdf" type="application/pdf">x</file-attachment>', "⟦P⟧"),
    Said(f"<figure><img src='{B}' alt='b'><figcaption>Bijschrift</figcaption></figure>", "⟦B⟧ Bijschrift"),
    Said("<div><div><span>diep</span></div></div>los eronder", "diep los eronder"),
    Said(
        "<p>Word: <o:p>tekst</o:p><span lang=EN-GB style='mso-ansi-language:EN-GB'>vreemd</span></p>",
        "Word: tekst vreemd",
    ),
    Said("<details><summary>Hint</summary>Denk na.</details>", "Hint Denk na."),
    Said("<dl><dt>begrip</dt><dd>uitleg</dd></dl>", "begrip uitleg"),
    Said("<p>" + "Een lange zin over de bron. " * 700 + "</p>", "Een lange zin over de bron. " * 700),
]

TYPED = [one for one in WORDS if "⟪" not in one.seen and "<" not in one.html]
BETWEEN = [one for one in WORDS if "__" not in one.seen and "$" not in one.seen]
TYPED_TOO = {
    "it's": "it’s",
    "„Anführung“ “quote”": '"Anführung" "quote"',
    "日本の首都は？": "日本の首都は?",
    "你好，世界": "你好,世界",
    "l’eau": "l'eau",
    "−5": "-5",
}
"""How keyboards write what these texts have in the signs of print; it must count as right, too."""

ANSWERS = ["l’eau", "−5", "Parijs", "H2O", "a < b", "x=1", "café", "{a}", "50%", "#1", "~", "\\", "*", "日本", "0", "}"]

words, shown, blocks = st.sampled_from(WORDS), st.sampled_from(WORDS + SHOWN), st.sampled_from(WORDS + SHOWN + BLOCKS)
scores = st.sampled_from([None, 0, 1, 2, 2.5, 0.1, 33.333, 7, 100])


@dataclass(frozen=True)
class Meant:
    """What a question should be for the student: its texts, its answers, and which of them are right."""

    kind: str
    stem: tuple[str, ...]
    points: Decimal
    options: tuple[str, ...] = ()
    right: object = None
    more: tuple[str, ...] = field(default=())


@st.composite
def questions(draw, kinds=None):
    """A raw question, and what is meant."""
    kind = draw(st.sampled_from(kinds or sorted(MAKERS)))
    settings, meant = MAKERS[kind](draw)
    title, description = draw(st.one_of(words, shown)), draw(st.one_of(st.none(), blocks))
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
    stem = (title.seen, *((description.seen,) if description else ()))
    worth = Decimal(str(1 if points is None else points))
    return raw, Meant(kind, stem, Decimal(0) if kind == "paragraph" else worth, **meant)


def _distinct(draw, source, least, most):
    return draw(st.lists(source, min_size=least, max_size=most, unique_by=_letters))


def typed(*texts):
    """All that students may type for these texts."""
    return tuple(way for text in texts for way in (text, TYPED_TOO.get(text)) if way)


def _letters(said):
    return "".join(said.seen.split()).casefold()


def _spelled(draw, html):
    """The key of an option, as generators write it: just so, in a paragraph, with blanks around it."""
    return draw(st.sampled_from([html, f"<p>{html}</p>" if not html.startswith("<p") else html, f" {html} \n"]))


def _single(draw):
    options = _distinct(draw, shown, 2, draw(st.sampled_from([3, 6, 40])))
    right = draw(st.integers(0, len(options) - 1))
    settings = {"options": [one.html for one in options], "correctAnswer": _spelled(draw, options[right].html)}
    return settings, {"options": tuple(one.seen for one in options), "right": (right,)}


def _multiple(draw):
    options = _distinct(draw, shown, 2, 6)
    right = sorted(draw(st.sets(st.integers(0, len(options) - 1), min_size=1)))
    settings = {
        "options": [one.html for one in options],
        "correctAnswer": [_spelled(draw, options[place].html) for place in right],
        "shuffleAnswers": draw(st.booleans()),
    }
    return settings, {"options": tuple(one.seen for one in options), "right": tuple(right)}


def _true_false(draw):
    right = draw(st.booleans())
    return {"correctAnswer": draw(st.sampled_from([right, str(right).lower(), str(right)]))}, {"right": right}


def _short(draw):
    accepted = _distinct(draw, st.sampled_from(TYPED), 1, 4)
    texts = [one.html for one in accepted]
    key = texts if len(texts) > 1 or draw(st.booleans()) else texts[0]
    return {"correctAnswer": key}, {"right": typed(*(one.seen for one in accepted))}


def _blanks(draw):
    pieces = draw(st.lists(st.sampled_from(BETWEEN), min_size=2, max_size=5))
    answers = [
        [draw(st.sampled_from(ANSWERS)), *draw(st.lists(st.sampled_from(["twee", "2"]), max_size=1))]
        for _ in pieces[1:]
    ]
    blank = draw(st.sampled_from(["___", "_____"]))
    html = f" {blank} ".join(piece.html for piece in pieces)
    settings = {"text": f"<p>{html}</p>", "correctAnswer": [one if len(one) > 1 else one[0] for one in answers]}
    return settings, {"right": tuple(typed(*one) for one in answers), "more": tuple(piece.seen for piece in pieces)}


def _matching(draw):
    left = _distinct(draw, shown, 2, 5)
    right = _distinct(draw, shown, len(left), len(left) + 2)
    pairs = draw(st.one_of(st.just(range(len(left))), st.lists(st.integers(0, len(right) - 1), min_size=len(left))))
    key = [{"left": one.html, "right": right[n].html} for one, n in zip(left, pairs, strict=False)]
    settings = {"left": [one.html for one in left], "right": [one.html for one in right], "correctAnswer": key}
    seen = tuple((one.seen, right[n].seen) for one, n in zip(left, pairs, strict=False))
    return settings, {
        "right": seen,
        "options": tuple(one.seen for one in right),
        "more": tuple(one.seen for one in left),
    }


def _sequence(draw):
    options = _distinct(draw, shown, 2, 6)
    seen = tuple(one.seen for one in options)
    return {"options": [one.html for one in options]}, {"options": seen, "right": seen}


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
